#include "storage/byte_order.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace rowhouse::storage {
namespace {

TEST(ByteOrderTest, LittleEndHasTheLowByteFirst) {
  char bytes[8];
  StoreLittle(std::uint64_t{0x0102030405060708}, bytes);
  EXPECT_EQ(absl::string_view(bytes, 8), "\x08\x07\x06\x05\x04\x03\x02\x01");
  EXPECT_EQ(LoadLittle<std::uint64_t>(bytes), 0x0102030405060708);
  EXPECT_EQ(LoadLittle<std::uint16_t>(bytes), 0x0708);
}

TEST(ByteOrderTest, BigEndHasTheHighByteFirst) {
  char bytes[8];
  StoreBig(std::uint64_t{0xf102030405060708}, bytes);
  EXPECT_EQ(absl::string_view(bytes, 8), "\xf1\x02\x03\x04\x05\x06\x07\x08");
  EXPECT_EQ(LoadBig<std::uint64_t>(bytes), 0xf102030405060708);
  EXPECT_EQ(LoadBig<std::uint16_t>(bytes), 0xf102);
}

}  // namespace
}  // namespace rowhouse::storage
