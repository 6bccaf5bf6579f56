#include "storage/sha256.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/mem_disk.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

// FIPS 180-2: "abc", the empty message and a million times "a".
constexpr char kAbc[] =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr char kEmpty[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr char kMillion[] =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256Test, KnownAnswers) {
  EXPECT_EQ(Sha256("abc"), kAbc);
  EXPECT_EQ(Sha256(""), kEmpty);
  EXPECT_EQ(Sha256(std::string(1000000, 'a')), kMillion);
}

TEST(Sha256Test, AFileIsReadInPieces) {
  MemDisk disk;
  // Around the size of a piece, 1 MiB: nothing is read twice or left out.
  for (const std::size_t size : {0u, 1u, 1048575u, 1048576u, 1048577u}) {
    std::string content;
    while (content.size() < size) content += static_cast<char>(content.size());
    ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk, "f", content));
    EXPECT_THAT(Sha256OfFile(disk, "f"), IsOkAndHolds(Sha256(content)));
  }
  EXPECT_THAT(Sha256OfFile(disk, "none"),
              StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace rowhouse::storage
