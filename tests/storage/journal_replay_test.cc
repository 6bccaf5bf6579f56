// Damage to a journal: found, or harmless, never a wrong record.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "storage/journal.h"
#include "storage/journal_format.h"
#include "storage/mem_disk.h"
#include "storage/synced_mark.h"
#include "tests/storage/journal_records.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kDirectory[] = "journal";
constexpr char kFirst[] = "journal/0000000000000001.journal";
constexpr char kSecond[] = "journal/0000000000000002.journal";
constexpr char kMark[] = "journal/SYNCED";

// Segment 1: records 1 to 3. Segment 2: 4 and 5, synced one by one, then 6 and
// 7 in one group that was written and not synced. Record n is n times n's
// digit. There is no mark, unless a test puts it back.
class DamageTest : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kSynced = 5;
  static constexpr std::uint64_t kWritten = 7;

  static std::string Payload(std::uint64_t lsn) {
    return std::string(lsn * 3, static_cast<char>('0' + lsn));
  }

  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        const auto journal, Journal::Open(disk_, OptionsAfter({}, kDirectory)));
    for (std::uint64_t lsn = 1; lsn <= kWritten; ++lsn) {
      ROWHOUSE_ASSERT_OK(AppendText(*journal, 1, Payload(lsn)));
      if (lsn <= kSynced) {
        ROWHOUSE_ASSERT_OK(journal->Sync(Lsn(lsn)));
      }
      if (lsn == 3) {
        ROWHOUSE_ASSERT_OK(journal->Roll());
      }
    }
    ROWHOUSE_ASSERT_OK(journal->Write(Lsn(kWritten)));
    for (const char* path : {kFirst, kSecond}) {
      files_[path] = disk_.Read(path, 1 << 20).value();
    }
    mark_ = disk_.Read(kMark, 1 << 20).value();
    ROWHOUSE_ASSERT_OK(disk_.Remove(kMark));
  }

  void PutMarkBack() {
    ROWHOUSE_ASSERT_OK(disk_.Create(kMark).status());
    disk_.Damage(kMark, mark_);
  }

  // The damaged journal is refused, or gives the first records as they were
  // and at least those up to `least`.
  void ExpectRefusedOrPrefix(std::uint64_t durable, std::uint64_t least) {
    const auto seen = ReadJournal(disk_, kDirectory, 0, durable);
    if (!seen.ok()) {
      EXPECT_THAT(seen, StatusIs(absl::StatusCode::kDataLoss));
      return;
    }
    EXPECT_GE(seen->records.size(), least);
    for (std::size_t i = 0; i < seen->records.size(); ++i) {
      EXPECT_EQ(seen->records[i], (SeenRecord{i + 1, 1, Payload(i + 1)}));
    }
  }

  // Offset of record `lsn` in its segment.
  static std::size_t OffsetOf(std::uint64_t lsn) {
    std::size_t offset = kSegmentHeaderBytes;
    for (std::uint64_t i = lsn <= 3 ? 1 : 4; i < lsn; ++i) {
      offset += RecordBytes(i * 3);
    }
    return offset;
  }

  MemDisk disk_;
  std::map<std::string, std::string> files_;
  std::string mark_;
};

TEST_F(DamageTest, NothingIsWrongBefore) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal seen,
                                ReadJournal(disk_, kDirectory, 0, kSynced));
  EXPECT_THAT(seen.records, SizeIs(kWritten));
  EXPECT_EQ(seen.replay.cut_bytes, 0);
  EXPECT_EQ(seen.replay.last, Lsn(kWritten));
  EXPECT_EQ(seen.replay.last_segment, 2);
}

TEST_F(DamageTest, EveryFlippedBitIsFoundOrCutsOnlyTheTail) {
  for (const auto& [path, content] : files_) {
    for (std::size_t at = 0; at < content.size(); ++at) {
      for (const std::uint8_t bit : {0x01, 0x10, 0x80}) {
        std::string damaged = content;
        damaged[at] = static_cast<char>(damaged[at] ^ bit);
        disk_.Damage(path, damaged);
        SCOPED_TRACE(absl::StrCat(path, " byte ", at));
        // Also when nobody outside knows what was synced: record 6 does.
        ExpectRefusedOrPrefix(/*durable=*/kSynced, /*least=*/kSynced);
        ExpectRefusedOrPrefix(/*durable=*/0, /*least=*/kSynced);
      }
    }
    disk_.Damage(path, content);
  }
}

TEST_F(DamageTest, EveryTruncationIsFoundOrCutsOnlyTheTail) {
  for (const auto& [path, content] : files_) {
    for (std::size_t size = 0; size < content.size(); ++size) {
      disk_.Damage(path, absl::string_view(content).substr(0, size));
      SCOPED_TRACE(absl::StrCat(path, " cut to ", size));
      ExpectRefusedOrPrefix(/*durable=*/kSynced, /*least=*/kSynced);
      ExpectRefusedOrPrefix(/*durable=*/3, /*least=*/3);
      if (path == kFirst && size > 0) {
        EXPECT_THAT(ReadJournal(disk_, kDirectory, 0, 0),
                    StatusIs(absl::StatusCode::kDataLoss));
      }
    }
    disk_.Damage(path, content);
  }
}

TEST_F(DamageTest, EveryZeroedStretchIsFoundOrCutsOnlyTheTail) {
  for (const auto& [path, content] : files_) {
    for (std::size_t at = 0; at < content.size(); at += 8) {
      std::string damaged = content;
      const std::size_t end = std::min(at + 40, content.size());
      std::fill(damaged.begin() + at, damaged.begin() + end, '\0');
      disk_.Damage(path, damaged);
      SCOPED_TRACE(absl::StrCat(path, " from ", at));
      ExpectRefusedOrPrefix(/*durable=*/kSynced, /*least=*/kSynced);
    }
    disk_.Damage(path, content);
  }
}

TEST_F(DamageTest, ASyncedRecordIsNamedWithFileAndOffset) {
  std::string damaged = files_[kSecond];
  damaged[OffsetOf(5) + kRecordHeaderBytes] ^= 1;
  disk_.Damage(kSecond, damaged);
  EXPECT_THAT(ReadJournal(disk_, kDirectory, 0, 5),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr(absl::StrCat(kSecond, " offset ", OffsetOf(5),
                                              ": the record of LSN 5"))));
  EXPECT_THAT(ReadJournal(disk_, kDirectory, 0, 0),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr(absl::StrCat("the record at offset ",
                                              OffsetOf(6), " knows"))));
}

TEST_F(DamageTest, TheMarkVouchesForTheGroupThatWasSyncedLast) {
  // As a crash right after the sync of record 5 leaves it: nothing follows.
  const std::string synced = files_[kSecond].substr(0, OffsetOf(6));
  disk_.Damage(kSecond, synced);
  PutMarkBack();
  for (std::size_t at = 0; at < synced.size(); ++at) {
    SCOPED_TRACE(at);
    std::string damaged = synced;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    disk_.Damage(kSecond, damaged);
    EXPECT_THAT(ReadJournal(disk_, kDirectory),
                StatusIs(absl::StatusCode::kDataLoss));
    disk_.Damage(kSecond, absl::string_view(synced).substr(0, at));
    EXPECT_THAT(ReadJournal(disk_, kDirectory),
                StatusIs(absl::StatusCode::kDataLoss,
                         HasSubstr(at < kSegmentHeaderBytes
                                       ? absl::StrCat(kSecond, " is cut off")
                                       : absl::StrCat(kSecond, " offset "))));
  }
  disk_.Damage(kSecond, synced);
  ROWHOUSE_ASSERT_OK(disk_.Remove(kFirst));
  ROWHOUSE_ASSERT_OK(disk_.Remove(kSecond));
  EXPECT_THAT(ReadJournal(disk_, kDirectory),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("LSN 5 had been synced")));
}

TEST_F(DamageTest, WhatTheMarkDoesNotKnowIsStillATornTail) {
  PutMarkBack();
  std::string damaged = files_[kSecond];
  damaged[OffsetOf(6) + kRecordHeaderBytes] ^= 1;
  disk_.Damage(kSecond, damaged);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal seen,
                                ReadJournal(disk_, kDirectory));
  EXPECT_THAT(seen.records, SizeIs(5));
  EXPECT_THAT(seen.replay.damaged_mark, IsEmpty());
}

TEST_F(DamageTest, WithoutAMarkThatCanBeReadNothingIsCut) {
  PutMarkBack();
  disk_.Damage(kMark, std::string(mark_.size(), '\0'));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal seen,
                                ReadJournal(disk_, kDirectory));
  EXPECT_THAT(seen.records, SizeIs(kWritten));
  EXPECT_THAT(seen.replay.damaged_mark,
              HasSubstr("journal/SYNCED: wrong magic"));
  disk_.Damage(kSecond, absl::string_view(files_[kSecond]).substr(0, 200));
  EXPECT_THAT(ReadJournal(disk_, kDirectory),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("Remove it to have them cut")));
  ROWHOUSE_ASSERT_OK(disk_.Remove(kMark));
  ROWHOUSE_EXPECT_OK(ReadJournal(disk_, kDirectory));
}

TEST_F(DamageTest, TheMarkOfAnotherIncarnationVouchesForNothing) {
  PutMarkBack();
  const std::string other =
      EncodeSyncedMark({.incarnation = 1, .synced = Lsn(99)});
  disk_.Damage(kMark, other);
  ROWHOUSE_EXPECT_OK(ReadJournal(disk_, kDirectory));
}

TEST_F(DamageTest, ATornGroupIsCutThoughItsLastRecordIsWhole) {
  std::string damaged = files_[kSecond];
  damaged[OffsetOf(6) + kRecordHeaderBytes] ^= 1;
  disk_.Damage(kSecond, damaged);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal seen,
                                ReadJournal(disk_, kDirectory, 0, 5));
  EXPECT_THAT(seen.records, SizeIs(5));
  EXPECT_EQ(seen.replay.cut_bytes, damaged.size() - OffsetOf(6));
}

TEST_F(DamageTest, ACutTailStaysCutAfterARestart) {
  std::string damaged = files_[kSecond];
  damaged[OffsetOf(6) + kRecordHeaderBytes] ^= 1;
  disk_.Damage(kSecond, damaged);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal before,
                                ReadJournal(disk_, kDirectory, 0, 5));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto journal,
      Journal::Open(disk_, OptionsAfter(before.replay, kDirectory)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Lsn lsn, AppendText(*journal, 2, "new"));
  EXPECT_EQ(lsn, Lsn(6));
  ROWHOUSE_ASSERT_OK(journal->Sync(lsn));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const SeenJournal seen, ReadJournal(disk_, kDirectory, 0, /*durable=*/6));
  ASSERT_THAT(seen.records, SizeIs(6));
  EXPECT_EQ(seen.records[5], (SeenRecord{6, 2, "new"}));
  EXPECT_EQ(seen.replay.cut_bytes, 0) << "reported when it was cut";
}

TEST_F(DamageTest, SwappedSegmentsAreFound) {
  disk_.Damage(kFirst, files_[kSecond]);
  disk_.Damage(kSecond, files_[kFirst]);
  EXPECT_THAT(ReadJournal(disk_, kDirectory, 0, 0),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("it is segment 2, expected 1")));
}

TEST_F(DamageTest, MissingSegmentsAreFound) {
  ROWHOUSE_ASSERT_OK(disk_.Remove(kFirst));
  EXPECT_THAT(ReadJournal(disk_, kDirectory, 0, 0),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("LSN 1")));
  ROWHOUSE_EXPECT_OK(ReadJournal(disk_, kDirectory, 3, kSynced));
  ROWHOUSE_ASSERT_OK(disk_.Remove(kSecond));
  EXPECT_THAT(ReadJournal(disk_, kDirectory, 3, kSynced),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("LSN 5 had been synced")));
  ROWHOUSE_EXPECT_OK(ReadJournal(disk_, kDirectory, 5, kSynced));
}

TEST_F(DamageTest, AnotherJournalsSegmentIsFound) {
  // The same LSNs and segment, other records before it.
  MemDisk other;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto journal, Journal::Open(other, OptionsAfter({}, kDirectory)));
  for (int i = 0; i < 3; ++i) {
    ROWHOUSE_ASSERT_OK(AppendText(*journal, 1, "other"));
  }
  ROWHOUSE_ASSERT_OK(journal->Roll());
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Lsn lsn, AppendText(*journal, 1, "four"));
  ROWHOUSE_ASSERT_OK(journal->Sync(lsn));
  disk_.Damage(kSecond, other.Read(kSecond, 1 << 20).value());
  EXPECT_THAT(
      ReadJournal(disk_, kDirectory, 0, 0),
      StatusIs(absl::StatusCode::kDataLoss, HasSubstr("does not continue")));
}

TEST_F(DamageTest, SegmentsThatAreNotNeededAreNotRead) {
  std::string damaged = files_[kFirst];
  damaged[OffsetOf(2)] ^= 1;
  disk_.Damage(kFirst, damaged);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal seen,
                                ReadJournal(disk_, kDirectory, 3, kSynced));
  EXPECT_THAT(seen.records, SizeIs(4));
  EXPECT_THAT(ReadJournal(disk_, kDirectory, 2, kSynced),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(DamageTest, RecordsUpToAfterAreNotVisited) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal seen,
                                ReadJournal(disk_, kDirectory, 6, kSynced));
  EXPECT_THAT(seen.records, ElementsAre(SeenRecord{7, 1, Payload(7)}));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal none,
                                ReadJournal(disk_, kDirectory, 7, kSynced));
  EXPECT_THAT(none.records, IsEmpty());
  EXPECT_EQ(none.replay.last, Lsn(7));
}

TEST_F(DamageTest, AnErrorOfTheVisitorEndsTheReplay) {
  int visits = 0;
  EXPECT_THAT(ReplayJournal(disk_, kDirectory, Lsn(0), Lsn(0),
                            [&](const JournalRecord& record) {
                              ++visits;
                              return record.lsn == Lsn(4)
                                         ? absl::AbortedError("enough")
                                         : absl::OkStatus();
                            }),
              StatusIs(absl::StatusCode::kAborted, "enough"));
  EXPECT_EQ(visits, 4);
}

TEST_F(DamageTest, ANewerFormatIsSaidToBeOne) {
  std::string newer = files_[kFirst];
  newer[12] = 2;
  const std::uint32_t crc = Crc32c(newer.data() + 12, 52);
  std::memcpy(newer.data() + 8, &crc, sizeof(crc));
  disk_.Damage(kFirst, newer);
  EXPECT_THAT(ReadJournal(disk_, kDirectory, 0, 0),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("journal format 2")));
}

TEST(ReplayJournalTest, ANewDirectoryIsAnEmptyJournal) {
  MemDisk disk;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(SeenJournal seen, ReadJournal(disk, "none"));
  EXPECT_EQ(seen.replay.last, Lsn(0));
  EXPECT_EQ(seen.replay.last_segment, 0);
  EXPECT_THAT(ReadJournal(disk, "none", 0, 1),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("LSN 1 had been synced")));
}

TEST(ReplayJournalTest, AnEmptySegmentStillKnowsItsPlace) {
  MemDisk disk;
  Journal::Options options = OptionsAfter({}, kDirectory);
  options.next = Lsn(101);
  ROWHOUSE_ASSERT_OK(Journal::Open(disk, options).status());
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal seen,
                                ReadJournal(disk, kDirectory, 100, 100));
  EXPECT_EQ(seen.replay.last, Lsn(100));
}

// Pushed values are in a client's hand: what looks like many beginnings of
// records must not make the search for a later record slow.
TEST(ReplayJournalTest, ASearchThroughLookalikesEnds) {
  MemDisk disk;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto journal, Journal::Open(disk, OptionsAfter({}, kDirectory)));
  std::string lookalikes;
  for (std::size_t i = 0; i < 20000; ++i) {
    std::string head(kRecordHeaderBytes, '\0');
    head.replace(0, 4, "RHRC");
    const std::uint32_t length =
        static_cast<std::uint32_t>((20000 - i - 1) * kRecordHeaderBytes);
    std::memcpy(head.data() + 8, &length, sizeof(length));
    head[24] = 1;  // the segment
    lookalikes += head;
  }
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Lsn lsn,
                                AppendText(*journal, 0, lookalikes));
  ROWHOUSE_ASSERT_OK(journal->Write(lsn));
  std::string damaged = disk.Read(kFirst, 1 << 20).value();
  damaged[kSegmentHeaderBytes + 5] ^= 1;
  disk.Damage(kFirst, damaged);
  EXPECT_THAT(
      ReadJournal(disk, kDirectory, 0, 0),
      StatusIs(absl::StatusCode::kDataLoss, HasSubstr("cannot be told apart")));
}

}  // namespace
}  // namespace rowhouse::storage
