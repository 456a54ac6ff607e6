// No page is ever writable and executable: what the system says of this process's pages, read over and over while
// threads compile modules that come and go; and no call of the system asks for such pages.
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <fstream>
#include <thread>

#include "../unit/sanitized.h"
#include "generated_module.h"

namespace wasmrun::test {
namespace {

// -- What is mapped --------------------------------------------------------------------------------------------------

/// Of one line of /proc/self/maps: "7f00-7f01 r-xp 00000000 00:00 0    /bin/x".
struct Pages {
  explicit Pages(const std::string& line) {
    const size_t dash = line.find('-'), space = line.find(' ');
    size = std::stoull(line.substr(dash + 1), nullptr, 16) - std::stoull(line, nullptr, 16);
    isWritable = line[space + 2] == 'w';
    isExecutable = line[space + 3] == 'x';
    isShared = line[space + 4] == 's';
    // Memory of no file: there is no name, or that of shared memory.
    isAnonymous = line.find_first_of("/[") == std::string::npos || line.ends_with("/dev/zero (deleted)");
  }
  uint64_t size;
  bool isWritable, isExecutable, isShared, isAnonymous;
};

/// Everything that is mapped at one moment.
struct Maps {
  static Maps read() {
    Maps maps;
    std::ifstream file("/proc/self/maps");
    for (std::string line; std::getline(file, line);) {
      const Pages pages(line);
      if (pages.isWritable && pages.isExecutable) maps.both += line + "\n";
      if (!pages.isAnonymous) continue;
      if (pages.isExecutable) maps.codeBytes += pages.size;
      if (pages.isExecutable && pages.isShared) maps.hasSharedCode = true;
      if (pages.isWritable && pages.isShared) maps.hasSharedData = true;
    }
    return maps;
  }

  std::string both;            // lines of what is writable and executable
  uint64_t codeBytes = 0;      // executable, and of no file: machine code that was made here
  bool hasSharedCode = false;  // executable shared memory: one view of it
  bool hasSharedData = false;  // writable shared memory: the other
};

/// Reads Maps on a thread of its own, the first time before its constructor returns.
class MapsWatcher {
 public:
  MapsWatcher() {
    while (samples() == 0) std::this_thread::yield();
  }
  ~MapsWatcher() { end(); }

  struct Seen {
    std::string both;  // the first that there was
    uint64_t firstCode = 0, mostCode = 0;
    bool twoViews = false;  // of shared memory
  };

  uint64_t samples() const { return samples_.load(std::memory_order_relaxed); }
  /// Of those, how many found more machine code than the first one.
  uint64_t samplesWithCode() const { return samplesWithCode_.load(std::memory_order_relaxed); }
  Seen finish() {
    end();
    return seen_;
  }

 private:
  void end() {
    ending_ = true;
    if (thread_.joinable()) thread_.join();
  }
  void watch() {
    while (!ending_) {
      const Maps maps = Maps::read();
      if (seen_.both.empty()) seen_.both = maps.both;
      if (samples() == 0) seen_.firstCode = maps.codeBytes;
      seen_.mostCode = std::max(seen_.mostCode, maps.codeBytes);
      seen_.twoViews |= maps.hasSharedCode && maps.hasSharedData;
      if (maps.codeBytes > seen_.firstCode) samplesWithCode_.fetch_add(1, std::memory_order_relaxed);
      samples_.fetch_add(1, std::memory_order_relaxed);
    }
  }

  Seen seen_;
  std::atomic<bool> ending_{false};
  std::atomic<uint64_t> samples_{0}, samplesWithCode_{0};
  std::thread thread_{[this] { watch(); }};
};

TEST(MapsTest, PagesThatAreBothAreSeen) {
  EXPECT_EQ(Maps::read().both, "");
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  MapsWatcher watcher;
  void* const both = mmap(nullptr, page, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (both == MAP_FAILED) GTEST_SKIP() << "this system gives no such pages";
  EXPECT_CONTAINS(Maps::read().both, " rwxp ");
  for (const uint64_t before = watcher.samples(); watcher.samples() < before + 2;) std::this_thread::yield();
  ASSERT_EQ(mprotect(both, page, PROT_READ | PROT_EXEC), 0);
  const Maps executable = Maps::read();
  EXPECT_EQ(executable.both, "");
  EXPECT_GE(executable.codeBytes, page);
  munmap(both, page);
  const MapsWatcher::Seen seen = watcher.finish();
  EXPECT_CONTAINS(seen.both, " rwxp ");
  EXPECT_GE(seen.mostCode, page);
}

// -- While modules are compiled --------------------------------------------------------------------------------------

/// How functions get machine code.
struct Way {
  const char* name;
  const char* option;
};
constexpr Way kWays[] = {{"Background", "tier-up-at-once=0"},
                         {"AtOnce", "tier-up=hot"},
                         {"Random", "tier-up=random:5"},
                         {"Pinned", "tier=baseline"}};

/// Two threads run modules that come and go in one engine, and share another, until all of its functions have machine
/// code and `isEnough`. False if that does not come in a minute, or a result is wrong.
template <class IsEnough>
bool compileOverAndOver(const Config& config, IsEnough isEnough) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  const Engine engine = good(Engine::make(config));
  const GeneratedModule lasting(60, 40, 1), brief(200, 40, 2);
  const Module module = good(Module::compile(engine, lasting.bytes()));
  const auto isCompiled = [&] {
    return valueOf(module.statistics(), "baseline.functions_compiled") == lasting.functions();
  };
  std::atomic<uint32_t> wrong{0};
  const auto work = [&](uint32_t first) {
    while (!(isCompiled() && isEnough()) && std::chrono::steady_clock::now() < end) {
      wrong += lasting.run(engine, module, first, 2);
      const Module own = good(Module::compile(engine, brief.bytes()));
      wrong += brief.run(engine, own, first, 2);  // whose functions may still be queued when it goes
    }
  };
  std::thread other(work, 0);
  work(1);
  other.join();
  return wrong == 0 && isCompiled() && isEnough();
}

class CodePagesTest : public testing::TestWithParam<std::tuple<Way, bool>> {
 protected:
  bool isDual() const { return std::get<1>(GetParam()); }
  Config config() const {
    return withOptions({std::get<0>(GetParam()).option, isDual() ? "dual-mapped-code=y" : "dual-mapped-code=n"});
  }
};
INSTANTIATE_TEST_SUITE_P(Ways, CodePagesTest, testing::Combine(testing::ValuesIn(kWays), testing::Bool()),
                         [](const auto& test) {
                           return std::string(std::get<0>(test.param).name) +
                                  (std::get<1>(test.param) ? "Dual" : "Single");
                         });

TEST_P(CodePagesTest, AreNeverWritableWhenTheyAreExecutable) {
  constexpr uint64_t kSamples = 100;
  const uint64_t before = Maps::read().codeBytes;
  MapsWatcher watcher;
  EXPECT_TRUE(compileOverAndOver(config(), [&] { return watcher.samplesWithCode() >= kSamples; }));
  const MapsWatcher::Seen seen = watcher.finish();
  EXPECT_EQ(seen.both, "");
  EXPECT_EQ(seen.firstCode, before) << "the first sample is older than the engine";
  EXPECT_EQ(seen.twoViews, isDual());
  EXPECT_EQ(Maps::read().codeBytes, before) << "it goes with the engine";
}

// -- In a process of its own -----------------------------------------------------------------------------------------

/// How a child process ends that does `work`: 0 if that returns true.
template <class Work>
int inChild(Work work) {
  const pid_t child = fork();
  if (child == 0) _exit(work() ? 0 : 1);
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

/// From now on this process ends with SIGSYS when it asks for pages that are writable and executable. False if the
/// system has no such filters.
bool endWithPagesThatAreBoth() {
  constexpr uint32_t kBoth = PROT_WRITE | PROT_EXEC;
  constexpr uint32_t kProtection = offsetof(seccomp_data, args) + 2 * sizeof(uint64_t);  // low half: the third argument
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 3, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pkey_mprotect, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kProtection),
      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, kBoth),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kBoth, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{std::size(code), code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

TEST_P(CodePagesTest, AreNeverAskedToBeBoth) {
  if (inChild(endWithPagesThatAreBoth) != 0) GTEST_SKIP() << "no filters of system calls here";
  const int refused = inChild([] {
    endWithPagesThatAreBoth();
    return mmap(nullptr, 1, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != nullptr;
  });
  ASSERT_TRUE(WIFSIGNALED(refused) && WTERMSIG(refused) == SIGSYS) << "the filter does what it is for";
  EXPECT_EQ(inChild([this] {
              endWithPagesThatAreBoth();
              return compileOverAndOver(config(), [] { return true; });
            }),
            0);
}

TEST_P(CodePagesTest, AreNotBothInASmallAddressSpace) {
  if (kSanitized) GTEST_SKIP() << "sanitizers map terabytes";
  EXPECT_EQ(inChild([this] {
              uint64_t pages = 0;
              std::ifstream("/proc/self/statm") >> pages;
              const uint64_t limit = pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) + (uint64_t{512} << 20);
              const rlimit both{limit, limit};
              if (setrlimit(RLIMIT_AS, &both) != 0) return false;
              MapsWatcher watcher;
              if (!compileOverAndOver(config(), [&] { return watcher.samplesWithCode() >= 20; })) return false;
              const MapsWatcher::Seen seen = watcher.finish();
              return seen.both.empty() && seen.mostCode < (uint64_t{512} << 20);
            }),
            0);
}

}  // namespace
}  // namespace wasmrun::test
