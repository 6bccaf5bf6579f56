// (hot_test.cc reads these messages beside protobuf.)
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "proto/wire/convert.h"
#include "proto/wire/hot.h"
#include "proto/wire/message_bytes.h"
#include "tests/testing/status_matchers.h"
#include "tests/wire/wild_bytes.h"

namespace rowhouse::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(HotDecodeRowsTest, ReadsWhatIsWritten) {
  const std::vector<Id> ids = {0, ~Id{0}, Id{1} << 63};
  const std::vector<float> values = {1, 2, 3};
  WriteRowsRequest write;
  write.header.map_version = 1;
  write.header.session = {~std::uint64_t{0}, 3};
  write.header.sequence = 4;
  write.header.lowest_unacknowledged = 2;
  write.header.snapshot_epoch = 6;
  write.header.step = 7;
  write.header.durability = Durability::kPower;
  write.table = "t";
  write.incarnation = TableIncarnation(5);
  write.dim = 1;
  write.ids = ids;
  write.weights = values;
  write.slots = values;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      DecodedWriteRows decoded,
      DecodeWriteRowsRequest(Serialize(ToProto(write))));
  // Views into what has moved.
  const DecodedWriteRows moved = std::move(decoded);
  const WriteRowsRequest& read = moved.request();
  EXPECT_EQ(read.header.map_version, 1u);
  EXPECT_EQ(read.header.session, write.header.session);
  EXPECT_EQ(read.header.sequence, 4u);
  EXPECT_EQ(read.header.lowest_unacknowledged, 2u);
  EXPECT_EQ(read.header.snapshot_epoch, 6u);
  EXPECT_EQ(read.header.step, 7u);
  EXPECT_EQ(read.header.durability, Durability::kPower);
  EXPECT_EQ(read.table, "t");
  EXPECT_EQ(read.incarnation, TableIncarnation(5));
  EXPECT_EQ(read.dim, 1u);
  EXPECT_EQ(read.ids, ids);
  EXPECT_THAT(read.weights, ElementsAre(1, 2, 3));
  EXPECT_THAT(read.slots, ElementsAre(1, 2, 3));
}

TEST(HotDecodeRowsTest, RequestsBeyondALimitAreRefused) {
  v1::ReadRowsRequest read;
  read.mutable_ids()->Resize(kIdsPerRequestMax + 1, 0);
  EXPECT_THAT(DecodeReadRowsRequest(Serialize(read)),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("more than 4194304 ids")));
  v1::WriteRowsRequest write;
  write.set_table(std::string(257, 'x'));
  EXPECT_THAT(DecodeWriteRowsRequest(Serialize(write)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("257 bytes of text")));
}

TEST(HotDecodeRowsTest, NoBytesAreARequestOfNothing) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const DecodedReadRows read,
                                DecodeReadRowsRequest(grpc::ByteBuffer()));
  EXPECT_EQ(read.request().table, "");
  EXPECT_TRUE(read.request().ids.empty());
}

}  // namespace
}  // namespace rowhouse::wire
