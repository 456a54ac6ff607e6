#include "options.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace wasmrun::cli {

static std::string messageOf(std::string_view text) {
  auto parsed = parseDirectory(text);
  return parsed ? "" : parsed.error().message;
}

TEST(DirectoryOption, HostAloneIsSeenUnderItsOwnName) {
  auto directory = parseDirectory("data/in");
  ASSERT_TRUE(directory);
  EXPECT_EQ(directory->host, "data/in");
  EXPECT_EQ(directory->guest, "data/in");
  EXPECT_FALSE(directory->readOnly);
}

TEST(DirectoryOption, GuestAndReadOnly) {
  auto directory = parseDirectory("/srv::/");
  ASSERT_TRUE(directory);
  EXPECT_EQ(directory->host, "/srv");
  EXPECT_EQ(directory->guest, "/");
  EXPECT_FALSE(directory->readOnly);
  directory = parseDirectory("/srv::/x::ro");
  ASSERT_TRUE(directory);
  EXPECT_EQ(directory->guest, "/x");
  EXPECT_TRUE(directory->readOnly);
}

TEST(DirectoryOption, SingleColonIsRefusedAndTheRightFormShown) {
  EXPECT_NE(messageOf("/srv:/data").find("--dir /srv::/data"), std::string::npos) << messageOf("/srv:/data");
}

TEST(DirectoryOption, SingleColonsArePartOfPathsOnceTheSeparatorIsThere) {
  auto directory = parseDirectory("10:30::/at:noon");
  ASSERT_TRUE(directory);
  EXPECT_EQ(directory->host, "10:30");
  EXPECT_EQ(directory->guest, "/at:noon");
}

TEST(DirectoryOption, WhatDoesNotRead) {
  for (std::string_view text : {"", "::", "a::", "::b", "a:::b", "a::b::rw", "a::b::", "a::b::ro::c", "a:"}) {
    EXPECT_NE(messageOf(text), "") << text;
  }
}

TEST(VariableOption, ValueMayBeEmptyAndHoldEqualsSigns) {
  EXPECT_EQ(parseVariable("A=")->value, "");
  auto variable = parseVariable("A=b=c");
  EXPECT_EQ(variable->name, "A");
  EXPECT_EQ(variable->value, "b=c");
}

TEST(VariableOption, WithoutValueItIsInherited) {
  setenv("WASMRUN_TEST_VARIABLE", "there", 1);
  EXPECT_EQ(parseVariable("WASMRUN_TEST_VARIABLE")->value, "there");
  unsetenv("WASMRUN_TEST_VARIABLE");
  auto missing = parseVariable("WASMRUN_TEST_VARIABLE");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::Usage);
  EXPECT_NE(missing.error().message.find("WASMRUN_TEST_VARIABLE"), std::string::npos);
}

TEST(VariableOption, NameMayNotBeEmpty) {
  EXPECT_FALSE(parseVariable("=b"));
  EXPECT_FALSE(parseVariable(""));
}

TEST(PreloadOption, NameAndFile) {
  auto preload = parsePreload("lib=dir/a=b.wasm");
  ASSERT_TRUE(preload);
  EXPECT_EQ(preload->name, "lib");
  EXPECT_EQ(preload->file, "dir/a=b.wasm");
  for (std::string_view text : {"", "lib", "lib=", "=a.wasm"}) EXPECT_FALSE(parsePreload(text)) << text;
}

TEST(StatsOption, FormatAndFile) {
  EXPECT_EQ(parseStats("")->format, StatsOutput::Format::Text);
  EXPECT_EQ(parseStats("text")->file, "");
  EXPECT_EQ(parseStats("json")->format, StatsOutput::Format::Json);
  auto output = parseStats("json:a:b.json");
  EXPECT_EQ(output->format, StatsOutput::Format::Json);
  EXPECT_EQ(output->file, "a:b.json");
  EXPECT_EQ(parseStats(":f")->file, "f");
  for (std::string_view text : {"xml", "json:", "out.json", "jsonl"}) EXPECT_FALSE(parseStats(text)) << text;
}

}  // namespace wasmrun::cli
