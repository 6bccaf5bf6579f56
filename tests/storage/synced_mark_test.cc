#include "storage/synced_mark.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "storage/mem_disk.h"
#include "tests/storage/formats_example.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::Each;
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

  // Of kIncarnation.
  absl::StatusOr<std::uint64_t> Read() {
    ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<SyncedMark> marks,
                              ReadSyncedMarks(disk_, kDirectory));
    std::uint64_t synced = 0;
    for (const SyncedMark& mark : marks) {
      if (mark.incarnation != kIncarnation) continue;
      synced = std::max(synced, mark.synced.value());
    }
    return synced;
  }

  MemDisk disk_;
};

TEST(SyncedMarkFormatTest, TheBytesAreThoseOfThePage) {
  EXPECT_EQ(EncodeSyncedMark({.incarnation = kIncarnation, .synced = Lsn(41)}),
            FormatsExample("synced"));
}

TEST_F(SyncedMarkTest, WhatWasSetIsRead) {
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kNotFound));
  for (const std::uint64_t lsn : {41, 42, 43, 44}) {
    ROWHOUSE_ASSERT_OK(Set(kIncarnation, lsn));
    EXPECT_THAT(Read(), IsOkAndHolds(lsn));
  }
}

TEST_F(SyncedMarkTest, OpeningKeepsTheMarkOfTheSameIncarnationOnly) {
  ROWHOUSE_ASSERT_OK(Set(kIncarnation, 41));
  ROWHOUSE_ASSERT_OK(
      SyncedMarkFile::Open(disk_, kDirectory, kIncarnation).status());
  EXPECT_THAT(Read(), IsOkAndHolds(41u));
  ROWHOUSE_ASSERT_OK(SyncedMarkFile::Open(disk_, kDirectory, 7).status());
  EXPECT_THAT(ReadSyncedMarks(disk_, kDirectory),
              IsOkAndHolds(Each(SyncedMark{.incarnation = 7})));
}

TEST_F(SyncedMarkTest, APowerCutLeavesAMarkThatWasSet) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (const auto tear : {MemDisk::Tear::kPrefix, MemDisk::Tear::kSectors}) {
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(
          SyncedMarkFile mark,
          SyncedMarkFile::Open(disk_, kDirectory, kIncarnation));
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(const std::uint64_t before, Read());
      for (std::uint64_t i = 1; i <= 3; ++i) {
        ROWHOUSE_ASSERT_OK(mark.Set(Lsn(before + i)));
      }
      disk_.PowerCut(seed, tear);
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(const std::uint64_t left, Read());
      EXPECT_GE(left, before);
      EXPECT_LE(left, before + 3);
    }
  }
}

TEST_F(SyncedMarkTest, AWriteThatStopsHalfwayLeavesTheMarkBefore) {
  for (const std::uint64_t lsn : {41, 42, 43}) {
    ROWHOUSE_ASSERT_OK(Set(kIncarnation, lsn));
    disk_.FailAppend(1, absl::UnavailableError("killed"));
    EXPECT_THAT(Set(kIncarnation, lsn + 100),
                StatusIs(absl::StatusCode::kUnavailable));
    EXPECT_THAT(Read(), IsOkAndHolds(lsn));
  }
}

TEST_F(SyncedMarkTest, EveryFlippedBitAndEveryMissingByteIsFound) {
  const std::string whole =
      EncodeSyncedMark({.incarnation = kIncarnation, .synced = Lsn(41)});
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(DecodeSyncedMark(damaged).ok()) << "bit " << bit;
  }
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(DecodeSyncedMark(whole.substr(0, size)),
                StatusIs(absl::StatusCode::kDataLoss,
                         HasSubstr(absl::StrCat(size, " of 32"))));
  }
}

TEST_F(SyncedMarkTest, AFileWithoutAMarkIsNamed) {
  ROWHOUSE_ASSERT_OK(Set(kIncarnation, 41));
  disk_.Damage(kPath, std::string(9000, '\0'));
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kDataLoss,
                               HasSubstr("journal/SYNCED: wrong magic")));
}

TEST_F(SyncedMarkTest, ADamagedMarkBecomesOneAgain) {
  ROWHOUSE_ASSERT_OK(Set(kIncarnation, 41));
  for (const std::string& junk :
       {std::string(), std::string("junk"), std::string(9000, 'x')}) {
    disk_.Damage(kPath, junk);
    ROWHOUSE_ASSERT_OK(Set(kIncarnation, 42));
    EXPECT_THAT(Read(), IsOkAndHolds(42u));
  }
}

TEST_F(SyncedMarkTest, ANewerFormatIsSaidToBeOne) {
  ROWHOUSE_ASSERT_OK(Set(kIncarnation, 41));
  std::string newer = disk_.Read(kPath, 1 << 20).value();
  newer[12] = 2;
  const std::uint32_t crc = Crc32c(newer.data() + 12, kSyncedMarkBytes - 12);
  std::memcpy(newer.data() + 8, &crc, sizeof(crc));
  disk_.Damage(kPath, newer);
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kFailedPrecondition,
                               HasSubstr("journal/SYNCED: format 2")));
}

}  // namespace
}  // namespace rowhouse::storage
