#include "storage/synced_mark.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "storage/mem_disk.h"
#include "tests/storage/formats_example.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kIncarnation = 0x1122334455667788;
constexpr char kDirectory[] = "journal";
constexpr char kPath[] = "journal/SYNCED";

class SyncedMarkTest : public ::testing::Test {
 protected:
  SyncedMarkTest() { ROWHOUSE_EXPECT_OK(disk_.MakeDirectory(kDirectory)); }

  absl::Status Set(std::uint64_t incarnation, std::uint64_t lsn) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        SyncedMarkFile mark,
        SyncedMarkFile::Open(disk_, kDirectory, incarnation));
    return mark.Set(Lsn(lsn));
  }

  absl::StatusOr<SyncedMark> Read() {
    return ReadSyncedMark(disk_, kDirectory);
  }

  MemDisk disk_;
};

TEST(SyncedMarkFormatTest, TheBytesAreThoseOfThePage) {
  EXPECT_EQ(EncodeSyncedMark({.incarnation = kIncarnation, .synced = Lsn(41)}),
            FormatsExample("mark"));
}

TEST_F(SyncedMarkTest, WhatWasSetIsRead) {
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kNotFound));
  ROWHOUSE_ASSERT_OK(Set(kIncarnation, 41));
  EXPECT_THAT(Read(), IsOkAndHolds(SyncedMark{kIncarnation, Lsn(41)}));
  ROWHOUSE_ASSERT_OK(Set(kIncarnation, 42));
  EXPECT_THAT(Read(), IsOkAndHolds(SyncedMark{kIncarnation, Lsn(42)}));
}

TEST_F(SyncedMarkTest, OpeningKeepsTheMarkOfTheSameIncarnationOnly) {
  ROWHOUSE_ASSERT_OK(Set(kIncarnation, 41));
  ROWHOUSE_ASSERT_OK(
      SyncedMarkFile::Open(disk_, kDirectory, kIncarnation).status());
  EXPECT_THAT(Read(), IsOkAndHolds(SyncedMark{kIncarnation, Lsn(41)}));
  ROWHOUSE_ASSERT_OK(SyncedMarkFile::Open(disk_, kDirectory, 7).status());
  EXPECT_THAT(Read(), IsOkAndHolds(SyncedMark{7, Lsn(0)}));
}

TEST_F(SyncedMarkTest, APowerCutLeavesAMarkThatWasSetOnceOrLater) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (const auto tear : {MemDisk::Tear::kPrefix, MemDisk::Tear::kSectors}) {
      MemDisk disk;
      ROWHOUSE_ASSERT_OK(disk.MakeDirectory(kDirectory));
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(
          SyncedMarkFile mark,
          SyncedMarkFile::Open(disk, kDirectory, kIncarnation));
      ROWHOUSE_ASSERT_OK(mark.Set(Lsn(41)));
      disk.PowerCut(seed, tear);
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SyncedMark left,
                                    ReadSyncedMark(disk, kDirectory));
      EXPECT_TRUE(left.synced == Lsn(0) || left.synced == Lsn(41))
          << left.synced.value();
    }
  }
}

TEST_F(SyncedMarkTest, EveryFlippedBitAndEveryMissingByteIsFound) {
  const std::string whole =
      EncodeSyncedMark({.incarnation = kIncarnation, .synced = Lsn(41)});
  ROWHOUSE_ASSERT_OK(Set(kIncarnation, 41));
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    disk_.Damage(kPath, damaged);
    EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kDataLoss,
                                 HasSubstr("journal/SYNCED: ")))
        << "bit " << bit;
  }
  for (std::size_t size = 0; size < whole.size(); ++size) {
    disk_.Damage(kPath, whole.substr(0, size));
    EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kDataLoss,
                                 HasSubstr(absl::StrCat(size, " of 32"))));
  }
}

TEST_F(SyncedMarkTest, ADamagedMarkBecomesOneAgain) {
  ROWHOUSE_ASSERT_OK(Set(kIncarnation, 41));
  for (const absl::string_view junk : {"", "junk",
                                       "0123456789abcdef0123456789"
                                       "abcdef0123456789abcdef"}) {
    disk_.Damage(kPath, junk);
    ROWHOUSE_ASSERT_OK(Set(kIncarnation, 42));
    EXPECT_THAT(Read(), IsOkAndHolds(SyncedMark{kIncarnation, Lsn(42)}));
  }
}

TEST_F(SyncedMarkTest, ANewerFormatIsSaidToBeOne) {
  ROWHOUSE_ASSERT_OK(Set(kIncarnation, 41));
  std::string newer = disk_.Read(kPath, 1 << 20).value();
  newer[12] = 2;
  const std::uint32_t crc = Crc32c(newer.data() + 12, newer.size() - 12);
  std::memcpy(newer.data() + 8, &crc, sizeof(crc));
  disk_.Damage(kPath, newer);
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kFailedPrecondition,
                               HasSubstr("journal/SYNCED: format 2")));
}

}  // namespace
}  // namespace rowhouse::storage
