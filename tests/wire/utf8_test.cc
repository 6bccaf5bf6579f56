#include "proto/wire/utf8.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace rowhouse::wire {
namespace {

TEST(Utf8Test, WellFormedTextIsTakenWhole) {
  for (const std::string text :
       {"", "plain", "Zürich", "表", "🙂", "\xef\xbf\xbf", "\xed\x9f\xbf",
        "\xee\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(ValidUtf8Prefix(text), text.size()) << text;
  }
  EXPECT_EQ(ValidUtf8Prefix(absl::string_view("a\0b", 3)), 3u);
}

TEST(Utf8Test, StopsAtTheFirstByteThatIsNot) {
  struct Case {
    const char* what;
    std::string text;
    std::size_t prefix;
  };
  for (const Case& c : {
           Case{"lone continuation", "ab\x80", 2},
           Case{"overlong slash", "a\xc0\xaf", 1},
           Case{"overlong in three", "\xe0\x9f\xbf", 0},
           Case{"first of three that is not", "\xe0\xa0\x80\xe0\x80\x80", 3},
           Case{"surrogate", "x\xed\xa0\x80", 1},
           Case{"overlong in four", "\xf0\x8f\xbf\xbf", 0},
           Case{"beyond U+10FFFF", "\xf4\x90\x80\x80", 0},
           Case{"no lead byte", "\xf5\x80\x80\x80", 0},
           Case{"cut off", "ok\xe8\xa1", 2},
       }) {
    EXPECT_EQ(ValidUtf8Prefix(c.text), c.prefix) << c.what;
  }
}

TEST(Utf8Test, BadBytesBecomeQuestionMarks) {
  EXPECT_EQ(ToUtf8("a\xff\xe8\xa1\xa8\x80z", 100), "a?表?z");
}

TEST(Utf8Test, IsCutBetweenCharacters) {
  EXPECT_EQ(ToUtf8("ab表", 5), "ab表");
  EXPECT_EQ(ToUtf8("ab表", 4), "ab");
  EXPECT_EQ(ToUtf8("abc", 0), "");
}

}  // namespace
}  // namespace rowhouse::wire
