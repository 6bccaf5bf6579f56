#include "client/columns/gzip_bytes.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/client/columns/column_testing.h"
#include "tests/client/columns/token_files.h"

namespace rowhouse::internal {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<std::string> Inflated(const std::string& compressed) {
  const auto bytes =
      InflateGzip("words.gz", std::make_unique<StringBytes>(compressed));
  return AllOf(*bytes);
}

auto Damaged(const std::string& text) {
  return StatusIs(absl::StatusCode::kDataLoss, HasSubstr(text));
}

std::string LongText() {
  std::string text;
  for (int i = 0; i < 40000; ++i) absl::StrAppend(&text, i * i, " ");
  return text;
}

TEST(GzipBytes, AreWhatWasCompressed) {
  EXPECT_EQ(*Inflated(Gzip("marlo omar")), "marlo omar");
  EXPECT_EQ(*Inflated(Gzip("")), "");
  EXPECT_EQ(*Inflated(""), "");
  EXPECT_EQ(*Inflated(Gzip(LongText())), LongText());
}

TEST(GzipBytes, OfSeveralMembersFollowEachOther) {
  EXPECT_EQ(*Inflated(Gzip("ab") + Gzip("") + Gzip("cd")), "abcd");
}

TEST(GzipBytes, ShowWhatIsNotGzip) {
  EXPECT_THAT(Inflated("marlo\nomar\n").status(),
              Damaged("words.gz: incorrect header check"));
  EXPECT_THAT(Inflated(Gzip("ab") + "cd").status(), Damaged("header"));
}

TEST(GzipBytes, ShowAnEarlyEnd) {
  const std::string compressed = Gzip("marlo omar");
  for (std::size_t size = 1; size < compressed.size(); ++size) {
    EXPECT_THAT(Inflated(compressed.substr(0, size)).status(),
                Damaged("the gzip data end too early"))
        << size;
  }
}

TEST(GzipBytes, ShowDamage) {
  std::string compressed = Gzip("marlo omar");
  compressed[compressed.size() - 6] ^= 1;  // of the checksum
  EXPECT_THAT(Inflated(compressed).status(), Damaged("incorrect data check"));
}

}  // namespace
}  // namespace rowhouse::internal
