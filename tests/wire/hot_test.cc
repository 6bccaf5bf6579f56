// Our parser of the hot messages against protobuf's, on what any peer may send:
// both read the same content, or both refuse.
#include <google/protobuf/stubs/logging.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

#include "absl/strings/escaping.h"
#include "base/limits.h"
#include "proto/wire/hot.h"
#include "rowhouse/v1/embedding_service.pb.h"
#include "tests/testing/status_matchers.h"
#include "tests/wire/wild_bytes.h"

namespace rowhouse::wire {
namespace {

constexpr int kRounds = 4000;

// Bit for bit, so that NaN equals itself.
template <typename T, typename Repeated>
bool SameBits(absl::Span<const T> got, const Repeated& expected) {
  static_assert(sizeof(*expected.data()) == sizeof(T));
  return got.size() == static_cast<std::size_t>(expected.size()) &&
         (got.empty() || std::memcmp(got.data(), expected.data(),
                                     got.size() * sizeof(T)) == 0);
}

bool KnownDurability(int number) { return number >= 0 && number <= 3; }

// Why a message that protobuf reads is refused all the same: "" when it is not.
std::string Refusal(const v1::LookupRequest& message) {
  for (const v1::LookupInput& input : message.inputs()) {
    if (input.pooling() < 0 || input.pooling() > 2) return "pooling";
  }
  return "";
}

std::string Refusal(const v1::PushRequest& message) {
  return KnownDurability(message.header().durability()) ? "" : "durability";
}

std::string Refusal(const v1::WriteRowsRequest& message) {
  return KnownDurability(message.header().durability()) ? "" : "durability";
}

std::string Refusal(const v1::ReadRowsRequest& /*message*/) { return ""; }

std::string Refusal(const v1::LookupResponse& message) {
  for (const v1::LookupOutput& output : message.outputs()) {
    if (output.values_size() != 0 &&
        (output.dim() == 0 || output.values_size() % output.dim() != 0)) {
      return "whole rows";
    }
  }
  return "";
}

std::string Refusal(const v1::PushResponse& message) {
  const int number = message.result().durability();
  return number != 0 && KnownDurability(number) ? "" : "durability";
}

template <typename Message>
void ExpectSameBags(const BagsView& got, const Message& expected) {
  EXPECT_TRUE(SameBits(got.ids, expected.ids()));
  EXPECT_TRUE(SameBits(got.weights, expected.weights()));
  EXPECT_TRUE(SameBits(got.row_splits, expected.row_splits()));
}

void ExpectSame(const DecodedLookup& decoded,
                const v1::LookupRequest& expected) {
  const LookupRequest& got = decoded.request();
  EXPECT_EQ(got.map_version, expected.map_version());
  ASSERT_EQ(got.inputs.size(),
            static_cast<std::size_t>(expected.inputs_size()));
  for (int i = 0; i < expected.inputs_size(); ++i) {
    EXPECT_EQ(got.inputs[i].table, expected.inputs(i).table());
    EXPECT_EQ(got.inputs[i].incarnation.value(),
              expected.inputs(i).incarnation());
    EXPECT_EQ(got.inputs[i].dim, expected.inputs(i).dim());
    EXPECT_EQ(got.inputs[i].pooling == Pooling::kSum,
              expected.inputs(i).pooling() == v1::POOLING_SUM);
    ExpectSameBags(got.inputs[i].bags, expected.inputs(i));
  }
}

void ExpectSame(const PushHeader& got, const v1::PushHeader& expected) {
  EXPECT_EQ(got.map_version, expected.map_version());
  EXPECT_EQ(got.session.incarnation, expected.session().incarnation());
  EXPECT_EQ(got.session.number, expected.session().number());
  EXPECT_EQ(got.sequence, expected.sequence());
  EXPECT_EQ(got.lowest_unacknowledged, expected.lowest_unacknowledged());
  EXPECT_EQ(got.snapshot_epoch, expected.snapshot_epoch());
  EXPECT_EQ(got.step, expected.step());
  EXPECT_EQ(got.durability.has_value() ? static_cast<int>(*got.durability) : 0,
            static_cast<int>(expected.durability()));
}

void ExpectSame(const DecodedPush& decoded, const v1::PushRequest& expected) {
  const PushRequest& got = decoded.request();
  ExpectSame(got.header, expected.header());
  ASSERT_EQ(got.inputs.size(),
            static_cast<std::size_t>(expected.inputs_size()));
  for (int i = 0; i < expected.inputs_size(); ++i) {
    EXPECT_EQ(got.inputs[i].table, expected.inputs(i).table());
    EXPECT_EQ(got.inputs[i].incarnation.value(),
              expected.inputs(i).incarnation());
    EXPECT_EQ(got.inputs[i].dim, expected.inputs(i).dim());
    ExpectSameBags(got.inputs[i].bags, expected.inputs(i));
    EXPECT_TRUE(
        SameBits(got.inputs[i].gradients, expected.inputs(i).gradients()));
    EXPECT_EQ(got.inputs[i].learning_rate.has_value(),
              expected.inputs(i).has_learning_rate());
    EXPECT_EQ(std::bit_cast<std::uint32_t>(
                  got.inputs[i].learning_rate.value_or(0.0f)),
              std::bit_cast<std::uint32_t>(expected.inputs(i).learning_rate()));
    EXPECT_EQ(got.inputs[i].table_step.has_value(),
              expected.inputs(i).has_table_step());
    EXPECT_EQ(got.inputs[i].table_step.value_or(0),
              expected.inputs(i).table_step());
  }
}

void ExpectSame(const DecodedReadRows& decoded,
                const v1::ReadRowsRequest& expected) {
  const ReadRowsRequest& got = decoded.request();
  EXPECT_EQ(got.map_version, expected.map_version());
  EXPECT_EQ(got.table, expected.table());
  EXPECT_EQ(got.incarnation.value(), expected.incarnation());
  EXPECT_TRUE(SameBits(got.ids, expected.ids()));
}

void ExpectSame(const DecodedWriteRows& decoded,
                const v1::WriteRowsRequest& expected) {
  const WriteRowsRequest& got = decoded.request();
  ExpectSame(got.header, expected.header());
  EXPECT_EQ(got.table, expected.table());
  EXPECT_EQ(got.incarnation.value(), expected.incarnation());
  EXPECT_EQ(got.dim, expected.dim());
  EXPECT_TRUE(SameBits(got.ids, expected.ids()));
  EXPECT_TRUE(SameBits(got.weights, expected.weights()));
  EXPECT_TRUE(SameBits(got.slots, expected.slots()));
}

void ExpectSame(const LookupReply& got, const v1::LookupResponse& expected) {
  ASSERT_EQ(got.values.size(),
            static_cast<std::size_t>(expected.outputs_size()));
  for (int i = 0; i < expected.outputs_size(); ++i) {
    EXPECT_TRUE(SameBits(got.values[i], expected.outputs(i).values()));
  }
}

void ExpectSame(const PushReply& got, const v1::PushResponse& expected) {
  EXPECT_EQ(got.lsn.value(), expected.result().lsn());
  EXPECT_EQ(got.duplicate, expected.result().duplicate());
  EXPECT_EQ(static_cast<int>(got.durability), expected.result().durability());
  EXPECT_EQ(got.wanted_snapshot_epoch,
            expected.result().wanted_snapshot_epoch());
}

// Reads `bytes` both ways. True when both accept.
template <typename Message, typename Decode>
bool Compare(Random& random, const std::string& bytes, Decode decode) {
  SCOPED_TRACE(absl::BytesToHexString(bytes));
  Message expected;
  const bool readable = expected.ParseFromString(bytes);
  auto got = decode(CutIntoSlices(random, bytes));
  if (!readable) {
    EXPECT_THAT(got, StatusIs(absl::StatusCode::kInvalidArgument));
    return false;
  }
  if (const std::string refusal = Refusal(expected); !refusal.empty()) {
    EXPECT_THAT(got, StatusIs(absl::StatusCode::kInvalidArgument,
                              ::testing::HasSubstr(refusal)));
    return false;
  }
  EXPECT_THAT(got, IsOk());
  if (!got.ok()) return false;
  ExpectSame(*got, expected);
  return true;
}

// Seeded rounds of well-formed and then of damaged messages. Some of the
// damaged ones must be readable and some not, else the round proves little.
template <typename Message, typename Decode>
void Differ(std::uint64_t seed, Decode decode) {
  const google::protobuf::LogSilencer silence;  // of texts that are not UTF-8
  Random random(seed);
  int accepted = 0;
  int refused = 0;
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    Message message;
    FillRandomly(random, message);
    const std::string bytes = OneIn(random, 4) ? message.SerializeAsString()
                                               : WildBytes(random, message);
    Message parsed;
    ASSERT_TRUE(parsed.ParseFromString(bytes));
    parsed.DiscardUnknownFields();
    ASSERT_EQ(parsed.SerializeAsString(), message.SerializeAsString());
    Compare<Message>(random, bytes, decode);
    for (int i = 0; i < 3; ++i) {
      Compare<Message>(random, Mutate(random, bytes), decode) ? ++accepted
                                                              : ++refused;
    }
    if (::testing::Test::HasFailure()) return;  // one trace is enough
  }
  EXPECT_GT(accepted, kRounds / 20);
  EXPECT_GT(refused, kRounds / 20);
}

TEST(HotTest, LookupRequestsReadAsProtobufReadsThem) {
  Differ<v1::LookupRequest>(1, DecodeLookupRequest);
}

TEST(HotTest, PushRequestsReadAsProtobufReadsThem) {
  Differ<v1::PushRequest>(2, DecodePushRequest);
}

TEST(HotTest, ReadRowsRequestsReadAsProtobufReadsThem) {
  Differ<v1::ReadRowsRequest>(7, DecodeReadRowsRequest);
}

TEST(HotTest, WriteRowsRequestsReadAsProtobufReadsThem) {
  Differ<v1::WriteRowsRequest>(8, DecodeWriteRowsRequest);
}

TEST(HotTest, LookupResponsesReadAsProtobufReadsThem) {
  Differ<v1::LookupResponse>(3, DecodeLookupResponse);
}

TEST(HotTest, PushResponsesReadAsProtobufReadsThem) {
  Differ<v1::PushResponse>(4, DecodePushResponse);
}

TEST(HotTest, ShortBytesOfEveryKind) {
  // Every one- and two-byte message: each tag, alone and before each byte.
  Random random(5);
  for (int first = 0; first < 256; ++first) {
    Compare<v1::PushRequest>(random, std::string(1, static_cast<char>(first)),
                             DecodePushRequest);
    for (int second = 0; second < 256; ++second) {
      const std::string bytes = {static_cast<char>(first),
                                 static_cast<char>(second)};
      Compare<v1::PushRequest>(random, bytes, DecodePushRequest);
      Compare<v1::LookupRequest>(random, bytes, DecodeLookupRequest);
    }
    ASSERT_FALSE(::testing::Test::HasFailure());
  }
}

TEST(HotTest, GroupsAreNestedAsDeepAsProtobufTakesThem) {
  Random random(6);
  const std::string open = "\xa3\x01";   // field 20, group begins
  const std::string close = "\xa4\x01";  // and ends
  const auto nested = [&](int depth) {
    std::string bytes;
    for (int i = 0; i < depth; ++i) bytes += open;
    for (int i = 0; i < depth; ++i) bytes += close;
    return bytes;
  };
  for (const int depth : {1, 97, 98, 99, 100, 101, 200, 5000}) {
    SCOPED_TRACE(depth);
    const bool accepted =
        Compare<v1::LookupRequest>(random, nested(depth), DecodeLookupRequest);
    EXPECT_EQ(accepted, depth <= 100);
    // The same inside an input.
    v1::LookupRequest message;
    std::string bytes = message.SerializeAsString();
    const std::string inner = nested(depth);
    if (inner.size() > 16000) continue;
    bytes += '\x12';
    bytes += static_cast<char>((inner.size() & 0x7f) | 0x80);
    bytes += static_cast<char>(inner.size() >> 7);
    bytes += inner;
    EXPECT_EQ(Compare<v1::LookupRequest>(random, bytes, DecodeLookupRequest),
              depth <= 99);
  }
}

}  // namespace
}  // namespace rowhouse::wire
