// Runs one command and measures it: bench/harness/process.py compiles and calls this.
//
//   launch TIMEOUT_MS REPORT_FILE COMMAND [ARG ...]
//
// Why not measure from Python: the kernel counts what a process was before exec towards its peak memory, so that every
// child of a 20 MB interpreter is a 20 MB process. A child of this program starts from about 1 MB, and is timed without
// Python's jitter.
//
// REPORT_FILE gets one line: wall ns, user us, system us, peak KiB, then `exit N`, `signal N`, `timeout 0` or `failed
// ERRNO` (the command could not be started). The command is the leader of a new process group; all of the group is
// killed at the timeout.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile pid_t child;
static volatile sig_atomic_t timedOut;

static void onAlarm(int signal) {
  (void)signal;
  timedOut = 1;
  kill(-child, SIGKILL);
}

// The runner was stopped: what it started stops with it.
static void onTerminate(int signal) {
  kill(-child, SIGKILL);
  _exit(128 + signal);
}

static int64_t nowNs(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t micros(struct timeval t) { return (int64_t)t.tv_sec * 1000000 + t.tv_usec; }

static void armTimer(long milliseconds) {
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
  struct itimerspec when = {.it_value = {milliseconds / 1000, milliseconds % 1000 * 1000000}};
  timer_t timer;
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) == 0) timer_settime(timer, 0, &when, NULL);
}

int main(int argc, char** argv) {
  if (argc < 4) {
    fprintf(stderr, "usage: launch TIMEOUT_MS REPORT_FILE COMMAND [ARG ...]\n");
    return 2;
  }
  FILE* report = fopen(argv[2], "we");
  int startError[2];  // carries errno of a failed exec; closed by a successful one
  if (!report || pipe2(startError, O_CLOEXEC) != 0) {
    perror(argv[2]);
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGTERM);  // nothing outlives the runner
  const int64_t start = nowNs();
  child = fork();
  if (child < 0) {
    perror("fork");
    return 2;
  }
  if (child == 0) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execvp(argv[3], argv + 3);
    const int error = errno;
    (void)!write(startError[1], &error, sizeof error);
    _exit(127);
  }
  setpgid(child, child);
  close(startError[1]);
  signal(SIGALRM, onAlarm);
  signal(SIGTERM, onTerminate);
  signal(SIGINT, onTerminate);
  armTimer(atol(argv[1]));

  int status = 0, failed = 0;
  struct rusage usage;
  while (wait4(child, &status, 0, &usage) < 0)
    if (errno != EINTR) return 2;
  const int64_t wall = nowNs() - start;
  if (read(startError[0], &failed, sizeof failed) != (ssize_t)sizeof failed) failed = 0;

  const char* how = "exit";
  int code = WEXITSTATUS(status);
  if (failed)
    how = "failed", code = failed;
  else if (timedOut)
    how = "timeout", code = 0;
  else if (WIFSIGNALED(status))
    how = "signal", code = WTERMSIG(status);
  fprintf(report, "%lld %lld %lld %ld %s %d\n", (long long)wall, (long long)micros(usage.ru_utime),
          (long long)micros(usage.ru_stime), usage.ru_maxrss, how, code);
  return fclose(report) == 0 ? 0 : 2;
}
