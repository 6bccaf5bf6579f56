#include "client/interchange/string_tensor.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "client/interchange/varint.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::interchange {
namespace {

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

TEST(StringTensorTest, GoesBothWays) {
  const std::vector<std::vector<std::string>> tensors = {
      {}, {""}, {"only"}, {"one", "two two", ""}, {std::string(300, 'x'), "y"}};
  for (const std::vector<std::string>& strings : tensors) {
    const EncodedStrings encoded = EncodeStrings(strings);
    EXPECT_THAT(DecodeStrings(encoded.bytes, strings.size(), encoded.masked_crc,
                              /*big_endian=*/false),
                IsOkAndHolds(strings));
  }
}

TEST(StringTensorTest, AChangedByteIsFound) {
  const EncodedStrings encoded = EncodeStrings({"one", "two two", ""});
  for (std::size_t i = 0; i < encoded.bytes.size(); ++i) {
    for (const char mask : {'\x01', '\x80', '\x7f'}) {
      std::string bytes = encoded.bytes;
      bytes[i] = static_cast<char>(bytes[i] ^ mask);
      EXPECT_THAT(DecodeStrings(bytes, 3, encoded.masked_crc, false),
                  StatusIs(kDataLoss))
          << i;
    }
  }
}

TEST(StringTensorTest, WrongCountsAndLengths) {
  const EncodedStrings encoded = EncodeStrings({"one", "two"});
  const std::string& bytes = encoded.bytes;
  for (const std::uint64_t elements : {0ull, 1ull, 3ull, 1ull << 62}) {
    EXPECT_THAT(DecodeStrings(bytes, elements, encoded.masked_crc, false),
                StatusIs(kDataLoss));
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(DecodeStrings(absl::string_view(bytes).substr(0, size), 2,
                              encoded.masked_crc, false),
                StatusIs(kDataLoss))
        << size;
  }
  EXPECT_THAT(DecodeStrings(bytes + "x", 2, encoded.masked_crc, false),
              StatusIs(kDataLoss));
  EXPECT_THAT(DecodeStrings(bytes, 2, encoded.masked_crc ^ 1, false),
              StatusIs(kDataLoss));
}

// A machine with the other byte order wrote its words the other way round, the
// lengths under the checksum too.
TEST(StringTensorTest, BigEndianWords) {
  const char length[] = {0, 0, 0, 3};
  const std::uint32_t lengths_crc = Crc32c(length, sizeof(length));
  std::string word;
  AppendWord(__builtin_bswap32(MaskCrc(lengths_crc)), word);
  std::uint32_t crc = Crc32c(word.data(), word.size(), lengths_crc);
  crc = Crc32c("one", 3, crc);
  const std::string bytes = absl::StrCat("\x03", word, "one");
  EXPECT_THAT(DecodeStrings(bytes, 1, MaskCrc(crc), /*big_endian=*/true),
              IsOkAndHolds(std::vector<std::string>{"one"}));
  EXPECT_THAT(DecodeStrings(bytes, 1, MaskCrc(crc), /*big_endian=*/false),
              StatusIs(kDataLoss));
}

}  // namespace
}  // namespace rowhouse::interchange
