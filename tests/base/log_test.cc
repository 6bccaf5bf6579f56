#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace rowhouse {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

std::vector<std::string> LinesOf(const std::function<void()>& body) {
  ::testing::internal::CaptureStderr();
  body();
  const std::string text = ::testing::internal::GetCapturedStderr();
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

// First in the file, so that nothing has configured the log before it.
TEST(Log, GoesToStandardErrorByDefault) {
  ::testing::internal::CaptureStdout();
  const auto lines = LinesOf([] {
    LogDebug("not_seen");
    LogInfo("started");
  });
  EXPECT_THAT(::testing::internal::GetCapturedStdout(), IsEmpty());
  EXPECT_THAT(lines, ElementsAre(EndsWith(" I started")));
}

TEST(Log, TextIsTimeLevelEventAndFields) {
  ConfigureLog(LogFormat::kText, LogLevel::kDebug);
  const auto lines = LinesOf([] {
    LogDebug("retry", {{"try", "2"}});
    LogInfo("segment_removed", {{"segment", "17"}, {"bytes", "67108864"}});
    LogWarning("slow");
    LogError("failed", {{"why", "no space"}});
  });
  const std::string time =
      "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z ";
  EXPECT_THAT(lines,
              ElementsAre(MatchesRegex(time + "D retry try=2"),
                          MatchesRegex(time + "I segment_removed segment=17 "
                                              "bytes=67108864"),
                          MatchesRegex(time + "W slow"),
                          MatchesRegex(time + "E failed why=\"no space\"")));
}

TEST(Log, TextQuotesWhatIsNotAWord) {
  ConfigureLog(LogFormat::kText, LogLevel::kInfo);
  const auto lines = LinesOf([] {
    LogInfo("e", {{"a", ""}, {"b", "x\ny"}, {"c", "k=v"}, {"d", "\"{}%v"}});
  });
  EXPECT_THAT(lines,
              ElementsAre(EndsWith(R"(I e a="" b="x\ny" c="k=v" d="\"{}%v")")));
}

TEST(Log, LevelsBelowTheLeastAreDropped) {
  ConfigureLog(LogFormat::kText, LogLevel::kWarning);
  const auto lines = LinesOf([] {
    LogDebug("a");
    LogInfo("b");
    LogWarning("c");
    LogError("d");
  });
  EXPECT_THAT(lines, ElementsAre(EndsWith("W c"), EndsWith("E d")));
}

TEST(Log, JsonLinesParse) {
  ConfigureLog(LogFormat::kJson, LogLevel::kInfo);
  const auto lines = LinesOf([] {
    LogInfo("segment_removed", {{"segment", "17"}});
    LogWarning("odd", {{"text", "a\"b\\c\n{}%v"}, {"bytes", "\xff"}});
  });
  ASSERT_EQ(lines.size(), 2u);
  const auto first = nlohmann::json::parse(lines[0], nullptr, false);
  ASSERT_TRUE(first.is_object()) << lines[0];
  EXPECT_EQ(first["event"], "segment_removed");
  EXPECT_EQ(first["level"], "info");
  EXPECT_EQ(first["segment"], "17");
  EXPECT_EQ(first["ts"].get<std::string>().size(),
            std::string("2026-01-01T00:00:00.000Z").size());
  const auto second = nlohmann::json::parse(lines[1], nullptr, false);
  ASSERT_TRUE(second.is_object()) << lines[1];
  EXPECT_EQ(second["level"], "warning");
  EXPECT_EQ(second["text"], "a\"b\\c\n{}%v");
  EXPECT_EQ(second["bytes"], "\xef\xbf\xbd");  // U+FFFD
}

}  // namespace
}  // namespace rowhouse
