#include "proto/wire/message_bytes.h"

#include <cstring>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "rowhouse/v1/embedding_service.pb.h"
#include "tests/testing/status_matchers.h"
#include "tests/wire/wild_bytes.h"

namespace rowhouse::wire {
namespace {

TEST(NewSliceTest, SaysOnceThatTheLastReferenceIsGone) {
  for (const std::size_t bytes : {1u, 20u, 4096u, 3u << 20}) {
    int freed = 0;
    std::vector<grpc::Slice> held;
    held.push_back(NewSlice(bytes, [&freed] { ++freed; }));
    ASSERT_EQ(held[0].size(), bytes);
    std::memset(Writable(held[0]), 7, bytes);
    grpc::ByteBuffer buffer(held.data(), 1);
    held.clear();
    EXPECT_EQ(freed, 0);
    grpc::ByteBuffer other = buffer;
    buffer.Clear();
    EXPECT_EQ(freed, 0);
    EXPECT_EQ(Joined(other), std::string(bytes, 7));
    other.Clear();
    EXPECT_EQ(freed, 1) << bytes;
  }
}

TEST(NewSliceTest, NobodyNeedsToBeTold) {
  const grpc::Slice slice = NewSlice(100);
  EXPECT_EQ(slice.size(), 100u);
}

TEST(MessageBytesTest, MessagesGoThereAndBackInAnySlices) {
  Random random(11);
  for (int i = 0; i < 200; ++i) {
    v1::ReadRowsRequest message;
    FillRandomly(random, message);
    int freed = 0;
    {
      const grpc::ByteBuffer bytes = Serialize(message, [&] { ++freed; });
      ASSERT_EQ(Joined(bytes), message.SerializeAsString());
      v1::ReadRowsRequest parsed;
      parsed.set_table("something else");
      ROWHOUSE_ASSERT_OK(Parse(CutIntoSlices(random, Joined(bytes)), parsed));
      ASSERT_EQ(parsed.SerializeAsString(), message.SerializeAsString());
    }
    ASSERT_EQ(freed, 1);
  }
}

TEST(MessageBytesTest, NoBytesAreAnEmptyMessage) {
  v1::ReadRowsRequest message;
  message.set_table("t");
  ROWHOUSE_ASSERT_OK(Parse(grpc::ByteBuffer(), message));
  EXPECT_EQ(message.table(), "");
}

TEST(MessageBytesTest, BytesThatAreNoMessageAreRefusedByName) {
  v1::ReadRowsRequest message;
  EXPECT_THAT(Parse(OneSlice("\x12\x05oops"), message),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "rowhouse.v1.ReadRowsRequest: 6 malformed bytes"));
}

}  // namespace
}  // namespace rowhouse::wire
