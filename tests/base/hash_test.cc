#include "base/hash.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace rowhouse {
namespace {

TEST(Mix64, Vectors) {
  EXPECT_EQ(Mix64(0), 0u);
  EXPECT_EQ(Mix64(1), 0xb456bcfc34c2cb2cu);
  EXPECT_EQ(Mix64(2), 0x3abf2a20650683e7u);
  EXPECT_EQ(Mix64(~0ull), 0x64b5720b4b825f21u);
  EXPECT_EQ(Mix64(0x0123456789abcdefu), 0x87cbfbfe89022ceau);
}

// Vectors of the reference FarmHash: every branch on the length.
TEST(Fingerprint64, Vectors) {
  const struct {
    std::string bytes;
    std::uint64_t hash;
  } kCases[] = {
      {"", 0x9ae16a3b2f90404f},
      {"a", 0xb3454265b6df75e3},
      {"ab", 0xaa8d6e5242ada51e},
      {"abc", 0x24a5b3a074e7f369},
      {"abcd", 0x1a5502de4a1f8101},
      {"abcdefg", 0x3c40c92b1ccb7355},
      {"abcdefgh", 0xfee9d22990c82909},
      {"0123456789abcdef", 0x54b961e5dc834067},
      {"0123456789abcdefg", 0xa6ddff87a449d24a},
      {std::string(32, 'x'), 0xb30b9baccc74dc05},
      {std::string(33, 'x'), 0xaa49185443e61637},
      {std::string(64, 'x'), 0x5ffb3c754f6913b8},
      {std::string(65, 'x'), 0x447cb9fd96f25f39},
      {std::string(128, 'x'), 0x5170af09fd870c17},
      {std::string(129, 'x'), 0xf6edf54559a5feb6},
      {"0", 0xd2ed96073b81823f},
      {"-1", 0x65c727c9a1b5784e},
      {"9223372036854775807", 0xb0ccfb1982e491af},
  };
  for (const auto& c : kCases)
    EXPECT_EQ(Fingerprint64(c.bytes), c.hash) << c.bytes;
  EXPECT_EQ(TableHash("abc"), Fingerprint64("abc"));
}

// RFC 3720, B.4, and the check value of the CRC catalogue.
TEST(Crc32c, Vectors) {
  EXPECT_EQ(Crc32c("", 0), 0u);
  EXPECT_EQ(Crc32c("123456789", 9), 0xe3069283u);
  EXPECT_EQ(Crc32c(std::string(32, '\0').data(), 32), 0x8a9136aau);
  EXPECT_EQ(Crc32c(std::string(32, '\xff').data(), 32), 0x62a8ab43u);
  std::string rising;
  for (char c = 0; c < 32; ++c) rising.push_back(c);
  EXPECT_EQ(Crc32c(rising.data(), 32), 0x46dd794eu);
}

TEST(Crc32c, ContinuesWhereItStopped) {
  constexpr absl::string_view kText = "123456789";
  for (std::size_t cut = 0; cut <= kText.size(); ++cut) {
    const std::uint32_t head = Crc32c(kText.data(), cut);
    EXPECT_EQ(Crc32c(kText.data() + cut, kText.size() - cut, head), 0xe3069283u)
        << cut;
  }
}

TEST(Crc32c, SeesEveryBit) {
  std::vector<unsigned char> bytes(100, 0x5a);
  const std::uint32_t crc = Crc32c(bytes.data(), bytes.size());
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] ^= 1u << bit % 8;
    EXPECT_NE(Crc32c(bytes.data(), bytes.size()), crc) << bit;
    bytes[bit / 8] ^= 1u << bit % 8;
  }
}

}  // namespace
}  // namespace rowhouse
