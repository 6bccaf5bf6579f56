#include "proto/wire/convert.h"

#include <string>
#include <vector>

#include "base/limits.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ConvertTest, PushHeaderKeepsEveryField) {
  PushHeader header;
  header.map_version = 1;
  header.session = {~std::uint64_t{0}, 3};
  header.sequence = 4;
  header.lowest_unacknowledged = 2;
  header.snapshot_epoch = 6;
  header.step = 7;
  header.durability = Durability::kPower;
  const v1::PushHeader message = ToProto(header);
  EXPECT_EQ(message.durability(), v1::DURABILITY_POWER);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushHeader back, FromProto(message));
  EXPECT_EQ(back.map_version, 1u);
  EXPECT_EQ(back.session, header.session);
  EXPECT_EQ(back.sequence, 4u);
  EXPECT_EQ(back.lowest_unacknowledged, 2u);
  EXPECT_EQ(back.snapshot_epoch, 6u);
  EXPECT_EQ(back.step, 7u);
  EXPECT_EQ(back.durability, Durability::kPower);
}

TEST(ConvertTest, DurabilityMayBeLeftOpenInARequestOnly) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushHeader header,
                                FromProto(v1::PushHeader()));
  EXPECT_EQ(header.durability, std::nullopt);
  EXPECT_EQ(ToProto(header).durability(), v1::DURABILITY_UNSPECIFIED);
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

TEST(ConvertTest, ReadRowsRequestKeepsEveryId) {
  const std::vector<Id> ids = {0, ~Id{0}, Id{1} << 63};
  const v1::ReadRowsRequest message =
      ToProto(ReadRowsRequest{.map_version = 2,
                              .table = "t",
                              .incarnation = TableIncarnation(3),
                              .ids = ids});
  EXPECT_EQ(message.ids(1), -1);
  std::vector<Id> storage;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ReadRowsRequest back,
                                FromProto(message, storage));
  EXPECT_EQ(back.map_version, 2u);
  EXPECT_EQ(back.table, "t");
  EXPECT_EQ(back.incarnation, TableIncarnation(3));
  EXPECT_THAT(back.ids, ElementsAre(0, ~Id{0}, Id{1} << 63));
}

TEST(ConvertTest, RequestsBeyondALimitAreRefused) {
  std::vector<Id> storage;
  v1::ReadRowsRequest read;
  read.mutable_ids()->Resize(kIdsPerRequestMax + 1, 0);
  EXPECT_THAT(FromProto(read, storage),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("ids: 4194305, at most 4194304")));
  v1::WriteRowsRequest write;
  write.set_table(std::string(257, 'x'));
  EXPECT_THAT(FromProto(write, storage),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("table: 257 bytes")));
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

TEST(ConvertTest, WriteRowsRequestKeepsEveryField) {
  const std::vector<Id> ids = {~Id{0}};
  const std::vector<float> weights = {1, 2};
  const std::vector<float> slots = {3};
  WriteRowsRequest request;
  request.header.sequence = 4;
  request.table = "t";
  request.incarnation = TableIncarnation(5);
  request.dim = 2;
  request.ids = ids;
  request.weights = weights;
  request.slots = slots;
  const v1::WriteRowsRequest message = ToProto(request);
  std::vector<Id> storage;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const WriteRowsRequest back,
                                FromProto(message, storage));
  EXPECT_EQ(back.header.sequence, 4u);
  EXPECT_EQ(back.table, "t");
  EXPECT_EQ(back.incarnation, TableIncarnation(5));
  EXPECT_EQ(back.dim, 2u);
  EXPECT_THAT(back.ids, ElementsAre(~Id{0}));
  EXPECT_THAT(back.weights, ElementsAre(1, 2));
  EXPECT_THAT(back.slots, ElementsAre(3));
}

}  // namespace
}  // namespace rowhouse::wire
