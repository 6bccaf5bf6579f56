#include "client/internal/push_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "tests/client/internal/fake_time.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::HasSubstr;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TicketData TicketOf(FeatureIds feature) {
  auto table =
      std::make_shared<KnownTable>(SpecOf("a", 2), TableIncarnation(6));
  TicketData ticket{Partition({std::move(feature)}, {table->buckets},
                              *ShardMap::Uniform(1, 1)),
                    {table},
                    {{}}};
  return ticket;
}

TEST(CheckShapes, AFeatureIsMeasuredAsItWasGiven) {
  FeatureIds feature{"a", 2, Combiner::kSum, {{7, 8, 9}, {}, {0, 3}}};
  feature.max_norm = 1.0f;
  std::vector<Unpooled> unpooled(1);
  TicketData ticket = TicketOf(Unpool(feature, unpooled[0]));
  ticket.unpooled = std::move(unpooled);
  const std::vector<float> gradient(6);
  ROWHOUSE_EXPECT_OK(
      CheckShapes(ticket, {absl::MakeSpan(gradient).subspan(0, 2)}));
  ROWHOUSE_EXPECT_OK(CheckShapes(ticket, {absl::Span<const float>()}));
  EXPECT_THAT(CheckShapes(ticket, {absl::MakeSpan(gradient)}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("6 gradient values for 1 rows of 2")));
  EXPECT_THAT(CheckShapes(ticket, {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("0 features for a lookup of 1")));
}

TEST(CheckFinite, LooksAtGradientsAndWeights) {
  const KnownTable table(SpecOf("a", 1), TableIncarnation(6));
  ROWHOUSE_EXPECT_OK(CheckFinite(table, {1}, {1}));
  EXPECT_THAT(CheckFinite(table, {1, kNan}, {1}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'a'")));
  EXPECT_THAT(CheckFinite(table, {1}, {kNan}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  TableSpec spec = SpecOf("a", 1);
  spec.nan_policy = NanPolicy::kPropagate;
  ROWHOUSE_EXPECT_OK(CheckFinite({spec, TableIncarnation(6)}, {1}, {kNan}));
}

TEST(CheckRows, NamesWhatDoesNotFit) {
  TableSpec spec = SpecOf("a", 2);
  spec.rows = 100;
  const KnownTable table(spec, TableIncarnation(6));
  ROWHOUSE_EXPECT_OK(CheckRows(table, {1, 99}, {1, 2, 3, 4}, {}));
  EXPECT_THAT(CheckRows(table, {1}, {1}, {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("1 weights for 1 rows of 2")));
  EXPECT_THAT(CheckRows(table, {1}, {1, 2}, {3}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("1 slot values for 1 rows with 0 each")));
  EXPECT_THAT(
      CheckRows(table, {100}, {1, 2}, {}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("id 100")));
  EXPECT_THAT(
      CheckRows(table, {1, 1}, {1, 2, 3, 4}, {}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("id 1 twice")));
}

TEST(MessageSize, StopsAtEachBound) {
  PushInput input;
  MessageSize inputs;
  for (std::size_t i = 0; i < kInputsPerRequestMax; ++i) inputs.Add(input);
  ROWHOUSE_EXPECT_OK(inputs.Check(ShardIndex(3)));
  inputs.Add(input);
  EXPECT_THAT(inputs.Check(ShardIndex(3)),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("shard 3 would get 4097 inputs")));

  // Spans that are measured, not read.
  MessageSize ids;
  WriteRowsRequest write;
  write.ids =
      absl::MakeConstSpan(static_cast<const Id*>(nullptr), kIdsPerRequestMax);
  ids.Add(write);
  ROWHOUSE_EXPECT_OK(ids.Check(ShardIndex(0)));
  ids.Add(write);
  EXPECT_THAT(ids.Check(ShardIndex(0)),
              StatusIs(absl::StatusCode::kResourceExhausted));

  MessageSize bytes;
  input.gradients = absl::MakeConstSpan(static_cast<const float*>(nullptr),
                                        kMessageBytesMax / sizeof(float));
  bytes.Add(input);
  EXPECT_THAT(bytes.Check(ShardIndex(0)),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

}  // namespace
}  // namespace rowhouse::internal
