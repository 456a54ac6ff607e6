// Scalar floating point with division and square roots: bodies that pull on each other, in a structure of doubles.
#include <math.h>

#include "kernel.h"

enum { kBodies = 12 };
typedef struct {
  double x, y, z, vx, vy, vz, mass;
} Body;

static void attract(Body* bodies, double step) {
  for (int i = 0; i < kBodies; ++i)
    for (int j = i + 1; j < kBodies; ++j) {
      const double dx = bodies[j].x - bodies[i].x, dy = bodies[j].y - bodies[i].y, dz = bodies[j].z - bodies[i].z;
      const double squared = dx * dx + dy * dy + dz * dz + 0.01;
      const double pull = step / (squared * sqrt(squared));
      bodies[i].vx += dx * bodies[j].mass * pull;
      bodies[i].vy += dy * bodies[j].mass * pull;
      bodies[i].vz += dz * bodies[j].mass * pull;
      bodies[j].vx -= dx * bodies[i].mass * pull;
      bodies[j].vy -= dy * bodies[i].mass * pull;
      bodies[j].vz -= dz * bodies[i].mass * pull;
    }
}

static void move(Body* bodies, double step) {
  for (int i = 0; i < kBodies; ++i) {
    bodies[i].x += bodies[i].vx * step;
    bodies[i].y += bodies[i].vy * step;
    bodies[i].z += bodies[i].vz * step;
  }
}

int main(int argc, char** argv) {
  const int32_t steps = kernelSize(argc, argv, 30000);
  Body bodies[kBodies];
  uint32_t random = 7, hash = kHashStart;
  for (int i = 0; i < kBodies; ++i) {
    double* fields = (double*)&bodies[i];
    for (int k = 0; k < 6; ++k) fields[k] = (nextRandom(&random) >> 8) * 0x1p-23 - 1;
    bodies[i].mass = 0.1 + i * 0.01;
  }
  for (int32_t step = 0; step < steps; ++step) {
    attract(bodies, 1e-4);
    move(bodies, 1e-4);
  }
  for (int i = 0; i < kBodies; ++i) hash = mix(hash, (uint32_t)(int32_t)(bodies[i].x * 1e6));
  return printResult("orbit", hash);
}
