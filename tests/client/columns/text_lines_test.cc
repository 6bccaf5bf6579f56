#include <memory>
#include <string>
#include <vector>

#include "base/limits.h"
#include "client/columns/tokens.h"
#include "tests/client/columns/column_testing.h"
#include "tests/client/columns/token_files.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> LinesOf(const std::string& text) {
  const auto lines = TextLines(std::make_unique<StringBytes>(text));
  auto all = AllOf(*lines);
  EXPECT_TRUE(all.ok()) << all.status();
  return all.value_or(std::vector<std::string>{});
}

std::int64_t Count(const std::string& text) {
  StringBytes bytes(text);
  return CountTextLines(bytes).value_or(-1);
}

TEST(TextLines, EndAtNewlinesOnly) {
  EXPECT_THAT(LinesOf("ab\ncd\n"), ElementsAre("ab", "cd"));
  EXPECT_THAT(LinesOf("ab\ncd"), ElementsAre("ab", "cd"));
  EXPECT_THAT(LinesOf(" a b\t\n\f\v\n"), ElementsAre(" a b\t", "\f\v"));
  EXPECT_THAT(LinesOf("\n\na\n"), ElementsAre("", "", "a"));
  EXPECT_THAT(LinesOf(std::string("a\0b\n", 4)),
              ElementsAre(std::string("a\0b", 3)));
  EXPECT_THAT(LinesOf(""), IsEmpty());
}

TEST(TextLines, LoseOneReturnBeforeTheNewline) {
  EXPECT_THAT(LinesOf("ab\r\ncd\r\r\n\r\n"), ElementsAre("ab", "cd\r", ""));
  EXPECT_THAT(LinesOf("\ra\rb\nc\r\r"), ElementsAre("\ra\rb", "c\r"));
  // A tail that is empty then is no line.
  EXPECT_THAT(LinesOf("ab\n\r"), ElementsAre("ab"));
  EXPECT_THAT(LinesOf("ab\n\r\r"), ElementsAre("ab", "\r"));
}

TEST(TextLines, AreCountedByARuleOfTheirOwn) {
  EXPECT_EQ(Count(""), 0);
  EXPECT_EQ(Count("\n"), 1);
  EXPECT_EQ(Count("ab\ncd\n"), 2);
  EXPECT_EQ(Count("ab\ncd"), 2);
  EXPECT_EQ(Count("ab\n\n\ncd\r\r"), 4);
  EXPECT_EQ(Count("ab\n\r"), 1);
  EXPECT_EQ(Count("ab\n\r\r\r\r\r"), 1);
  EXPECT_EQ(Count("ab\n\r\r\r\r a"), 2);
  EXPECT_EQ(Count("a\rb\rc"), 1);
}

TEST(TextLines, MayBeAsLongAsAToken) {
  const std::string longest(kVocabularyTokenBytesMax, 'x');
  const auto one_at_a_time = [](const std::string& text) {
    return TextLines(std::make_unique<StringBytes>(text, 1 << 16));
  };
  auto lines = AllOf(*one_at_a_time(longest + "\nb"));
  ASSERT_TRUE(lines.ok()) << lines.status();
  EXPECT_THAT(*lines, ElementsAre(longest, "b"));
  EXPECT_THAT(AllOf(*one_at_a_time("b\nx" + longest)).status(),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("more than 1048576 bytes")));
}

}  // namespace
}  // namespace rowhouse::internal
