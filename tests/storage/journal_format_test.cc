#include "storage/journal_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "tests/storage/formats_example.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::HasSubstr;

// The segment of docs/formats.md.
std::string ExampleSegment() {
  std::string bytes;
  const std::uint32_t crc =
      EncodeSegmentHeader({.segment = 3,
                           .first = Lsn(41),
                           .incarnation = 0x1122334455667788,
                           .durable = Lsn(40),
                           .previous_crc = 0xaabbccdd},
                          bytes);
  const std::string hello = "hello";
  AppendRecord({.kind = 1,
                .lsn = Lsn(41),
                .segment = 3,
                .durable = Lsn(40),
                .previous_crc = crc},
               {absl::Span<const char>(hello)}, bytes);
  return bytes;
}

TEST(JournalFormatTest, TheWorkedExampleIsTrue) {
  EXPECT_EQ(absl::BytesToHexString(ExampleSegment()),
            absl::BytesToHexString(FormatsExample("segment")));
}

TEST(JournalFormatTest, AHeaderComesBack) {
  const std::string bytes = ExampleSegment();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto decoded, DecodeSegmentHeader(bytes));
  EXPECT_EQ(decoded.header.segment, 3);
  EXPECT_EQ(decoded.header.first, Lsn(41));
  EXPECT_EQ(decoded.header.incarnation, 0x1122334455667788);
  EXPECT_EQ(decoded.header.durable, Lsn(40));
  EXPECT_EQ(decoded.header.previous_crc, 0xaabbccdd);
}

TEST(JournalFormatTest, ADamagedHeaderIsRefused) {
  const std::string bytes = ExampleSegment().substr(0, kSegmentHeaderBytes);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] ^= 4;
    EXPECT_THAT(DecodeSegmentHeader(damaged),
                StatusIs(absl::StatusCode::kDataLoss))
        << i;
    EXPECT_THAT(DecodeSegmentHeader(bytes.substr(0, i)),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("cut off")))
        << i;
  }
}

TEST(JournalFormatTest, ARecordComesBack) {
  const std::string bytes = ExampleSegment().substr(kSegmentHeaderBytes);
  EXPECT_EQ(bytes.size(), 56) << "48 of header, 5 of payload, 3 of padding";
  const std::string and_more = bytes + "what follows";
  const auto record = DecodeRecord(and_more);
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->payload, "hello");
  EXPECT_EQ(record->bytes, 56);
  EXPECT_EQ(record->header.kind, 1);
  EXPECT_EQ(record->header.lsn, Lsn(41));
  EXPECT_EQ(record->header.segment, 3);
  EXPECT_EQ(record->header.durable, Lsn(40));
}

TEST(JournalFormatTest, ADamagedRecordIsNone) {
  const std::string bytes = ExampleSegment().substr(kSegmentHeaderBytes);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] ^= 4;
    EXPECT_FALSE(DecodeRecord(damaged).has_value()) << i;
    EXPECT_FALSE(DecodeRecord(bytes.substr(0, i)).has_value()) << i;
  }
}

TEST(JournalFormatTest, ALengthBeyondTheLimitIsNoRecord) {
  std::string bytes = ExampleSegment().substr(kSegmentHeaderBytes);
  EXPECT_EQ(PlausibleRecordBytes(bytes, 3), 56);
  EXPECT_EQ(PlausibleRecordBytes(bytes, 2), 0) << "of another segment";
  bytes.replace(8, 4, "\xff\xff\xff\xff");
  EXPECT_EQ(PlausibleRecordBytes(bytes, 3), 0);
}

TEST(JournalFormatTest, AReusedSegmentSaysSo) {
  std::string bytes;
  EncodeSegmentHeader({.segment = 9, .first = Lsn(1), .reused = true}, bytes);
  EXPECT_TRUE(DecodeSegmentHeader(bytes)->header.reused);
  EXPECT_FALSE(DecodeSegmentHeader(ExampleSegment())->header.reused);
}

TEST(JournalFormatTest, AnEndMarkIsZerosOrTheEndOfTheFile) {
  EXPECT_TRUE(BeginsWithEndMark(""));
  EXPECT_TRUE(BeginsWithEndMark(std::string(5, '\0')));
  EXPECT_TRUE(BeginsWithEndMark(std::string(8, '\0') + "old"));
  EXPECT_FALSE(BeginsWithEndMark(std::string(7, '\0') + "old"));
}

TEST(JournalFormatTest, RecordsAreMultiplesOfEight) {
  EXPECT_EQ(RecordBytes(0), 48);
  EXPECT_EQ(RecordBytes(1), 56);
  EXPECT_EQ(RecordBytes(8), 56);
  EXPECT_EQ(RecordBytes(9), 64);
}

TEST(JournalFormatTest, NamesOfSegmentsSortAsTheirIds) {
  EXPECT_EQ(SegmentFileName(0x1a), "000000000000001a.journal");
  EXPECT_EQ(ParseSegmentFileName("000000000000001a.journal"), 0x1a);
  EXPECT_EQ(ParseSegmentFileName("ffffffffffffffff.journal"),
            ~std::uint64_t{0});
  for (const char* name :
       {"", ".journal", "1a.journal", "000000000000001A.journal",
        "000000000000001a.journal.tmp", "000000000000001a", "LOCK",
        "0x0000000000001a.journal"}) {
    EXPECT_EQ(ParseSegmentFileName(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace rowhouse::storage
