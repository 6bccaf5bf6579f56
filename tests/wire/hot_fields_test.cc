#include "proto/wire/hot_fields.h"

#include <string>
#include <vector>

#include "rowhouse/v1/embedding_service.pb.h"
#include "tests/testing/status_matchers.h"
#include "tests/wire/wild_bytes.h"

namespace rowhouse::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SlicesOf, ABufferWithoutBytesHasNone) {
  EXPECT_THAT(SlicesOf(grpc::ByteBuffer()), IsOkAndHolds(IsEmpty()));
}

TEST(ReadIds, CountsAgainstWhatIsLeft) {
  v1::ReadRowsRequest message;
  message.add_ids(7);
  message.add_ids(-1);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const std::vector<grpc::Slice> slices,
      SlicesOf(OneSlice(message.SerializeAsString())));
  for (std::size_t left : {2, 1}) {
    SliceReader reader(slices, "M");
    ArrayField<Id> ids;
    ASSERT_TRUE(reader.Next());
    ReadIds(reader, ids, left);
    if (reader.status().ok()) {
      EXPECT_EQ(left, 0u);
      EXPECT_THAT(ids.values(), ElementsAre(7, ~Id{0}));
    } else {
      EXPECT_EQ(left, 1u);
      EXPECT_THAT(reader.status(),
                  StatusIs(absl::StatusCode::kResourceExhausted));
    }
  }
}

// Of a header in two parts the last value of a field counts, the durability's
// too: the first may be none that we know.
TEST(ReadPushHeader, LaterValuesGoBefore) {
  PushHeader header;
  std::int32_t durability = 0;
  for (const int number : {9, 3}) {
    v1::PushHeader message;
    message.set_sequence(number);
    message.mutable_session()->set_number(number + 1);
    message.set_durability(static_cast<v1::Durability>(number));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        const std::vector<grpc::Slice> slices,
        SlicesOf(OneSlice(message.SerializeAsString())));
    ROWHOUSE_ASSERT_OK(
        ReadPushHeader(SliceReader(slices, "M"), header, durability));
  }
  EXPECT_EQ(header.sequence, 3u);
  EXPECT_EQ(header.session.number, 4u);
  EXPECT_EQ(durability, 3);
  EXPECT_EQ(header.durability, std::nullopt);
}

}  // namespace
}  // namespace rowhouse::wire
