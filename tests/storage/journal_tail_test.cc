// MakeJournalDurable: what a start may build upon.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/journal_format.h"
#include "storage/mem_disk.h"
#include "tests/storage/journal_records.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::SizeIs;

constexpr char kDirectory[] = "/data/journal";
constexpr std::uint64_t kSegment = 4096;
constexpr std::uint64_t kSeeds = 20;

class JournalTailTest : public testing::Test {
 protected:
  std::unique_ptr<Journal> Open() {
    auto journal = Journal::Open(disk_, OptionsAfter({}, kDirectory, kSegment));
    ROWHOUSE_EXPECT_OK(journal.status());
    return *std::move(journal);
  }

  // Records of 1,000 bytes, three of which fill a segment; all are written.
  void Append(Journal& journal, int records) {
    for (int i = 0; i < records; ++i) {
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(
          const Lsn lsn, AppendText(journal, 0, std::string(1000, 'r')));
      ROWHOUSE_ASSERT_OK(journal.Write(lsn));
    }
  }

  // How many records are left after power cuts of many kinds.
  void ExpectAfterPowerCuts(std::size_t records) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      disk_.PowerCut(seed, MemDisk::Tear::kSectors);
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal seen,
                                    ReadJournal(disk_, kDirectory));
      ASSERT_THAT(seen.records, SizeIs(records)) << seed;
    }
  }

  MemDisk disk_;
};

TEST_F(JournalTailTest, WhatAKilledProcessHadWrittenOutlivesAPowerCut) {
  auto journal = Open();
  Append(*journal, 5);
  journal.reset();
  disk_.Kill();
  ROWHOUSE_ASSERT_OK(MakeJournalDurable(disk_, kDirectory));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal seen,
                                ReadJournal(disk_, kDirectory));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      journal,
      Journal::Open(disk_, OptionsAfter(seen.replay, kDirectory, kSegment)));
  EXPECT_EQ(journal->synced(), Lsn(5));
  ExpectAfterPowerCuts(5);
}

// The kernel calls pages clean that it could not write, and a sync of those by
// the next process says OK.
TEST_F(JournalTailTest, WhatAFailedSyncGaveUpIsWrittenAgain) {
  auto journal = Open();
  Append(*journal, 2);
  disk_.FailSync(1, absl::UnavailableError("EIO"));
  EXPECT_THAT(journal->Sync(Lsn(2)), StatusIs(absl::StatusCode::kUnavailable));
  journal.reset();
  disk_.Kill();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal seen,
                                ReadJournal(disk_, kDirectory));
  ASSERT_THAT(seen.records, SizeIs(2));
  ROWHOUSE_ASSERT_OK(MakeJournalDurable(disk_, kDirectory));
  ExpectAfterPowerCuts(2);
}

TEST_F(JournalTailTest, AStartThatCannotSyncLeavesNothingToBelieve) {
  auto journal = Open();
  Append(*journal, 2);
  journal.reset();
  disk_.Kill();
  disk_.FailSync(1, absl::UnavailableError("EIO"));
  EXPECT_THAT(MakeJournalDurable(disk_, kDirectory),
              StatusIs(absl::StatusCode::kUnavailable));
  disk_.Kill();
  ROWHOUSE_ASSERT_OK(MakeJournalDurable(disk_, kDirectory));
  ExpectAfterPowerCuts(2);
}

TEST_F(JournalTailTest, OnlyTheTailIsWritten) {
  auto journal = Open();
  Append(*journal, 8);
  ASSERT_THAT(journal->SegmentPaths(), SizeIs(3));
  journal.reset();
  disk_.Kill();
  const std::uint64_t before = disk_.syncs();
  ROWHOUSE_ASSERT_OK(MakeJournalDurable(disk_, kDirectory));
  EXPECT_EQ(disk_.syncs() - before, 2) << "the last segment, the directory";
  ExpectAfterPowerCuts(8);
}

// A file without a header vouches for nothing before it.
TEST_F(JournalTailTest, ASegmentThatWasNeverBegunIsNoTail) {
  auto journal = Open();
  Append(*journal, 2);
  journal.reset();
  disk_.Kill();
  ROWHOUSE_ASSERT_OK(
      disk_.Create(absl::StrCat(kDirectory, "/", SegmentFileName(2))).status());
  ROWHOUSE_ASSERT_OK(MakeJournalDurable(disk_, kDirectory));
  ExpectAfterPowerCuts(2);
}

TEST_F(JournalTailTest, ANewDirectoryHasNothingToWrite) {
  ROWHOUSE_EXPECT_OK(MakeJournalDurable(disk_, kDirectory));
  EXPECT_EQ(disk_.syncs(), 0);
}

}  // namespace
}  // namespace rowhouse::storage
