#include "proto/wire/convert.h"

#include <string>
#include <vector>

#include "tests/testing/status_matchers.h"

namespace rowhouse::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ConvertTest, DurabilityMayBeLeftOpenInARequestOnly) {
  EXPECT_THAT(DurabilityFromProto(0), IsOkAndHolds(std::nullopt));
  EXPECT_EQ(ToProto(PushHeader()).durability(), v1::DURABILITY_UNSPECIFIED);
  EXPECT_THAT(FromProto(v1::PushResult()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("durability: missing")));
  EXPECT_THAT(DurabilityFromProto(4),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("durability: 4 is unknown")));
  EXPECT_THAT(DurabilityFromProto(-1),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ConvertTest, OpenSessionReplyKeepsEveryField) {
  const OpenSessionReply reply = {
      .session = {5, 6}, .restore_id = 7, .wanted_snapshot_epoch = 8};
  const OpenSessionReply back = FromProto(ToProto(reply));
  EXPECT_EQ(back.session, (SessionName{5, 6}));
  EXPECT_EQ(back.restore_id, 7u);
  EXPECT_EQ(back.wanted_snapshot_epoch, 8u);
}

RowsReply TwoRows() {
  RowsReply rows;
  rows.dim = 2;
  rows.slot_floats = 1;
  rows.stored = {1, 0};
  rows.lsns = {9, 0};
  rows.weights = {1, 2, 3, 4};
  rows.slots = {5, 6};
  return rows;
}

TEST(ConvertTest, RowsKeepEveryField) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const RowsReply back,
                                FromProto(ToProto(TwoRows())));
  EXPECT_EQ(back.dim, 2u);
  EXPECT_EQ(back.slot_floats, 1u);
  EXPECT_THAT(back.stored, ElementsAre(1, 0));
  EXPECT_THAT(back.lsns, ElementsAre(9, 0));
  EXPECT_THAT(back.weights, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(back.slots, ElementsAre(5, 6));
}

TEST(ConvertTest, RowsMustBeWhole) {
  v1::ReadRowsResponse message = ToProto(TwoRows());
  message.add_weights(5);
  EXPECT_THAT(FromProto(message), StatusIs(absl::StatusCode::kInvalidArgument,
                                           "weights: 5 values, expected 4"));
  message = ToProto(TwoRows());
  message.add_lsns(1);
  EXPECT_THAT(FromProto(message), StatusIs(absl::StatusCode::kInvalidArgument,
                                           "lsns: 3 values, expected 2"));
  message = ToProto(TwoRows());
  message.set_slot_floats(3);
  EXPECT_THAT(FromProto(message), StatusIs(absl::StatusCode::kInvalidArgument,
                                           "slots: 2 values, expected 6"));
}

}  // namespace
}  // namespace rowhouse::wire
