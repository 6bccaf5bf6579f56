#include "shard/record_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr RecordHeader kHeader = {
    .session = 1, .sequence = 2, .lowest = 3, .snapshot_epoch = 4, .step = 5};

std::string Join(RecordEncoder::Pieces pieces) {
  std::string bytes;
  for (const auto piece : pieces) bytes.append(piece.data(), piece.size());
  return bytes;
}

absl::Span<const char> View(const std::string& bytes) {
  return {bytes.data(), bytes.size()};
}

// A bag {10, 11} with weights and a single id of another table.
std::string TwoInputs() {
  static const std::vector<Id> ids = {10, 11};
  static const std::vector<float> weights = {0.5f, 2.0f};
  static const std::vector<std::uint32_t> splits = {0, 2};
  static const std::vector<float> gradients = {1.0f, -1.0f};
  static const std::vector<Id> other_ids = {~Id{0}};
  static const std::vector<float> other = {3.0f};
  const std::vector<InputRecord> inputs = {
      {TableIncarnation(7), 2, {ids, weights, splits}, gradients},
      {TableIncarnation(8), 1, {other_ids, {}, {}}, other}};
  RecordEncoder encoder;
  return Join(encoder.Push(kHeader, inputs));
}

// On disk: these bytes may never change.
TEST(RecordCodecTest, APushIsTheseBytes) {
  EXPECT_EQ(absl::BytesToHexString(TwoInputs()),
            "0100000000000000"
            "0200000000000000"
            "0300000000000000"
            "0400000000000000"
            "0500000000000000"
            "02000000"
            "0700000000000000"
            "02000000"
            "02000000"
            "01000000"
            "03000000"
            "0a00000000000000"
            "0b00000000000000"
            "0000003f"
            "00000040"
            "00000000"
            "02000000"
            "0000803f"
            "000080bf"
            "0800000000000000"
            "01000000"
            "01000000"
            "01000000"
            "00000000"
            "ffffffffffffffff"
            "00004040");
}

// The same with terms of the second input: flag 4, rate, iteration.
TEST(RecordCodecTest, TermsStandBehindTheFlags) {
  static const std::vector<Id> ids = {9};
  static const std::vector<float> gradients = {3.0f};
  const std::vector<InputRecord> inputs = {
      {TableIncarnation(8), 1, {ids, {}, {}}, gradients, {{0.5f, 6}}}};
  RecordEncoder encoder;
  const std::string bytes = Join(encoder.Push(kHeader, inputs));
  EXPECT_EQ(absl::BytesToHexString(bytes).substr(2 * 44),
            "0800000000000000"
            "01000000"
            "01000000"
            "01000000"
            "04000000"
            "0000003f"
            "0600000000000000"
            "0900000000000000"
            "00004040");
  RecordDecoder decoder;
  ROWHOUSE_ASSERT_OK(decoder.Push(View(bytes)));
  ASSERT_TRUE(decoder.inputs()[0].terms.has_value());
  EXPECT_EQ(decoder.inputs()[0].terms->learning_rate, 0.5f);
  EXPECT_EQ(decoder.inputs()[0].terms->step, 6u);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_THAT(decoder.Push(View(bytes.substr(0, cut))),
                StatusIs(absl::StatusCode::kDataLoss))
        << cut;
  }
  ROWHOUSE_ASSERT_OK(decoder.Push(View(TwoInputs())));
  EXPECT_FALSE(decoder.inputs()[0].terms.has_value());
}

TEST(RecordCodecTest, APushComesBack) {
  const std::string bytes = TwoInputs();
  RecordDecoder decoder;
  ROWHOUSE_ASSERT_OK(decoder.Push(View(bytes)));
  EXPECT_EQ(decoder.header(), kHeader);
  ASSERT_EQ(decoder.inputs().size(), 2u);
  const InputRecord& bag = decoder.inputs()[0];
  EXPECT_EQ(bag.table, TableIncarnation(7));
  EXPECT_EQ(bag.dim, 2u);
  EXPECT_THAT(bag.bags.ids, ElementsAre(10, 11));
  EXPECT_THAT(bag.bags.weights, ElementsAre(0.5f, 2.0f));
  EXPECT_THAT(bag.bags.row_splits, ElementsAre(0, 2));
  EXPECT_THAT(bag.gradients, ElementsAre(1.0f, -1.0f));
  const InputRecord& single = decoder.inputs()[1];
  EXPECT_THAT(single.bags.ids, ElementsAre(~Id{0}));
  EXPECT_THAT(single.bags.weights, IsEmpty());
  EXPECT_THAT(single.bags.row_splits, IsEmpty());
  EXPECT_THAT(single.gradients, ElementsAre(3.0f));
}

TEST(RecordCodecTest, ReadsFromAnyAddress) {
  const std::string bytes = TwoInputs();
  RecordDecoder decoder;
  for (std::size_t shift = 0; shift < 8; ++shift) {
    const std::string moved = std::string(shift, 'x') + bytes;
    ROWHOUSE_ASSERT_OK(decoder.Push(View(moved).subspan(shift)));
    EXPECT_THAT(decoder.inputs()[0].bags.ids, ElementsAre(10, 11));
  }
}

TEST(RecordCodecTest, APushWithoutInputsComesBack) {
  RecordEncoder encoder;
  const std::string bytes = Join(encoder.Push(kHeader, {}));
  RecordDecoder decoder;
  ROWHOUSE_ASSERT_OK(decoder.Push(View(bytes)));
  EXPECT_THAT(decoder.inputs(), IsEmpty());
}

TEST(RecordCodecTest, WrittenRowsComeBack) {
  const std::vector<Id> ids = {1, 2};
  const std::vector<float> weights = {1, 2, 3, 4};
  const std::vector<float> slots = {5, 6};
  RecordEncoder encoder;
  const std::string bytes = Join(encoder.WriteRows(
      kHeader, {TableIncarnation(9), 2, 1, ids, weights, slots}));
  EXPECT_EQ(absl::BytesToHexString(bytes.substr(40)),
            "0900000000000000"
            "02000000"
            "01000000"
            "02000000"
            "0100000000000000"
            "0200000000000000"
            "0000803f"
            "00000040"
            "00004040"
            "00008040"
            "0000a040"
            "0000c040");
  RecordDecoder decoder;
  ROWHOUSE_ASSERT_OK(decoder.WriteRows(View(bytes)));
  EXPECT_EQ(decoder.header(), kHeader);
  EXPECT_EQ(decoder.rows().table, TableIncarnation(9));
  EXPECT_THAT(decoder.rows().ids, ElementsAre(1, 2));
  EXPECT_THAT(decoder.rows().weights, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(decoder.rows().slots, ElementsAre(5, 6));
}

TEST(RecordCodecTest, SessionsComeBack) {
  RecordEncoder encoder;
  const std::string bytes = Join(encoder.Session(0x0102030405060708));
  EXPECT_EQ(absl::BytesToHexString(bytes), "0807060504030201");
  RecordDecoder decoder;
  EXPECT_THAT(decoder.Session(View(bytes)),
              IsOkAndHolds(std::uint64_t{0x0102030405060708}));
}

// Cut or stretched anywhere, a record is refused, not read beyond its end.
TEST(RecordCodecTest, OtherLengthsAreDataLoss) {
  const std::vector<Id> ids = {1, 2};
  const std::vector<float> weights = {1, 2, 3, 4};
  RecordEncoder encoder;
  const std::string push = TwoInputs();
  const std::string write = Join(encoder.WriteRows(
      kHeader, {TableIncarnation(9), 2, 0, ids, weights, {}}));
  const std::string session = Join(encoder.Session(1));
  RecordDecoder decoder;
  const auto refused =
      StatusIs(absl::StatusCode::kDataLoss, HasSubstr("does not fit at byte"));
  for (std::size_t n = 0; n < push.size(); ++n) {
    EXPECT_THAT(decoder.Push(View(push).first(n)), refused) << n;
  }
  for (std::size_t n = 0; n < write.size(); ++n) {
    EXPECT_THAT(decoder.WriteRows(View(write).first(n)), refused) << n;
  }
  for (std::size_t n = 0; n < session.size(); ++n) {
    EXPECT_THAT(decoder.Session(View(session).first(n)), refused) << n;
  }
  EXPECT_THAT(decoder.Push(View(push + "x")), refused);
  EXPECT_THAT(decoder.WriteRows(View(write + "x")), refused);
  EXPECT_THAT(decoder.Session(View(session + "x")), refused);
}

TEST(RecordCodecTest, CountsThatOverflowAreDataLoss) {
  RecordDecoder decoder;
  std::string bytes = TwoInputs();
  for (const std::size_t at : {40u, 52u, 56u, 60u}) {  // inputs, dim, ids, bags
    std::string bad = bytes;
    bad.replace(at, 4, "\xff\xff\xff\xff");
    EXPECT_THAT(decoder.Push(View(bad)), StatusIs(absl::StatusCode::kDataLoss))
        << at;
  }
  bytes[64] = 7;  // a flag nobody knows
  EXPECT_THAT(decoder.Push(View(bytes)), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace rowhouse::shard
