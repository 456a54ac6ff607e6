// GuestRace: ThreadSanitizer looks away while one lives. For accesses to guest memory alone: the guest's threads may
// race for the bytes of a shared memory (spec: the threads proposal's memory model), which takes nothing but plain
// loads and stores. What is ours is never accessed meanwhile.
#pragma once

#if defined(__SANITIZE_THREAD__)
#define WASMRUN_THREAD_SANITIZER
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WASMRUN_THREAD_SANITIZER
#endif
#endif

#ifdef WASMRUN_THREAD_SANITIZER
extern "C" {
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
}
#endif

namespace wasmrun::support {

class GuestRace {
 public:
#ifdef WASMRUN_THREAD_SANITIZER
  GuestRace() {
    AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
    AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
  }
  ~GuestRace() {
    AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
    AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
  }
#else
  GuestRace() {}  // not defaulted: or variables of this type would be unused
#endif
  GuestRace(const GuestRace&) = delete;
  GuestRace& operator=(const GuestRace&) = delete;
};

}  // namespace wasmrun::support
