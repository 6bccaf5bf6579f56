#include "proto/wire/array_field.h"

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "tests/testing/status_matchers.h"

namespace rowhouse::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kOne[] = "\x01\x00\x00\x00";
constexpr char kTwo[] = "\x02\x00\x00\x00";
constexpr char kThree[] = "\x03\x00\x00\x00";

std::string Value(const char* bytes) { return std::string(bytes, 4); }

// A slice whose byte `at` lies on a multiple of 8.
grpc::Slice AlignedAt(std::size_t at, const std::string& bytes) {
  auto* block = new char[bytes.size() + 16];
  char* start = block;
  while ((reinterpret_cast<std::uintptr_t>(start) + at) % 8 != 0) ++start;
  std::memcpy(start, bytes.data(), bytes.size());
  return grpc::Slice(
      start, bytes.size(), [](void* b) { delete[] static_cast<char*>(b); },
      block);
}

template <typename T>
absl::Status Read(const std::vector<grpc::Slice>& slices,
                  ArrayField<T>& array) {
  SliceReader reader(slices, "M");
  while (reader.Next()) array.ReadFrom(reader);
  return reader.status();
}

TEST(ArrayFieldTest, OneAlignedRunIsViewedWhereItLies) {
  const std::string bytes = "\x0a\x08" + Value(kOne) + Value(kTwo);
  const std::vector<grpc::Slice> slices = {AlignedAt(2, bytes)};
  ArrayField<std::uint32_t> array;
  ROWHOUSE_ASSERT_OK(Read(slices, array));
  EXPECT_THAT(array.values(), ElementsAre(1, 2));
  EXPECT_EQ(static_cast<const void*>(array.values().data()),
            static_cast<const void*>(slices[0].begin() + 2));
}

TEST(ArrayFieldTest, AnUnalignedRunIsGathered) {
  const std::string bytes = "\x0a\x08" + Value(kOne) + Value(kTwo);
  const std::vector<grpc::Slice> slices = {AlignedAt(3, bytes)};
  ArrayField<std::uint32_t> array;
  ROWHOUSE_ASSERT_OK(Read(slices, array));
  EXPECT_THAT(array.values(), ElementsAre(1, 2));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(array.values().data()) % 4, 0u);
}

TEST(ArrayFieldTest, RunsAndSingleValuesFollowEachOther) {
  // A run of one, a value alone, an empty run, a run that spans slices.
  const std::vector<grpc::Slice> slices = {
      grpc::Slice("\x0a\x04" + Value(kOne) + "\x0d" + Value(kTwo) +
                  std::string("\x0a\x00", 2) + "\x0a\x08" + Value(kThree) +
                  "\x04"),
      grpc::Slice(std::string("\x00\x00\x00", 3))};
  ArrayField<std::uint32_t> array;
  ROWHOUSE_ASSERT_OK(Read(slices, array));
  EXPECT_THAT(array.values(), ElementsAre(1, 2, 3, 4));
  const ArrayField<std::uint32_t> moved = std::move(array);
  EXPECT_THAT(moved.values(), ElementsAre(1, 2, 3, 4));
}

TEST(ArrayFieldTest, FloatsKeepTheirBits) {
  const std::vector<grpc::Slice> slices = {
      grpc::Slice("\x0d" + std::string("\x01\x00\xa0\xff", 4))};
  ArrayField<float> array;
  ROWHOUSE_ASSERT_OK(Read(slices, array));
  ASSERT_EQ(array.size(), 1u);
  EXPECT_EQ(std::memcmp(array.values().data(), "\x01\x00\xa0\xff", 4), 0);
}

TEST(ArrayFieldTest, WholeValuesOnly) {
  const std::vector<grpc::Slice> slices = {
      grpc::Slice("\x0a\x06" + Value(kOne) + "ab")};
  ArrayField<std::uint32_t> array;
  EXPECT_THAT(Read(slices, array),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("6 bytes is not whole values of 4 bytes")));
}

TEST(ArrayFieldTest, AValueMustNotPassTheEnd) {
  const std::vector<grpc::Slice> slices = {
      grpc::Slice(std::string("\x0d\x01"))};
  ArrayField<float> array;
  EXPECT_THAT(Read(slices, array), StatusIs(absl::StatusCode::kInvalidArgument,
                                            HasSubstr("passes the end")));
}

TEST(ArrayFieldTest, AnotherWidthIsSkipped) {
  // fixed64 where 4-byte values are meant, and a varint.
  const std::vector<grpc::Slice> slices = {
      grpc::Slice(std::string("\x09") + "12345678" + "\x08\x05")};
  ArrayField<float> array;
  ROWHOUSE_ASSERT_OK(Read(slices, array));
  EXPECT_EQ(array.size(), 0u);
}

}  // namespace
}  // namespace rowhouse::wire
