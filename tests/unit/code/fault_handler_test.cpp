#include "code/fault_handler.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <thread>

#include "assembled.h"
#include "platform/alternate_stack.h"
#include "platform/mapping.h"
#include "sanitized.h"

namespace wasmrun::code {
namespace {

/// What the fault's target saw last.
struct Seen {
  u32 function = kNone;
  const u8* pc = nullptr;
  u64 address = 0;
  u64 firstArgument = 0;
  void* range = nullptr;
  const void* stub = nullptr;  ///< where to go on
};

const void* noteFault(void* data, const Fault& fault) {
  Seen& seen = *static_cast<Seen*>(data);
  seen.function = fault.record.identity().functionIndex;
  seen.pc = fault.state.pc();
  seen.address = fault.state.address();
  seen.firstArgument = fault.state.general(7);  // rdi
  seen.range = fault.range;
  return seen.stub;
}

/// How a process of its own ended after `body`: an exit code, or minus the signal's number. Handlers are installed once
/// a process, so each test that wants them has one.
int inChild(const std::function<void()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    body();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

class FaultHandlerTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!kHasX64) GTEST_SKIP() << "the code is x86-64's";
    if (kSanitized) GTEST_SKIP() << "the sanitizer handles faults itself";
    // mov eax, [rdi]; mov eax, [rsi]; ret: only the first one is noted as an access
    const std::vector<u8> code = {0x8B, 0x07, 0x8B, 0x06, 0xC3};
    const CodeBlock block = *area_.allocate(5);
    std::memcpy(block.writable, code.data(), 5);
    FunctionRecordBuilder builder;
    CodeIdentity identity;
    identity.functionIndex = 77;
    builder.begin(identity);
    builder.addAccess(0, 1234);
    load_ = *area_.publish(block, builder.finish(block.executable, 5));
    seen_.stub = publish(area_, returning(42), 0)->begin();
  }
  void handleFaults() {
    ASSERT_TRUE(platform::ensureAlternateStack());
    domain_ = *FaultDomain::make(space_->map(), &noteFault, &seen_);
  }
  u32 load(const void* first, const void* second) {
    return reinterpret_cast<u32 (*)(const void*, const void*)>(const_cast<u8*>(load_->begin()))(first, second);
  }

  std::unique_ptr<CodeSpace> space_ = makeSpace(u64{1} << 20);
  CodeArea area_{*space_};
  const FunctionRecord* load_ = nullptr;
  platform::Mapping memory_ = *platform::Mapping::reserve(u64{1} << 20);
  GuardedRange range_{memory_.base(), memory_.size(), &memory_};
  std::unique_ptr<FaultDomain> domain_;
  Seen seen_;
  const u32 fine_ = 5;
};

TEST_F(FaultHandlerTest, AnAccessContinuesAtTheStub) {
  EXPECT_EQ(inChild([&] {
              handleFaults();
              EXPECT_EQ(load(&fine_, &fine_), 5u);
              for (const u64 offset : {u64{0}, u64{4096} * 3 + 8, (u64{1} << 20) - 4}) {
                seen_.pc = nullptr;
                EXPECT_EQ(load(memory_.base() + offset, &fine_), 42u);
                EXPECT_EQ(seen_.function, 77u);
                EXPECT_EQ(seen_.pc, load_->begin());
                EXPECT_EQ(seen_.address, reinterpret_cast<u64>(memory_.base() + offset));
                EXPECT_EQ(seen_.firstArgument, seen_.address);
                EXPECT_EQ(seen_.range, &memory_);
              }
              _exit(HasFailure());
            }),
            0);
}

TEST_F(FaultHandlerTest, WorksOnEveryThreadAtOnce) {
  EXPECT_EQ(inChild([&] {
              handleFaults();
              std::vector<std::thread> threads;
              for (int i = 0; i < 4; ++i) {
                threads.emplace_back([&] {
                  ASSERT_TRUE(platform::ensureAlternateStack());
                  for (int round = 0; round < 200; ++round) ASSERT_EQ(load(memory_.base() + round, &fine_), 42u);
                });
              }
              for (std::thread& thread : threads) thread.join();
              _exit(HasFailure());
            }),
            0);
}

TEST_F(FaultHandlerTest, ForeignFaultsEndTheProcessAsBefore) {
  EXPECT_EQ(inChild([&] {
              signal(SIGSEGV, SIG_DFL);
              handleFaults();
              load(memory_.base(), &fine_);
              *static_cast<volatile int*>(nullptr) = 1;
            }),
            -SIGSEGV);
  EXPECT_EQ(inChild([&] {
              signal(SIGSEGV, SIG_IGN);  // which the system does not do for faults
              handleFaults();
              *static_cast<volatile int*>(nullptr) = 1;
            }),
            -SIGSEGV);
}

TEST_F(FaultHandlerTest, CodeOfOursMayFaultForOtherReasons) {
  const auto diesOf = [&](const void* first, const void* second) {
    return inChild([&] {
      signal(SIGSEGV, SIG_DFL);
      handleFaults();
      load(first, second);
    });
  };
  EXPECT_EQ(diesOf(nullptr, &fine_), -SIGSEGV) << "an access that is noted, of memory that is not guarded";
  EXPECT_EQ(diesOf(&fine_, memory_.base()), -SIGSEGV) << "guarded memory, by an instruction that is no access";
  EXPECT_EQ(inChild([&] {
              signal(SIGSEGV, SIG_DFL);
              handleFaults();
              *reinterpret_cast<volatile u8*>(memory_.base()) = 1;
            }),
            -SIGSEGV)
      << "guarded memory, by C++";
}

TEST_F(FaultHandlerTest, SignalsThatAreSentMeanWhatTheyMeantBefore) {
  EXPECT_EQ(inChild([&] {
              signal(SIGSEGV, SIG_DFL);
              handleFaults();
              raise(SIGSEGV);
            }),
            -SIGSEGV);
  EXPECT_EQ(inChild([&] {
              signal(SIGBUS, SIG_IGN);
              handleFaults();
              raise(SIGBUS);
              _exit(load(memory_.base(), &fine_) == 42 ? 3 : 4);
            }),
            3);
}

TEST_F(FaultHandlerTest, PreviousHandlersGetForeignFaults) {
  EXPECT_EQ(inChild([&] {
              struct sigaction action = {};
              action.sa_flags = SA_SIGINFO;
              action.sa_sigaction = [](int, siginfo_t* info, void* context) {
                sigset_t blocked;
                sigprocmask(SIG_BLOCK, nullptr, &blocked);
                _exit(info->si_addr == reinterpret_cast<void*>(16) && context != nullptr &&
                              sigismember(&blocked, SIGUSR1) == 1
                          ? 7
                          : 8);
              };
              sigaddset(&action.sa_mask, SIGUSR1);
              sigaction(SIGSEGV, &action, nullptr);
              handleFaults();
              if (load(memory_.base(), &fine_) != 42) _exit(9);
              *reinterpret_cast<volatile int*>(16) = 1;
            }),
            7);
  EXPECT_EQ(inChild([&] {
              signal(SIGSEGV, [](int number) { _exit(number == SIGSEGV ? 7 : 8); });
              handleFaults();
              *reinterpret_cast<volatile int*>(16) = 1;
            }),
            7);
}

// A handler that is for one signal only is not called again.
TEST_F(FaultHandlerTest, OneShotHandlersStayOneShot) {
  EXPECT_EQ(inChild([&] {
              struct sigaction action = {};
              action.sa_flags = static_cast<int>(SA_RESETHAND);
              action.sa_handler = [](int) { static_cast<void>(!write(2, "", 0)); };
              sigaction(SIGSEGV, &action, nullptr);
              handleFaults();
              raise(SIGSEGV);
              raise(SIGSEGV);
            }),
            -SIGSEGV);
}

struct sigaction innerAction;

// Somebody installs a handler after us, and passes on to ours what is not his.
TEST_F(FaultHandlerTest, HandlersInFrontMayPassFaultsOnToUs) {
  EXPECT_EQ(inChild([&] {
              signal(SIGSEGV, [](int) { _exit(7); });
              handleFaults();
              struct sigaction action = {};
              action.sa_flags = SA_SIGINFO | SA_ONSTACK;
              action.sa_sigaction = [](int number, siginfo_t* info, void* context) {
                innerAction.sa_sigaction(number, info, context);
              };
              sigaction(SIGSEGV, &action, &innerAction);
              if (load(memory_.base(), &fine_) != 42) _exit(8);
              *reinterpret_cast<volatile int*>(16) = 1;
            }),
            7);
}

TEST_F(FaultHandlerTest, WhatWasUnregisteredIsForeign) {
  EXPECT_EQ(inChild([&] {
              signal(SIGSEGV, SIG_DFL);
              handleFaults();
              auto memory = *platform::Mapping::reserve(1 << 16);
              {
                const GuardedRange range(memory.base(), memory.size(), &memory);
                if (load(memory.base(), &fine_) != 42) _exit(1);
              }
              load(memory.base(), &fine_);
            }),
            -SIGSEGV);
  EXPECT_EQ(inChild([&] {
              signal(SIGSEGV, SIG_DFL);
              handleFaults();
              domain_.reset();
              load(memory_.base(), &fine_);
            }),
            -SIGSEGV);
}

TEST(RangeList, FindsAmongManyAndUsesPlacesAgain) {
  static RangeList& list = *new RangeList();  // which nobody deletes
  std::vector<RangeList::Entry*> entries;
  int values[300];
  for (u64 i = 0; i < 300; ++i) entries.push_back(list.add(i * 100 + 10, i * 100 + 60, &values[i]));
  EXPECT_EQ(list.find(9), nullptr);
  EXPECT_EQ(list.find(10), &values[0]);
  EXPECT_EQ(list.find(25'059), &values[250]);
  EXPECT_EQ(list.find(25'060), nullptr);
  list.remove(entries[250]);
  EXPECT_EQ(list.find(25'059), nullptr);
  EXPECT_EQ(list.add(1'000'000, 1'000'001, &values[0]), entries[250]);
  EXPECT_EQ(list.find(1'000'000), &values[0]);
}

}  // namespace
}  // namespace wasmrun::code
