#include "proto/wire/slice_reader.h"

#include <cstring>
#include <string>
#include <vector>

#include "tests/testing/status_matchers.h"

namespace rowhouse::wire {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Each string a slice.
std::vector<grpc::Slice> Slices(std::vector<std::string> pieces) {
  std::vector<grpc::Slice> slices;
  for (const std::string& piece : pieces) slices.emplace_back(piece);
  return slices;
}

TEST(SliceReaderTest, NoBytesAreAnEmptyMessage) {
  SliceReader reader({}, "M");
  EXPECT_FALSE(reader.Next());
  ROWHOUSE_EXPECT_OK(reader.status());
}

TEST(SliceReaderTest, ReadsScalarsAcrossSlices) {
  // 1: varint 300; 2: fixed64 of bytes 1..8; 3: varint 7; empty slices between.
  const auto slices = Slices({"\x08\xac", "\x02\x11\x01\x02\x03", "",
                              "\x04\x05\x06\x07\x08", "\x18", "\x07"});
  SliceReader reader(slices, "M");
  std::uint64_t one = 0;
  std::uint64_t two = 0;
  std::uint32_t three = 0;
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.field(), 1u);
  reader.ReadUint64(one);
  ASSERT_TRUE(reader.Next());
  reader.ReadFixed64(two);
  ASSERT_TRUE(reader.Next());
  reader.ReadUint32(three);
  EXPECT_FALSE(reader.Next());
  ROWHOUSE_EXPECT_OK(reader.status());
  EXPECT_EQ(one, 300u);
  EXPECT_EQ(two, 0x0807060504030201u);
  EXPECT_EQ(three, 7u);
}

TEST(SliceReaderTest, ShortVarintsKeepTheirLowBits) {
  // 2^32 + 5 as uint32, 2^64 - 1 as enum.
  const auto slices =
      Slices({"\x08\x85\x80\x80\x80\x10"
              "\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"});
  SliceReader reader(slices, "M");
  std::uint32_t number = 0;
  std::int32_t enumeration = 0;
  ASSERT_TRUE(reader.Next());
  reader.ReadUint32(number);
  ASSERT_TRUE(reader.Next());
  reader.ReadEnum(enumeration);
  EXPECT_FALSE(reader.Next());
  ROWHOUSE_EXPECT_OK(reader.status());
  EXPECT_EQ(number, 5u);
  EXPECT_EQ(enumeration, -1);
}

TEST(SliceReaderTest, AnotherWireTypeLeavesTheArgument) {
  const auto slices = Slices({"\x0d\x01\x02\x03\x04\x10\x09"});
  SliceReader reader(slices, "M");
  std::uint64_t value = 77;
  ASSERT_TRUE(reader.Next());
  reader.ReadUint64(value);  // is fixed32
  ASSERT_TRUE(reader.Next());
  reader.ReadFixed64(value);  // is a varint
  EXPECT_FALSE(reader.Next());
  ROWHOUSE_EXPECT_OK(reader.status());
  EXPECT_EQ(value, 77u);
}

TEST(SliceReaderTest, TextIsViewedInOneSliceAndGatheredFromTwo) {
  const auto slices =
      Slices({"\x0a\x03", "abc\x0a\x04", "de", "fg\x0a", "\x01z"});
  SliceReader reader(slices, "M");
  absl::string_view text;
  std::string storage;
  ASSERT_TRUE(reader.Next());
  reader.ReadString(4, text, storage);
  EXPECT_EQ(text, "abc");
  EXPECT_EQ(static_cast<const void*>(text.data()),
            static_cast<const void*>(slices[1].begin()));
  ASSERT_TRUE(reader.Next());
  reader.ReadString(4, text, storage);
  EXPECT_EQ(text, "defg");
  EXPECT_EQ(storage, "defg");
  ASSERT_TRUE(reader.Next());
  reader.ReadString(4, text, storage);
  EXPECT_EQ(text, "z");
  EXPECT_EQ(storage, "");
  EXPECT_FALSE(reader.Next());
}

TEST(SliceReaderTest, InnerMessageEndsWhereItEnds) {
  // 2: { 1: 5 }, 3: 6
  const auto slices = Slices({"\x12\x02\x08", "\x05\x18\x06"});
  SliceReader reader(slices, "Outer");
  ASSERT_TRUE(reader.Next());
  auto inner = reader.ReadMessage("Inner");
  ASSERT_TRUE(inner.has_value());
  std::uint64_t value = 0;
  ASSERT_TRUE(inner->Next());
  inner->ReadUint64(value);
  EXPECT_EQ(value, 5u);
  EXPECT_FALSE(inner->Next());
  ROWHOUSE_EXPECT_OK(inner->status());
  ASSERT_TRUE(reader.Next());
  reader.ReadUint64(value);
  EXPECT_EQ(value, 6u);
}

TEST(SliceReaderTest, SkipsGroupsInGroups) {
  // Group 3 { 1: 5, group 4 { 2: "ab" } }, then 1: 9.
  const auto slices =
      Slices({"\x1b\x08\x05\x23\x12\x02", "ab\x24\x1c\x08\x09"});
  SliceReader reader(slices, "M");
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.type(), WireType::kGroup);
  reader.Skip();
  std::uint64_t value = 0;
  ASSERT_TRUE(reader.Next());
  reader.ReadUint64(value);
  EXPECT_EQ(value, 9u);
}

// What is malformed, and the words for it.
TEST(SliceReaderTest, NamesMessageFieldAndPlaceOfWhatIsWrong) {
  struct Case {
    std::string bytes;
    std::string says;
  };
  const std::string high(10, '\x80');
  for (const Case& c : {
           Case{std::string(1, '\0'), "no such field number"},
           Case{"\x02", "no such field number"},
           Case{"\x0e", "no wire type 6"},
           Case{"\x80\x80\x80\x80\x80\x01", "longer than 5 bytes"},
           Case{"\x88", "passes the end"},
           Case{"\x0c", "ends a group that was not begun"},
           Case{"\x0b\x14", "ends group 1"},
           Case{"\x0b", "tag is longer than 5 bytes or passes the end"},
           Case{"\x08" + high + "\x01", "varint is longer than 10 bytes"},
           Case{"\x08\x80", "varint passes the end"},
           Case{"\x0d\x01\x02\x03", "4 bytes pass the end"},
           Case{"\x09\x01\x02\x03", "8 bytes pass the end"},
           Case{"\x0a\x05half", "length 5 passes the end of its message, 4"},
           Case{"\x0a\x80\x80\x80\x80\x80\x01", "length is longer than 5"},
           Case{"\x0a\xff\xff\xff\xff\x07", "above 2^31"},
       }) {
    const auto slices = Slices({"\x48\x01", c.bytes});
    SliceReader reader(slices, "M.f");
    while (reader.Next()) reader.Skip();
    EXPECT_THAT(reader.status(),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("M.f: field"), HasSubstr(c.says))));
    EXPECT_FALSE(reader.Next());
  }
  const auto slices = Slices({"\x48\x01\x2a\x09"});
  SliceReader reader(slices, "M.f");
  while (reader.Next()) reader.Skip();
  EXPECT_EQ(reader.status().message(),
            "M.f: field 5 at byte 2: length 9 passes the end of its message, "
            "0 bytes ahead");
}

TEST(SliceReaderTest, PlacesInInnerMessagesCountFromTheOutermost) {
  const auto slices = Slices({"\x12\x03\x08\x05\x0d"});
  SliceReader reader(slices, "Outer");
  ASSERT_TRUE(reader.Next());
  auto inner = reader.ReadMessage("Inner");
  while (inner->Next()) inner->Skip();
  EXPECT_EQ(inner->status().message(),
            "Inner: field 1 at byte 4: 4 bytes pass the end of the message");
}

TEST(SliceReaderTest, TextMustBeShortUtf8) {
  for (const auto& [bytes, says] :
       {std::pair<std::string, std::string>{"\x0a\x05hello",
                                            "5 bytes of text, at most 4"},
        {"\x0a\x02\xc3\x28", "not UTF-8"}}) {
    const auto slices = Slices({bytes});
    SliceReader reader(slices, "M");
    absl::string_view text;
    std::string storage;
    ASSERT_TRUE(reader.Next());
    reader.ReadString(4, text, storage);
    EXPECT_THAT(reader.status(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(says)));
  }
}

TEST(SliceReaderTest, TheFirstErrorStays) {
  const auto slices = Slices({"\x08\x01\x08\x02"});
  SliceReader reader(slices, "M");
  ASSERT_TRUE(reader.Next());
  reader.Fail(absl::ResourceExhaustedError("too many"));
  reader.Fail("something later");
  EXPECT_FALSE(reader.Next());
  EXPECT_THAT(reader.status(),
              StatusIs(absl::StatusCode::kResourceExhausted, "too many"));
}

}  // namespace
}  // namespace rowhouse::wire
