#include "storage/row_digests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "rowhouse/storage/v1/manifest.pb.h"
#include "storage/framed_file.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::HasSubstr;

constexpr TableIncarnation kTable(5);
constexpr BucketRange kAll = {0, 16384};

RowImage Row(Id id, const std::vector<float>& values, std::uint16_t bucket = 1,
             std::uint64_t lsn = 1) {
  return {BucketId(bucket), id, Lsn(lsn), values};
}

TEST(RowDigestsTest, AnyOrderAndAnyStampGivesTheSame) {
  const std::vector<float> a = {1, 2}, b = {3, 4};
  RowDigests one, other;
  one.Add(kTable, Row(7, a));
  one.Add(kTable, Row(8, b));
  other.Add(kTable, Row(8, b, 1, 99));
  other.Add(kTable, Row(7, a, 1, 98));
  ROWHOUSE_EXPECT_OK(one.CheckEqual(other, kTable, kAll, "rows"));
  EXPECT_EQ(one.rows(kTable), 2);
  EXPECT_EQ(one.rows(TableIncarnation(6)), 0);
}

TEST(RowDigestsTest, EveryDifferenceShows) {
  const std::vector<float> a = {1, 2}, b = {3, 4}, c = {1, 2.0000002f};
  RowDigests one;
  one.Add(kTable, Row(7, a));
  one.Add(kTable, Row(8, b));
  const auto differs = StatusIs(absl::StatusCode::kDataLoss,
                                HasSubstr("rows: table 0000000000000005"));
  const auto check = [&](std::vector<RowImage> rows) {
    RowDigests other;
    for (const RowImage& row : rows) other.Add(kTable, row);
    EXPECT_THAT(other.CheckEqual(one, kTable, kAll, "rows"), differs);
    EXPECT_THAT(one.CheckEqual(other, kTable, kAll, "rows"), differs);
  };
  check({Row(7, a)});                        // one is missing
  check({Row(7, a), Row(8, b), Row(8, b)});  // one is there twice
  check({Row(7, b), Row(8, a)});             // changed places
  check({Row(7, c), Row(8, b)});             // the last bit of a value
  check({Row(7, a), Row(9, b)});             // another id
  check({Row(7, a), Row(8, b, 2)});          // another bucket
  check({});
}

TEST(RowDigestsTest, BucketsOutsideTheRangeAreNotCompared) {
  const std::vector<float> a = {1};
  RowDigests one, other;
  one.Add(kTable, Row(7, a, 3));
  one.Add(kTable, Row(8, a, 4));
  other.Add(kTable, Row(7, a, 3));
  ROWHOUSE_EXPECT_OK(one.CheckEqual(other, kTable, {0, 4}, "rows"));
  EXPECT_THAT(
      one.CheckEqual(other, kTable, {0, 5}, "rows"),
      StatusIs(absl::StatusCode::kDataLoss, HasSubstr("bucket 4 has 1 rows")));
}

TEST(RowDigestsTest, TheyComeBackFromTheirBytes) {
  const std::vector<float> a = {1}, b = {2};
  RowDigests digests;
  digests.Add(kTable, Row(7, a, 3));
  digests.Add(kTable, Row(8, b, 16383));
  digests.Add(TableIncarnation(6), Row(8, b, 0));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const RowDigests back,
                                RowDigests::Decode(digests.Encode(), "D"));
  for (const TableIncarnation table : {kTable, TableIncarnation(6)}) {
    ROWHOUSE_EXPECT_OK(back.CheckEqual(digests, table, kAll, "rows"));
    ROWHOUSE_EXPECT_OK(digests.CheckEqual(back, table, kAll, "rows"));
  }
}

TEST(RowDigestsTest, ListsThatDoNotFitAreDamage) {
  const auto decode = [](std::uint32_t bucket, int sums) {
    v1::PartDigests message;
    v1::TableDigest* const table = message.add_tables();
    table->add_buckets(bucket);
    table->add_rows(1);
    for (int i = 0; i < sums; ++i) table->add_sums(1);
    return RowDigests::Decode(
               EncodeFrame(kDigestsMagic, message.SerializeAsString()), "D")
        .status();
  };
  ROWHOUSE_EXPECT_OK(decode(16383, 1));
  EXPECT_THAT(decode(16384, 1), StatusIs(absl::StatusCode::kDataLoss,
                                         "D: bucket 16384 of 16384"));
  EXPECT_THAT(decode(1, 2), StatusIs(absl::StatusCode::kDataLoss,
                                     "D: 1 buckets with 1 counts and 2 sums"));
}

TEST(RowDigestsTest, WhatComesTwiceIsDamage) {
  const auto decode = [](std::vector<std::vector<std::uint32_t>> tables) {
    v1::PartDigests message;
    for (const std::vector<std::uint32_t>& buckets : tables) {
      v1::TableDigest* const table = message.add_tables();
      table->set_incarnation(5);
      for (const std::uint32_t bucket : buckets) {
        table->add_buckets(bucket);
        table->add_rows(1);
        table->add_sums(1);
      }
    }
    return RowDigests::Decode(
               EncodeFrame(kDigestsMagic, message.SerializeAsString()), "D")
        .status();
  };
  ROWHOUSE_EXPECT_OK(decode({{3, 4}}));
  EXPECT_THAT(decode({{4, 4}}), StatusIs(absl::StatusCode::kDataLoss,
                                         "D: bucket 4 comes after 4"));
  EXPECT_THAT(decode({{3}, {4}}),
              StatusIs(absl::StatusCode::kDataLoss,
                       "D: table 0000000000000005 comes twice"));
}

}  // namespace
}  // namespace rowhouse::storage
