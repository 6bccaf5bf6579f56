#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "proto/wire/hot.h"
#include "rowhouse/v1/embedding_service.pb.h"
#include "tests/testing/status_matchers.h"
#include "tests/wire/wild_bytes.h"

namespace rowhouse::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

v1::PushRequest OnePush() {
  v1::PushRequest message;
  message.mutable_header()->mutable_session()->set_incarnation(11);
  message.mutable_header()->mutable_session()->set_number(2);
  message.mutable_header()->set_sequence(5);
  v1::PushInput& input = *message.add_inputs();
  input.set_table("user");
  input.set_incarnation(99);
  input.set_dim(2);
  input.add_ids(-1);  // the id 2^64 - 1
  input.add_ids(7);
  input.add_weights(0.5f);
  input.add_weights(2.0f);
  input.add_row_splits(0);
  input.add_row_splits(2);
  input.add_gradients(1.5f);
  input.add_gradients(-1.5f);
  return message;
}

TEST(HotDecodeTest, ReadsEveryFieldOfAPush) {
  v1::PushRequest message = OnePush();
  message.mutable_header()->set_map_version(3);
  message.mutable_header()->set_lowest_unacknowledged(4);
  message.mutable_header()->set_snapshot_epoch(6);
  message.mutable_header()->set_step(7);
  message.mutable_header()->set_durability(v1::DURABILITY_POWER);
  message.mutable_inputs(0)->set_learning_rate(0.25f);
  message.mutable_inputs(0)->set_table_step(0);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const DecodedPush decoded,
      DecodePushRequest(OneSlice(message.SerializeAsString())));
  const PushRequest& request = decoded.request();
  EXPECT_EQ(request.header.map_version, 3u);
  EXPECT_EQ(request.header.session, (SessionName{11, 2}));
  EXPECT_EQ(request.header.sequence, 5u);
  EXPECT_EQ(request.header.lowest_unacknowledged, 4u);
  EXPECT_EQ(request.header.snapshot_epoch, 6u);
  EXPECT_EQ(request.header.step, 7u);
  EXPECT_EQ(request.header.durability, Durability::kPower);
  ASSERT_EQ(request.inputs.size(), 1u);
  const PushInput& input = request.inputs[0];
  EXPECT_EQ(input.table, "user");
  EXPECT_EQ(input.incarnation, TableIncarnation(99));
  EXPECT_EQ(input.dim, 2u);
  EXPECT_THAT(input.bags.ids, ElementsAre(~Id{0}, 7));
  EXPECT_THAT(input.bags.weights, ElementsAre(0.5f, 2.0f));
  EXPECT_THAT(input.bags.row_splits, ElementsAre(0, 2));
  EXPECT_THAT(input.gradients, ElementsAre(1.5f, -1.5f));
  EXPECT_EQ(input.learning_rate, 0.25f);
  EXPECT_EQ(input.table_step, 0u);
}

TEST(HotDecodeTest, ReadsEveryFieldOfALookup) {
  v1::LookupRequest message;
  message.set_map_version(8);
  v1::LookupInput& bags = *message.add_inputs();
  bags.set_table("user");
  bags.set_incarnation(99);
  bags.set_dim(4);
  bags.set_pooling(v1::POOLING_SUM);
  bags.add_ids(3);
  bags.add_weights(0.25f);
  bags.add_row_splits(0);
  bags.add_row_splits(1);
  message.add_inputs()->set_table("plain");
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const DecodedLookup decoded,
      DecodeLookupRequest(OneSlice(message.SerializeAsString())));
  const LookupRequest& request = decoded.request();
  EXPECT_EQ(request.map_version, 8u);
  ASSERT_EQ(request.inputs.size(), 2u);
  EXPECT_EQ(request.inputs[0].table, "user");
  EXPECT_EQ(request.inputs[0].incarnation, TableIncarnation(99));
  EXPECT_EQ(request.inputs[0].dim, 4u);
  EXPECT_EQ(request.inputs[0].pooling, Pooling::kSum);
  EXPECT_THAT(request.inputs[0].bags.ids, ElementsAre(3));
  EXPECT_THAT(request.inputs[0].bags.weights, ElementsAre(0.25f));
  EXPECT_THAT(request.inputs[0].bags.row_splits, ElementsAre(0, 1));
  EXPECT_EQ(request.inputs[1].table, "plain");
  EXPECT_EQ(request.inputs[1].pooling, Pooling::kNone);
  EXPECT_TRUE(request.inputs[1].bags.ids.empty());
}

TEST(HotDecodeTest, NoBytesAreAnEmptyRequest) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const DecodedLookup lookup,
                                DecodeLookupRequest(grpc::ByteBuffer()));
  EXPECT_TRUE(lookup.request().inputs.empty());
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const DecodedPush push,
                                DecodePushRequest(OneSlice("")));
  EXPECT_TRUE(push.request().inputs.empty());
}

TEST(HotDecodeTest, ViewsOutliveTheBufferAndAMove) {
  auto read = [] {
    // Cut into single bytes: everything is gathered, names too.
    const std::string bytes = OnePush().SerializeAsString();
    std::vector<grpc::Slice> slices;
    for (const char byte : bytes) slices.emplace_back(std::string(1, byte));
    return DecodePushRequest(grpc::ByteBuffer(slices.data(), slices.size()));
  };
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(DecodedPush decoded, read());
  const DecodedPush moved = std::move(decoded);
  EXPECT_EQ(moved.request().inputs[0].table, "user");
  EXPECT_THAT(moved.request().inputs[0].bags.ids, ElementsAre(~Id{0}, 7));
  EXPECT_THAT(moved.request().inputs[0].gradients, ElementsAre(1.5f, -1.5f));
}

TEST(HotDecodeTest, AHeaderThatComesTwiceIsMerged) {
  v1::PushRequest first;
  first.mutable_header()->mutable_session()->set_incarnation(11);
  first.mutable_header()->set_sequence(5);
  first.mutable_header()->set_step(1);
  v1::PushRequest second;
  second.mutable_header()->mutable_session()->set_number(2);
  second.mutable_header()->set_step(9);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const DecodedPush decoded,
      DecodePushRequest(
          OneSlice(first.SerializeAsString() + second.SerializeAsString())));
  EXPECT_EQ(decoded.request().header.session, (SessionName{11, 2}));
  EXPECT_EQ(decoded.request().header.sequence, 5u);
  EXPECT_EQ(decoded.request().header.step, 9u);
}

TEST(HotDecodeTest, UnknownEnumValuesAreRefusedByName) {
  v1::LookupRequest lookup;
  lookup.add_inputs();
  lookup.add_inputs()->set_pooling(static_cast<v1::Pooling>(9));
  EXPECT_THAT(DecodeLookupRequest(OneSlice(lookup.SerializeAsString())),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("inputs[1].pooling: 9")));
  v1::PushRequest push;
  push.mutable_header()->set_durability(static_cast<v1::Durability>(7));
  EXPECT_THAT(
      DecodePushRequest(OneSlice(push.SerializeAsString())),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("durability: 7")));
}

TEST(HotDecodeTest, TooManyInputsAreRefusedBeforeTheyTakeMemory) {
  std::string bytes;
  for (std::size_t i = 0; i < kInputsPerRequestMax; ++i) {
    bytes.append("\x12\x00", 2);
  }
  ROWHOUSE_EXPECT_OK(DecodeLookupRequest(OneSlice(bytes)));
  ROWHOUSE_EXPECT_OK(DecodePushRequest(OneSlice(bytes)));
  bytes.append("\x12\x00", 2);
  EXPECT_THAT(DecodeLookupRequest(OneSlice(bytes)),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("more than 4096")));
  EXPECT_THAT(DecodePushRequest(OneSlice(bytes)),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("more than 4096")));
}

TEST(HotDecodeTest, TooManyIdsOverAllInputsAreRefused) {
  v1::LookupRequest message;
  for (int i = 0; i < 2; ++i) {
    message.add_inputs()->mutable_ids()->Resize(kIdsPerRequestMax / 2, 1);
  }
  ROWHOUSE_EXPECT_OK(
      DecodeLookupRequest(OneSlice(message.SerializeAsString())));
  message.add_inputs()->add_ids(1);
  EXPECT_THAT(DecodeLookupRequest(OneSlice(message.SerializeAsString())),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("more than 4194304 ids")));
}

TEST(HotDecodeTest, LongTableNamesAreRefused) {
  v1::PushRequest message;
  message.add_inputs()->set_table(std::string(kTableNameBytesMax, 't'));
  ROWHOUSE_EXPECT_OK(DecodePushRequest(OneSlice(message.SerializeAsString())));
  message.mutable_inputs(0)->mutable_table()->push_back('t');
  EXPECT_THAT(DecodePushRequest(OneSlice(message.SerializeAsString())),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("257 bytes of text, at most 256")));
}

TEST(HotDecodeTest, OutputsAreWholeRows) {
  v1::LookupResponse message;
  v1::LookupOutput& output = *message.add_outputs();
  output.set_dim(2);
  for (const float value : {1.0f, 2.0f, 3.0f, 4.0f}) output.add_values(value);
  message.add_outputs()->set_dim(8);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const LookupReply reply,
      DecodeLookupResponse(OneSlice(message.SerializeAsString())));
  ASSERT_EQ(reply.values.size(), 2u);
  EXPECT_THAT(reply.values[0], ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(reply.values[1], ElementsAre());
  message.mutable_outputs(0)->add_values(5.0f);
  EXPECT_THAT(DecodeLookupResponse(OneSlice(message.SerializeAsString())),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("outputs[0]: 5 values are not whole rows of "
                                 "dim 2")));
}

}  // namespace
}  // namespace rowhouse::wire
