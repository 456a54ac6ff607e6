#include "wasmrun/nearest_name.h"

#include <gtest/gtest.h>

#include <vector>

namespace wasmrun {
namespace {

TEST(NearestName, FindsWhatWasProbablyMeant) {
  const std::vector<std::string_view> names = {"--dir", "--env", "--invoke", "--preload", "--stats"};
  EXPECT_EQ(nearestName("--dri", names), "--dir");
  EXPECT_EQ(nearestName("--inovke", names), "--invoke");
  EXPECT_EQ(nearestName("--stat", names), "--stats");
  EXPECT_EQ(nearestName("--preloads", names), "--preload");
  EXPECT_EQ(nearestName("--frobnicate", names), "");
  EXPECT_EQ(nearestName("", names), "");
  EXPECT_EQ(nearestName(std::string(100000, 'x'), names), "");
}

TEST(NearestName, AShortNameIsNotReplacedAltogether) {
  const std::vector<std::string_view> names = {"f", "ab"};
  EXPECT_EQ(nearestName("g", names), "");
  EXPECT_EQ(nearestName("ac", names), "ab");
}

TEST(NearestName, AThirdOfTheLettersMayDiffer) {
  const std::vector<std::string_view> names = {"tier", "threads"};
  EXPECT_EQ(nearestName("tear", names), "tier");
  EXPECT_EQ(nearestName("tax", names), "");
  EXPECT_EQ(nearestName("thrash", names), "");
}

TEST(NearestName, MessagesEscapeWhatTheyShow) {
  const std::vector<std::string_view> names = {"re\nd"};
  EXPECT_EQ(didYouMean("re\ne", names), "; did you mean 're\\u000ad'?");
  EXPECT_EQ(didYouMean("other", names), "");
}

}  // namespace
}  // namespace wasmrun
