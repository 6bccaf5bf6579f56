#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "client/columns/tokens.h"
#include "tests/client/columns/column_testing.h"
#include "tests/client/columns/token_files.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

absl::StatusOr<std::vector<std::string>> RecordsOf(const std::string& file) {
  const auto records = TfRecords("words", std::make_unique<StringBytes>(file));
  return AllOf(*records);
}

auto Damaged(const std::string& text) {
  return StatusIs(absl::StatusCode::kDataLoss, HasSubstr(text));
}

TEST(TfRecords, HoldAnyBytes) {
  const std::string zeros(3, '\0');
  auto records = RecordsOf(TfRecordFile({"ab", "", zeros, "a\nb"}));
  ASSERT_TRUE(records.ok()) << records.status();
  EXPECT_THAT(*records, ElementsAre("ab", "", zeros, "a\nb"));
  EXPECT_THAT(*RecordsOf(""), IsEmpty());
}

// TensorFlow's bytes for the record "abc", so that the checksums are right for
// others too, not only for the same code twice.
TEST(TfRecords, AreThoseOfTensorFlow) {
  EXPECT_EQ(
      TfRecordFile({""}),
      std::string("\0\0\0\0\0\0\0\0\x29\x03\x98\x07\xd8\xea\x82\xa2", 16));
}

TEST(TfRecords, ShowEveryDamagedByte) {
  const std::string file = TfRecordFile({"ab", "cde"});
  for (std::size_t i = 0; i < file.size(); ++i) {
    SCOPED_TRACE(absl::StrCat("byte ", i));
    std::string damaged = file;
    damaged[i] ^= 0x10;
    EXPECT_THAT(RecordsOf(damaged).status(),
                Damaged(i < 18 ? "words: record 0 " : "words: record 1 "));
  }
}

TEST(TfRecords, ShowAnEarlyEnd) {
  const std::string file = TfRecordFile({"ab", "cde"});
  for (std::size_t size = 0; size < file.size(); ++size) {
    SCOPED_TRACE(absl::StrCat(size, " bytes"));
    auto records = RecordsOf(file.substr(0, size));
    if (size == 0 || size == 18) {  // between records
      EXPECT_TRUE(records.ok()) << records.status();
    } else {
      EXPECT_THAT(records.status(), Damaged("ends"));
    }
  }
}

TEST(TfRecords, MayBeAsLongAsAToken) {
  const std::string longest(kVocabularyTokenBytesMax, 'x');
  auto records = RecordsOf(TfRecordFile({longest}));
  ASSERT_TRUE(records.ok()) << records.status();
  EXPECT_THAT(RecordsOf(TfRecordFile({longest + "x"})).status(),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("record 0 has 1048577 bytes")));
}

}  // namespace
}  // namespace rowhouse::internal
