#include "storage/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "storage/journal_format.h"
#include "storage/mem_disk.h"
#include "tests/storage/journal_records.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kDirectory[] = "data/journal";

class JournalTest : public ::testing::Test {
 protected:
  // Reads what is there and opens the journal behind it.
  void Reopen(std::uint64_t segment_bytes = 1 << 20) {
    journal_.reset();
    ROWHOUSE_ASSERT_OK(MakeJournalDurable(disk_, kDirectory));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal seen,
                                  ReadJournal(disk_, kDirectory));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        journal_, Journal::Open(disk_, OptionsAfter(seen.replay, kDirectory,
                                                    segment_bytes)));
  }

  std::uint64_t Append(absl::string_view text) {
    const auto lsn = AppendText(*journal_, 7, text);
    ROWHOUSE_EXPECT_OK(lsn);
    return lsn.ok() ? lsn->value() : 0;
  }

  std::vector<std::string> Payloads(std::uint64_t after = 0) {
    std::vector<std::string> payloads;
    const auto seen = ReadJournal(disk_, kDirectory, after);
    ROWHOUSE_EXPECT_OK(seen);
    if (!seen.ok()) return payloads;
    for (const SeenRecord& record : seen->records) {
      payloads.push_back(record.payload);
    }
    return payloads;
  }

  MemDisk disk_;
  std::unique_ptr<Journal> journal_;
};

TEST_F(JournalTest, RecordsComeBackInOrderWithKindAndPieces) {
  Reopen();
  EXPECT_EQ(journal_->last(), Lsn(0));
  const std::string a = "abc";
  const std::string b = "defgh";
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Lsn first,
      journal_->Append(1, {absl::Span<const char>(a), absl::Span<const char>(),
                           absl::Span<const char>(b)}));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Lsn second, journal_->Append(2, {}));
  EXPECT_EQ(first, Lsn(1));
  EXPECT_EQ(second, Lsn(2));
  EXPECT_EQ(journal_->last(), Lsn(2));
  ROWHOUSE_ASSERT_OK(journal_->Write(Lsn(2)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal seen,
                                ReadJournal(disk_, kDirectory));
  EXPECT_THAT(seen.records,
              ElementsAre(SeenRecord{1, 1, "abcdefgh"}, SeenRecord{2, 2, ""}));
  EXPECT_EQ(seen.replay.last, Lsn(2));
  EXPECT_EQ(seen.replay.last_segment, 1);
  EXPECT_EQ(seen.replay.records, 2);
  EXPECT_EQ(seen.replay.bytes, 56 + 48);
  EXPECT_EQ(seen.replay.cut_bytes, 0);
  EXPECT_EQ(seen.replay.incarnation, 0x1122334455667788);
}

TEST_F(JournalTest, WhatIsOnlyGatheredDiesWithTheProcess) {
  Reopen();
  Append("one");
  ROWHOUSE_ASSERT_OK(journal_->Write(Lsn(1)));
  Append("two");
  journal_.reset();
  disk_.Kill();
  EXPECT_THAT(Payloads(), ElementsAre("one"));
}

TEST_F(JournalTest, AnIdleJournalWritesWhatIsGathered) {
  Reopen();
  journal_->WriteIfIdle();
  Append("one");
  Append("two");
  journal_->WriteIfIdle();
  journal_.reset();
  disk_.Kill();
  EXPECT_THAT(Payloads(), ElementsAre("one", "two"));
}

TEST_F(JournalTest, AnEarlyWriteThatFailsIsToldToWhoWaits) {
  Reopen();
  Append("one");
  disk_.FailAppend(1, absl::UnavailableError("EIO"));
  journal_->WriteIfIdle();
  EXPECT_THAT(AppendText(*journal_, 0, "two"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("EIO")));
  EXPECT_THAT(journal_->Write(Lsn(1)),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("EIO")));
}

TEST_F(JournalTest, WhatIsOnlyWrittenDiesWithTheMachine) {
  Reopen();
  Append("one");
  Append("two");
  ROWHOUSE_ASSERT_OK(journal_->Sync(Lsn(1)));  // takes the group along
  EXPECT_EQ(journal_->synced(), Lsn(2));
  EXPECT_EQ(journal_->unsynced_bytes(), 0);
  Append("three");
  ROWHOUSE_ASSERT_OK(journal_->Write(Lsn(3)));
  EXPECT_EQ(journal_->synced(), Lsn(2));
  EXPECT_EQ(journal_->unsynced_bytes(), 56);
  // This seed keeps none of the last record's bytes whole.
  disk_.PowerCut(1, MemDisk::Tear::kPrefix);
  EXPECT_THAT(Payloads(), ElementsAre("one", "two"));
}

TEST_F(JournalTest, ASyncServesAllThatWaitForIt) {
  Reopen();
  const std::uint64_t before = disk_.syncs();
  for (int i = 0; i < 5; ++i) Append("x");
  ROWHOUSE_ASSERT_OK(journal_->Sync(Lsn(3)));
  EXPECT_EQ(disk_.syncs(), before + 1);
  ROWHOUSE_ASSERT_OK(journal_->Sync(Lsn(5)));
  ROWHOUSE_ASSERT_OK(journal_->Write(Lsn(5)));
  EXPECT_EQ(disk_.syncs(), before + 1);
}

TEST_F(JournalTest, AnLsnThatWasNeverGivenIsRefused) {
  Reopen();
  Append("x");
  EXPECT_THAT(journal_->Write(Lsn(2)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("LSN 2")));
  EXPECT_THAT(journal_->Sync(Lsn(2)),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(JournalTest, ThreadsShareGroupsAndSyncs) {
  constexpr int kThreads = 8;
  constexpr int kEach = 100;
  Reopen(4096);  // rolls often
  std::atomic<int> acked = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const auto lsn = AppendText(*journal_, t, absl::StrCat(t, ":", i));
        if (!lsn.ok()) return;
        const bool power = i % 3 != 0;
        const absl::Status status =
            power ? journal_->Sync(*lsn) : journal_->Write(*lsn);
        if (status.ok() && (!power || journal_->synced() >= *lsn)) ++acked;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(acked, kThreads * kEach);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal seen,
                                ReadJournal(disk_, kDirectory));
  ASSERT_EQ(seen.records.size(), kThreads * kEach);
  // Each thread's records are in its own order.
  std::vector<int> next(kThreads, 0);
  for (const SeenRecord& record : seen.records) {
    const int t = static_cast<int>(record.kind);
    EXPECT_EQ(record.payload, absl::StrCat(t, ":", next[t]++));
  }
}

TEST_F(JournalTest, AFailedSyncIsForGood) {
  // Opening syncs the header and the directory; then each record its own.
  for (std::uint64_t n = 1; n <= 20; ++n) {
    MemDisk disk;
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        const auto journal, Journal::Open(disk, OptionsAfter({}, kDirectory)));
    disk.FailSync(n, absl::UnavailableError("EIO"));
    std::uint64_t acked = 0;
    for (int i = 0; i < 20; ++i) {
      const auto lsn = AppendText(*journal, 0, "x");
      if (!lsn.ok()) break;
      if (!journal->Sync(*lsn).ok()) break;
      acked = lsn->value();
    }
    EXPECT_EQ(acked, n - 1);
    const auto failed = StatusIs(absl::StatusCode::kUnavailable,
                                 HasSubstr("must be restarted: EIO"));
    EXPECT_THAT(AppendText(*journal, 0, "y"), failed);
    EXPECT_THAT(journal->Write(Lsn(1)), failed);
    EXPECT_THAT(journal->Sync(Lsn(1)), failed);
    EXPECT_THAT(journal->Roll(), failed);
    EXPECT_THAT(journal->RemoveUpTo(Lsn(1)), failed);
    disk.PowerCut(n, MemDisk::Tear::kSectors);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        const SeenJournal seen,
        ReadJournal(disk, kDirectory, /*after=*/0, /*durable=*/acked));
    EXPECT_GE(seen.records.size(), acked);
  }
}

TEST_F(JournalTest, AFailedWriteIsForGood) {
  Reopen();
  Append("one");
  ROWHOUSE_ASSERT_OK(journal_->Sync(Lsn(1)));
  disk_.FailAppend(1, absl::UnavailableError("EIO"));
  Append("two");
  const auto failed = StatusIs(absl::StatusCode::kUnavailable,
                               HasSubstr("must be restarted: EIO"));
  EXPECT_THAT(journal_->Sync(Lsn(2)), failed);
  EXPECT_THAT(journal_->Write(Lsn(1)), failed);
  EXPECT_THAT(AppendText(*journal_, 0, "three"), failed);
  disk_.Kill();
  EXPECT_THAT(Payloads(), ElementsAre("one"));
}

TEST_F(JournalTest, AFullDiskGivesNoLsnAndHealsByItself) {
  constexpr std::uint64_t kSegment = 1024;
  Reopen(kSegment);
  disk_.SetCapacity(0);  // but for what is reserved
  const std::string large(500, 'l');
  EXPECT_EQ(Append(large), 1);
  EXPECT_THAT(AppendText(*journal_, 0, large),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(AppendText(*journal_, 0, large),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(journal_->last(), Lsn(1));
  EXPECT_EQ(Append("small"), 2) << "there is room for it";
  disk_.SetCapacity(20 * kSegment);
  EXPECT_EQ(Append(large), 3);
  ROWHOUSE_ASSERT_OK(journal_->Sync(Lsn(3)));
  disk_.PowerCut(0, MemDisk::Tear::kPrefix);
  EXPECT_THAT(Payloads(), ElementsAre(large, "small", large));
}

TEST_F(JournalTest, ItOpensOnAFullDiskAndBeginsASegmentWhenRoomComes) {
  for (int life = 0; life < 2; ++life) {
    disk_.SetCapacity(0);
    Reopen(1024);
    EXPECT_EQ(journal_->last(), Lsn(life));
    EXPECT_THAT(AppendText(*journal_, 0, "x"),
                StatusIs(absl::StatusCode::kResourceExhausted));
    ROWHOUSE_EXPECT_OK(journal_->Roll());
    ROWHOUSE_EXPECT_OK(journal_->Sync(Lsn(life)));
    ROWHOUSE_EXPECT_OK(journal_->RemoveUpTo(Lsn(0)));
    disk_.SetCapacity(1 << 20);
    EXPECT_EQ(Append("x"), life + 1);
    ROWHOUSE_ASSERT_OK(journal_->Sync(Lsn(life + 1)));
  }
  EXPECT_THAT(Payloads(), ElementsAre("x", "x"));
}

TEST_F(JournalTest, ABudgetRefusesWithNumbersUntilSegmentsAreRemoved) {
  Journal::Options options = OptionsAfter({}, kDirectory, 1024);
  options.bytes_max = 2 * 1024;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(journal_, Journal::Open(disk_, options));
  const std::string large(400, 'l');  // 448 bytes, two to a segment
  for (int i = 1; i <= 4; ++i) EXPECT_EQ(Append(large), i);
  EXPECT_EQ(journal_->bytes(), 2 * (64 + 2 * 448));
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(AppendText(*journal_, 0, large),
                StatusIs(absl::StatusCode::kResourceExhausted,
                         HasSubstr("keeps 1920 of at most 2048 bytes")));
  }
  EXPECT_EQ(journal_->last(), Lsn(4));
  EXPECT_EQ(Append(""), 5) << "there is room for it";
  ROWHOUSE_ASSERT_OK(journal_->RemoveUpTo(Lsn(2)));
  EXPECT_EQ(Append(large), 6);
  ROWHOUSE_ASSERT_OK(journal_->Sync(Lsn(6)));
  EXPECT_THAT(Payloads(/*after=*/2), ElementsAre(large, large, "", large));
}

TEST_F(JournalTest, OldSegmentsCountForTheBudget) {
  Reopen(1024);
  Append(std::string(700, 'o'));
  ROWHOUSE_ASSERT_OK(journal_->Sync(Lsn(1)));
  journal_.reset();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal seen,
                                ReadJournal(disk_, kDirectory));
  Journal::Options options = OptionsAfter(seen.replay, kDirectory, 1024);
  options.bytes_max = 1024;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(journal_, Journal::Open(disk_, options));
  EXPECT_THAT(AppendText(*journal_, 0, std::string(200, 'n')),
              StatusIs(absl::StatusCode::kResourceExhausted));
  ROWHOUSE_ASSERT_OK(journal_->RemoveUpTo(Lsn(1)));
  EXPECT_EQ(Append(std::string(200, 'n')), 2);
}

// A segment's whole room is reserved when it is begun, and kill -9 gives
// nothing back. Recovery does, for segments that are still needed too.
TEST_F(JournalTest, KilledAgainAndAgainItDoesNotFillTheDisk) {
  constexpr std::uint64_t kSegment = 1 << 20;
  disk_.SetCapacity(2 * kSegment);
  std::vector<std::string> written;
  for (int life = 0; life < 10; ++life) {
    Reopen(kSegment);
    written.push_back(absl::StrCat("of life ", life));
    const std::uint64_t lsn = Append(written.back());
    ROWHOUSE_ASSERT_OK(journal_->Write(Lsn(lsn)));
    disk_.Kill();
  }
  EXPECT_EQ(journal_->SegmentPaths().size(), 10);
  journal_.reset();
  EXPECT_EQ(Payloads(), written);
}

TEST_F(JournalTest, ASegmentTakesWhatFitsToTheLastByte) {
  // Header 64, records of 48 + 8: two fill it exactly.
  Reopen(64 + 2 * 56);
  Append("12345678");
  Append("12345678");
  EXPECT_THAT(journal_->SegmentPaths(),
              ElementsAre("data/journal/0000000000000001.journal"));
  EXPECT_EQ(journal_->bytes(), 64 + 2 * 56);
  Append("");
  EXPECT_THAT(journal_->SegmentPaths(),
              ElementsAre("data/journal/0000000000000001.journal",
                          "data/journal/0000000000000002.journal"));
  EXPECT_EQ(journal_->bytes(), 64 + 2 * 56 + 64 + 48);
  EXPECT_EQ(journal_->synced(), Lsn(2)) << "a segment that is left is synced";
}

TEST_F(JournalTest, ALargeRecordGetsASegmentAlone) {
  Reopen(256);
  const std::string large(1000, 'x');
  Append("a");
  Append(large);
  Append("b");
  EXPECT_EQ(journal_->SegmentPaths().size(), 3);
  ROWHOUSE_ASSERT_OK(journal_->Write(Lsn(3)));
  EXPECT_THAT(Payloads(), ElementsAre("a", large, "b"));
}

TEST_F(JournalTest, ARecordBeyondTheLimitIsRefused) {
  Reopen();
  const std::string piece(1 << 20, 'x');
  const std::vector<absl::Span<const char>> pieces(
      kJournalPayloadBytesMax / piece.size() + 1, piece);
  EXPECT_THAT(
      journal_->Append(0, pieces),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("69206016")));
  EXPECT_EQ(Append("x"), 1);
}

TEST_F(JournalTest, AFullGroupIsWrittenUnasked) {
  Reopen(64u << 20);
  const std::string mebi(1 << 20, 'x');
  for (std::size_t i = 0; i <= kJournalGroupBytesMax >> 20; ++i) Append(mebi);
  journal_.reset();
  disk_.Kill();
  // Each record is a little more than 1 MiB, so seven fit a group of eight.
  EXPECT_EQ(Payloads().size(), 7);
}

TEST_F(JournalTest, RollEndsASegmentThatHoldsSomething) {
  Reopen();
  ROWHOUSE_ASSERT_OK(journal_->Roll());
  EXPECT_EQ(journal_->SegmentPaths().size(), 1);
  Append("a");
  ROWHOUSE_ASSERT_OK(journal_->Roll());
  ASSERT_EQ(journal_->SegmentPaths().size(), 2);
  const std::string closed = journal_->SegmentPaths()[0];
  const std::string before = disk_.Read(closed, 1 << 20).value();
  EXPECT_EQ(before.size(), 64 + 56);
  EXPECT_EQ(journal_->synced(), Lsn(1));
  Append("b");
  ROWHOUSE_ASSERT_OK(journal_->Sync(Lsn(2)));
  EXPECT_EQ(disk_.Read(closed, 1 << 20).value(), before);
  EXPECT_THAT(Payloads(), ElementsAre("a", "b"));
}

TEST_F(JournalTest, RemovesSegmentsThatAreNotNeeded) {
  Reopen(64 + 2 * 56);
  for (int i = 0; i < 6; ++i) Append("12345678");
  ROWHOUSE_ASSERT_OK(journal_->Sync(Lsn(6)));
  EXPECT_EQ(journal_->SegmentPaths().size(), 3);
  ROWHOUSE_ASSERT_OK(journal_->RemoveUpTo(Lsn(1)));
  EXPECT_EQ(journal_->SegmentPaths().size(), 3) << "record 2 is needed";
  ROWHOUSE_ASSERT_OK(journal_->RemoveUpTo(Lsn(2)));
  EXPECT_EQ(journal_->SegmentPaths().size(), 2);
  EXPECT_EQ(journal_->bytes(), 2 * (64 + 2 * 56));
  ROWHOUSE_ASSERT_OK(journal_->RemoveUpTo(Lsn(6)));
  EXPECT_EQ(journal_->SegmentPaths().size(), 1) << "the open one stays";
  EXPECT_THAT(disk_.List(kDirectory).value(),
              ElementsAre("0000000000000001.spare", "0000000000000002.spare",
                          "0000000000000003.journal", "SYNCED"));
  disk_.PowerCut(0, MemDisk::Tear::kPrefix);
  EXPECT_THAT(Payloads(/*after=*/4), ElementsAre("12345678", "12345678"));
  EXPECT_THAT(ReadJournal(disk_, kDirectory, /*after=*/3),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("LSN 4 is needed: a segment is missing")));
}

TEST_F(JournalTest, RemovesSegmentsFromBeforeARestart) {
  Reopen();
  Append("a");
  ROWHOUSE_ASSERT_OK(journal_->Sync(Lsn(1)));
  Reopen();
  Reopen();  // leaves a segment without records
  Append("b");
  EXPECT_EQ(journal_->SegmentPaths().size(), 3);
  EXPECT_EQ(journal_->bytes(), 3 * 64 + 2 * 56);
  ROWHOUSE_ASSERT_OK(journal_->RemoveUpTo(Lsn(0)));
  EXPECT_EQ(journal_->SegmentPaths().size(), 3);
  ROWHOUSE_ASSERT_OK(journal_->RemoveUpTo(Lsn(1)));
  EXPECT_EQ(journal_->SegmentPaths().size(), 1);
}

TEST_F(JournalTest, ASegmentWithoutHeaderDoesNoHarm) {
  Reopen();
  Append("a");
  ROWHOUSE_ASSERT_OK(journal_->Sync(Lsn(1)));
  disk_.FailAppend(1, absl::UnavailableError("killed"));
  EXPECT_THAT(journal_->Roll(), StatusIs(absl::StatusCode::kUnavailable));
  disk_.Kill();
  // As if the kill had also come before the file was removed again.
  ROWHOUSE_ASSERT_OK(
      disk_.Create("data/journal/0000000000000002.journal").status());
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal seen,
                                ReadJournal(disk_, kDirectory));
  EXPECT_EQ(seen.replay.last, Lsn(1));
  EXPECT_EQ(seen.replay.last_segment, 2);
  Reopen();
  EXPECT_EQ(Append("b"), 2);
  ROWHOUSE_ASSERT_OK(journal_->Write(Lsn(2)));
  EXPECT_THAT(Payloads(), ElementsAre("a", "b"));
  ROWHOUSE_ASSERT_OK(journal_->RemoveUpTo(Lsn(1)));
  EXPECT_THAT(disk_.List(kDirectory).value(),
              ElementsAre("0000000000000003.journal", "SYNCED"));
}

TEST_F(JournalTest, OpeningRefusesWhatCannotBe) {
  Journal::Options options = OptionsAfter({}, kDirectory);
  options.segment_bytes = kSegmentHeaderBytes;
  EXPECT_THAT(Journal::Open(disk_, options),
              StatusIs(absl::StatusCode::kInvalidArgument));
  options.segment_bytes = kSegmentBytesMax + 1;
  EXPECT_THAT(Journal::Open(disk_, options),
              StatusIs(absl::StatusCode::kInvalidArgument));
  options = OptionsAfter({}, kDirectory);
  options.next = Lsn(0);
  EXPECT_THAT(Journal::Open(disk_, options),
              StatusIs(absl::StatusCode::kInvalidArgument));
  Reopen();
  EXPECT_THAT(
      Journal::Open(disk_, OptionsAfter({}, kDirectory)),
      StatusIs(absl::StatusCode::kInternal, HasSubstr("has segment 1")));
}

TEST(JournalOnTheMachineTest, RecordsComeBackAndSpaceIsGivenBack) {
  const TempDir directory;
  const std::string path = directory.File("journal");
  std::vector<std::string> paths;
  {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        const auto journal,
        Journal::Open(PosixDisk(), OptionsAfter({}, path, 4096)));
    for (int i = 0; i < 10; ++i) {
      ROWHOUSE_ASSERT_OK(
          AppendText(*journal, 0, std::string(1000, static_cast<char>(i))));
    }
    ROWHOUSE_ASSERT_OK(journal->Write(Lsn(10)));
    paths = journal->SegmentPaths();
  }
  EXPECT_THAT(paths, ::testing::SizeIs(4)) << "three records in each";
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal seen,
                                ReadJournal(PosixDisk(), path, 0, 9));
  ASSERT_THAT(seen.records, ::testing::SizeIs(10));
  EXPECT_EQ(seen.records[9].payload, std::string(1000, '\x09'));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto journal,
      Journal::Open(PosixDisk(), OptionsAfter(seen.replay, path, 4096)));
  ROWHOUSE_ASSERT_OK(journal->RemoveUpTo(Lsn(10)));
  EXPECT_THAT(
      PosixDisk().List(path),
      IsOkAndHolds(ElementsAre(
          "0000000000000001.spare", "0000000000000002.spare",
          "0000000000000003.spare", "0000000000000005.journal", "SYNCED")));
  ROWHOUSE_ASSERT_OK(journal->DropSpares());
  EXPECT_THAT(PosixDisk().List(path),
              IsOkAndHolds(ElementsAre("0000000000000005.journal", "SYNCED")));
}

// Lives of a journal that end in power cuts at any place. What was synced is
// there, in order and unchanged; what was not may be there up to some record.
TEST_F(JournalTest, PowerCutsTakeOnlyATailThatWasNotSynced) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE(seed);
    MemDisk disk;
    std::mt19937_64 random(seed);
    const auto chance = [&](int n) { return random() % n == 0; };
    std::vector<std::string> expected;  // by LSN - 1
    std::uint64_t synced = 0;
    for (int life = 0; life < 6; ++life) {
      if (chance(5)) {  // dies while it opens
        disk.FailSync(1 + random() % 6, absl::UnavailableError("cut"));
      }
      const absl::Status durable = MakeJournalDurable(disk, kDirectory);
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal seen,
                                    ReadJournal(disk, kDirectory, 0, synced));
      ASSERT_GE(seen.records.size(), synced);
      ASSERT_LE(seen.records.size(), expected.size());
      expected.resize(seen.records.size());
      for (std::size_t i = 0; i < expected.size(); ++i) {
        ASSERT_EQ(seen.records[i].lsn, i + 1);
        ASSERT_EQ(seen.records[i].payload, expected[i]);
      }
      const auto journal =
          durable.ok()
              ? Journal::Open(disk, OptionsAfter(seen.replay, kDirectory, 4096))
              : absl::StatusOr<std::unique_ptr<Journal>>(durable);
      for (int i = 0; journal.ok() && i < 40; ++i) {
        std::string payload(chance(20) ? 6000 : random() % 300, '\0');
        for (char& c : payload) c = static_cast<char>(random());
        const auto lsn = AppendText(**journal, 0, payload);
        if (!lsn.ok()) break;
        expected.push_back(payload);
        if (chance(4)) (*journal)->Write(*lsn).IgnoreError();
        if (chance(8)) (*journal)->Sync(*lsn).IgnoreError();
        if (chance(30)) (*journal)->Roll().IgnoreError();
        if (chance(50)) {
          disk.FailSync(1 + random() % 4, absl::UnavailableError("cut"));
        }
      }
      if (journal.ok()) synced = (*journal)->synced().value();
      disk.FailSync(0, absl::OkStatus());
      if (chance(3)) {
        disk.Kill();
      } else {
        disk.PowerCut(random(), chance(2) ? MemDisk::Tear::kPrefix
                                          : MemDisk::Tear::kSectors);
      }
    }
  }
}

}  // namespace
}  // namespace rowhouse::storage
