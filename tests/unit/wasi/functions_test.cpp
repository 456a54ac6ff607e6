// The table that embedders link by: names, types, and the outcome of a call.
#include "wasi/functions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "wasi/context.h"

namespace wasmrun::wasi {
namespace {

std::string signatureOf(std::string_view name) {
  const WasiFunction* function = findWasiFunction(name);
  if (function == nullptr) return "missing";
  std::string text;
  for (const ParameterType type : function->parameters) text += type == ParameterType::I32 ? 'i' : 'I';
  return text + (function->returnsErrno ? ">i" : ">");
}

TEST(WasiFunctions, TableHasTheWholeOfPreview1) {
  EXPECT_EQ(wasiFunctions().size(), 46u);  // the 45 of the first snapshot, and sock_accept
  for (const WasiFunction& function : wasiFunctions()) EXPECT_EQ(findWasiFunction(function.name), &function);
}

TEST(WasiFunctions, UnknownNamesAreNotFound) {
  EXPECT_EQ(findWasiFunction(""), nullptr);
  EXPECT_EQ(findWasiFunction("fd_writ"), nullptr);
  EXPECT_EQ(findWasiFunction("zzz"), nullptr);
}

TEST(WasiFunctions, SignaturesAreThoseOfTheWitx) {
  EXPECT_EQ(signatureOf("args_get"), "ii>i");
  EXPECT_EQ(signatureOf("clock_time_get"), "iIi>i");
  EXPECT_EQ(signatureOf("fd_advise"), "iIIi>i");
  EXPECT_EQ(signatureOf("fd_allocate"), "iII>i");
  EXPECT_EQ(signatureOf("fd_fdstat_set_rights"), "iII>i");
  EXPECT_EQ(signatureOf("fd_filestat_set_size"), "iI>i");
  EXPECT_EQ(signatureOf("fd_filestat_set_times"), "iIIi>i");
  EXPECT_EQ(signatureOf("fd_pread"), "iiiIi>i");
  EXPECT_EQ(signatureOf("fd_readdir"), "iiiIi>i");
  EXPECT_EQ(signatureOf("fd_seek"), "iIii>i");
  EXPECT_EQ(signatureOf("fd_write"), "iiii>i");
  EXPECT_EQ(signatureOf("path_filestat_set_times"), "iiiiIIi>i");
  EXPECT_EQ(signatureOf("path_link"), "iiiiiii>i");
  EXPECT_EQ(signatureOf("path_open"), "iiiiiIIii>i");
  EXPECT_EQ(signatureOf("path_readlink"), "iiiiii>i");
  EXPECT_EQ(signatureOf("path_symlink"), "iiiii>i");
  EXPECT_EQ(signatureOf("poll_oneoff"), "iiii>i");
  EXPECT_EQ(signatureOf("proc_exit"), "i>");
  EXPECT_EQ(signatureOf("sched_yield"), ">i");
  EXPECT_EQ(signatureOf("sock_recv"), "iiiiii>i");
  EXPECT_EQ(signatureOf("sock_send"), "iiiii>i");
}

TEST(WasiFunctions, ExitIsAnOutcomeAndNotAnErrno) {
  auto context = WasiContext::create(WasiConfig());
  ASSERT_TRUE(context);
  const u64 arguments[] = {0xffff'ffff'0000'0007};  // the high half of an i32 slot means nothing
  const WasiOutcome outcome = findWasiFunction("proc_exit")->call(**context, GuestMemory(nullptr, 0), arguments);
  EXPECT_EQ(outcome.kind, WasiOutcome::Kind::Exit);
  EXPECT_EQ(outcome.value, 7u);
}

}  // namespace
}  // namespace wasmrun::wasi
