#include <algorithm>
#include <cstdint>
#include <optional>
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

using ::testing::HasSubstr;

// A lookup with `rows` ids in one input.
LookupInput Rows(const std::vector<Id>& ids, std::uint32_t dim) {
  return {.table = "t", .dim = dim, .bags = {.ids = ids}};
}

TEST(HotEncodeTest, RequestsAreTheBytesThatProtobufWrites) {
  Random random(1);
  for (int round = 0; round < 300; ++round) {
    v1::LookupRequest lookup;
    FillRandomly(random, lookup);
    for (v1::LookupInput& input : *lookup.mutable_inputs()) {
      if (input.pooling() == v1::POOLING_UNSPECIFIED) {
        input.set_pooling(v1::POOLING_NONE);  // we write it out
      }
    }
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        const DecodedLookup decoded_lookup,
        DecodeLookupRequest(OneSlice(lookup.SerializeAsString())));
    ASSERT_EQ(Joined(EncodeLookupRequest(decoded_lookup.request())),
              lookup.SerializeAsString());

    v1::PushRequest push;
    FillRandomly(random, push);
    push.mutable_header()->mutable_session();  // we always write both
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        const DecodedPush decoded_push,
        DecodePushRequest(OneSlice(push.SerializeAsString())));
    ASSERT_EQ(Joined(EncodePushRequest(decoded_push.request())),
              push.SerializeAsString());
  }
}

TEST(HotEncodeTest, AnEmptyRequestIsNoBytes) {
  EXPECT_EQ(Joined(EncodeLookupRequest({})), "");
}

TEST(HotEncodeTest, OutputsAreAlignedAndSentAsTheyLie) {
  const std::vector<Id> ids = {1, 2, 3};
  const std::vector<LookupInput> inputs = {Rows(ids, 3), Rows({}, 7),
                                           Rows(ids, 100), Rows(ids, 1)};
  const LookupRequest request = {.inputs = inputs};
  const std::vector<std::size_t> rows = {3, 0, 2, 1};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const LookupResponseLayout layout,
                                LookupResponseLayout::Make(request, rows));
  bool freed = false;
  std::optional<LookupResponseBuffer> buffer(std::in_place, layout,
                                             [&freed] { freed = true; });
  v1::LookupResponse expected;
  ASSERT_EQ(buffer->outputs().size(), 4u);
  float next = 0.5f;
  for (std::size_t i = 0; i < 4; ++i) {
    const absl::Span<float> output = buffer->outputs()[i];
    ASSERT_EQ(output.size(), rows[i] * inputs[i].dim);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(output.data()) % 64, 0u);
    v1::LookupOutput& message = *expected.add_outputs();
    message.set_dim(inputs[i].dim);
    for (float& value : output) {
      value = next;
      message.add_values(next);
      next += 1;
    }
  }
  const float* large = buffer->outputs()[2].data();
  LookupResponseBuffer moved = *std::move(buffer);
  buffer.reset();
  grpc::ByteBuffer bytes = std::move(moved).Finish();
  EXPECT_EQ(Joined(bytes), expected.SerializeAsString());
  EXPECT_GE(layout.memory_bytes(), bytes.Length());
  EXPECT_LE(layout.memory_bytes(), bytes.Length() + 4 * 64);
  // The values of the large output were not copied.
  std::vector<grpc::Slice> slices;
  ASSERT_TRUE(bytes.Dump(&slices).ok());
  EXPECT_TRUE(std::any_of(slices.begin(), slices.end(), [&](const auto& slice) {
    return slice.end() == reinterpret_cast<const std::uint8_t*>(large + 200);
  }));
  slices.clear();
  moved = LookupResponseBuffer(LookupResponseLayout());
  EXPECT_FALSE(freed) << "gRPC has it still";
  bytes.Clear();
  EXPECT_TRUE(freed);
}

TEST(HotEncodeTest, NoOutputsAreAnEmptyResponse) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const LookupResponseLayout layout,
                                LookupResponseLayout::Make({}, {}));
  EXPECT_EQ(Joined(LookupResponseBuffer(layout).Finish()), "");
}

TEST(HotEncodeTest, AResponseBeyondAMessageIsRefused) {
  const std::vector<LookupInput> inputs = {Rows({}, 1024), Rows({}, 1024)};
  const LookupRequest request = {.inputs = inputs};
  // Rows of 4 KiB: 16,384 of them are 64 MiB without a single header.
  const std::vector<std::size_t> just_fits = {16383, 0};
  ROWHOUSE_EXPECT_OK(LookupResponseLayout::Make(request, just_fits));
  const std::vector<std::size_t> headers_too_much = {16384, 0};
  EXPECT_THAT(LookupResponseLayout::Make(request, headers_too_much),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("a message holds 67108864")));
  const std::vector<std::size_t> sum_too_much = {8192, 8192};
  EXPECT_THAT(LookupResponseLayout::Make(request, sum_too_much),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("inputs 0 to 1 of 2")));
  const std::vector<std::size_t> overflow = {0, ~std::size_t{0} / 1024};
  EXPECT_THAT(
      LookupResponseLayout::Make(request, overflow),
      StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("input 1: ")));
}

TEST(HotEncodeTest, ARowCountPerInput) {
  const std::vector<std::size_t> rows = {1};
  EXPECT_THAT(LookupResponseLayout::Make({}, rows),
              StatusIs(absl::StatusCode::kInternal,
                       HasSubstr("1 row counts for 0 inputs")));
}

TEST(HotEncodeTest, PushAnswersGoThereAndBack) {
  const PushReply reply = {.lsn = Lsn(300),
                           .duplicate = true,
                           .durability = Durability::kMemory,
                           .wanted_snapshot_epoch = 4};
  const grpc::ByteBuffer bytes = EncodePushResponse(reply);
  EXPECT_EQ(Joined(bytes), std::string("\x0a\x09\x08\xac\x02\x10\x01\x18\x01"
                                       "\x20\x04"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushReply back,
                                DecodePushResponse(bytes));
  EXPECT_EQ(back.lsn, reply.lsn);
  EXPECT_EQ(back.duplicate, reply.duplicate);
  EXPECT_EQ(back.durability, reply.durability);
  EXPECT_EQ(back.wanted_snapshot_epoch, reply.wanted_snapshot_epoch);
  EXPECT_THAT(DecodePushResponse(OneSlice("\x0a\x09")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("2 malformed bytes")));
  EXPECT_THAT(DecodePushResponse(grpc::ByteBuffer()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("durability: missing")));
}

}  // namespace
}  // namespace rowhouse::wire
