#include "storage/row_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "base/limits.h"
#include "tests/storage/formats_example.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr TableIncarnation kTable{0x00000000000000a1};

// The row of docs/formats.md: id 42 of table "a", bucket 983.
struct Example {
  std::string key = RowKey(BucketId(983), 42);
  std::string value;
  Example() {
    const std::vector<float> values = {1.0f, -2.0f, 0.5f, 0.5f};
    EncodeRowValue(
        kTable,
        {.bucket = BucketId(983), .id = 42, .lsn = Lsn(41), .values = values},
        key, value);
  }
};

TEST(RowCodecTest, TheWorkedExampleIsTrue) {
  const Example example;
  EXPECT_EQ(absl::BytesToHexString(example.key),
            absl::BytesToHexString(FormatsExample("row key")));
  EXPECT_EQ(absl::BytesToHexString(example.value),
            absl::BytesToHexString(FormatsExample("row value")));
}

TEST(RowCodecTest, ARowComesBack) {
  const Example example;
  std::vector<float> values;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const RowImage row,
      DecodeRow(kTable, example.key, example.value, values));
  EXPECT_EQ(row.bucket, BucketId(983));
  EXPECT_EQ(row.id, 42);
  EXPECT_EQ(row.lsn, Lsn(41));
  EXPECT_THAT(row.values, ElementsAre(1.0f, -2.0f, 0.5f, 0.5f));
}

TEST(RowCodecTest, KeysSortAsBucketAndId) {
  EXPECT_LT(RowKey(BucketId(1), ~Id{0}), RowKey(BucketId(2), 0));
  EXPECT_LT(RowKey(BucketId(255), 0), RowKey(BucketId(256), 0));
  EXPECT_LT(RowKey(BucketId(1), 255), RowKey(BucketId(1), 256));
  EXPECT_LE(BucketPrefix(2), RowKey(BucketId(2), 0));
  EXPECT_GT(BucketPrefix(kBuckets), RowKey(BucketId(kBuckets - 1), ~Id{0}));
}

TEST(RowCodecTest, EveryFlippedBitIsFound) {
  const Example example;
  std::vector<float> values;
  const auto damaged = StatusIs(absl::StatusCode::kDataLoss,
                                HasSubstr("table 00000000000000a1"));
  for (std::size_t i = 0; i < 8 * example.value.size(); ++i) {
    std::string value = example.value;
    value[i / 8] = static_cast<char>(value[i / 8] ^ (1 << (i % 8)));
    EXPECT_THAT(DecodeRow(kTable, example.key, value, values), damaged) << i;
  }
  for (std::size_t i = 0; i < 8 * example.key.size(); ++i) {
    std::string key = example.key;
    key[i / 8] = static_cast<char>(key[i / 8] ^ (1 << (i % 8)));
    EXPECT_THAT(DecodeRow(kTable, key, example.value, values), damaged) << i;
  }
}

TEST(RowCodecTest, EveryOtherLengthIsFound) {
  const Example example;
  std::vector<float> values;
  for (std::size_t size = 0; size < example.value.size(); ++size) {
    EXPECT_THAT(
        DecodeRow(kTable, example.key,
                  absl::string_view(example.value).substr(0, size), values),
        StatusIs(absl::StatusCode::kDataLoss, HasSubstr("bucket 983, id 42")));
  }
  EXPECT_THAT(DecodeRow(kTable, example.key, example.value + "1234", values),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(DecodeRow(kTable, example.key.substr(1), example.value, values),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("9 bytes")));
}

TEST(RowCodecTest, ARowOfAnotherTableIsFound) {
  const Example example;
  std::vector<float> values;
  EXPECT_THAT(
      DecodeRow(TableIncarnation(0xa2), example.key, example.value, values),
      StatusIs(absl::StatusCode::kDataLoss, HasSubstr("checksum")));
}

TEST(RowCodecTest, TableKeysAreSixteenDigits) {
  EXPECT_EQ(TableKey(TableIncarnation(0xab)), "00000000000000ab");
  TableIncarnation table;
  ASSERT_TRUE(ParseTableKey("ffffffffffffffff", table));
  EXPECT_EQ(table, TableIncarnation(~std::uint64_t{0}));
  for (const char* name : {"", "default", "ab", "00000000000000AB",
                           "00000000000000ab0", "0x000000000000ab"}) {
    EXPECT_FALSE(ParseTableKey(name, table)) << name;
  }
}

}  // namespace
}  // namespace rowhouse::storage
