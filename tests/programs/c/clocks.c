// Clocks: the monotonic one does not run backwards, the other is in this century, sleeping takes time.
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static long long now(clockid_t clock) {
  struct timespec t;
  if (clock_gettime(clock, &t) != 0) return -1;
  return t.tv_sec * 1000000000ll + t.tv_nsec;
}

int main(void) {
  long long last = now(CLOCK_MONOTONIC), backwards = 0;
  for (int i = 0; i < 10000; ++i) {
    long long t = now(CLOCK_MONOTONIC);
    backwards += t < last;
    last = t;
  }
  printf("%lld times backwards\n", backwards);
  printf("%s\n", time(NULL) > 1700000000 ? "a plausible date" : "an odd date");
  long long before = now(CLOCK_MONOTONIC);
  struct timespec pause = {0, 20000000};
  nanosleep(&pause, NULL);
  printf("%s\n", now(CLOCK_MONOTONIC) - before >= 20000000 ? "slept long enough" : "slept too short");
  struct tm date;
  time_t when = 1000000000;
  char text[40];
  strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", gmtime_r(&when, &date));
  printf("%s\n", text);
  return 0;
}
