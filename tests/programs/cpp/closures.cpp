// std::function, lambdas that capture and nest, generic lambdas, and an N-body simulation over std::array.
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <vector>

static std::function<int(int)> compose(std::function<int(int)> f, std::function<int(int)> g) {
  return [f = std::move(f), g = std::move(g)](int v) { return f(g(v)); };
}

struct Body {
  std::array<double, 3> at, speed;
  double mass;
};

static double energy(const std::vector<Body>& bodies) {
  double sum = 0;
  for (size_t i = 0; i < bodies.size(); ++i) {
    double square = 0;
    for (double v : bodies[i].speed) square += v * v;
    sum += bodies[i].mass * square / 2;
    for (size_t j = i + 1; j < bodies.size(); ++j) {
      double distance = 0;
      for (size_t k = 0; k < 3; ++k) distance += std::pow(bodies[i].at[k] - bodies[j].at[k], 2);
      sum -= bodies[i].mass * bodies[j].mass / std::sqrt(distance);
    }
  }
  return sum;
}

static void step(std::vector<Body>& bodies, double time) {
  for (auto& a : bodies) {
    for (auto& b : bodies) {
      if (&a == &b) continue;
      std::array<double, 3> d;
      double square = 0;
      for (size_t k = 0; k < 3; ++k) {
        d[k] = b.at[k] - a.at[k];
        square += d[k] * d[k];
      }
      double pull = b.mass * time / (square * std::sqrt(square));
      for (size_t k = 0; k < 3; ++k) a.speed[k] += d[k] * pull;
    }
  }
  for (auto& body : bodies)
    for (size_t k = 0; k < 3; ++k) body.at[k] += body.speed[k] * time;
}

int main() {
  std::function<int(int)> f = [](int v) { return v + 1; };
  for (int i = 0; i < 40; ++i) f = compose(f, [i](int v) { return v * 3 % 1009 + i; });
  std::printf("%d\n", f(7));

  std::function<long(int)> fibonacci = [&fibonacci](int n) -> long {
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
  };
  std::printf("%ld\n", fibonacci(20));

  auto apply = [](auto function, auto... values) { return (function(values) + ...); };
  std::printf("%g\n", apply([](auto v) { return v * v; }, 1, 2.5, 3L));

  std::vector<Body> bodies{{{0, 0, 0}, {0, 0, 0}, 1000},
                           {{10, 0, 0}, {0, 10, 0}, 1},
                           {{0, 20, 1}, {-7, 0, 0}, 0.5},
                           {{-15, 0, 2}, {0, -8, 0.5}, 0.1}};
  std::printf("%.9f\n", energy(bodies));
  for (int i = 0; i < 20000; ++i) step(bodies, 0.0005);
  std::printf("%.6f\n", energy(bodies));
  return 0;
}
