// Segments whose files were segments before: nothing of an earlier life counts.
#include "storage/segment_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "storage/journal.h"
#include "storage/mem_disk.h"
#include "tests/storage/journal_records.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kDirectory[] = "j";
constexpr std::uint64_t kSegment = 1024;

TEST(SegmentFilesTest, ANewSegmentIsReservedAndASpareOneIsTakenFirst) {
  MemDisk disk;
  SegmentFiles files(disk, kDirectory, kSegment);
  EXPECT_THAT(files.Adopt(1, Lsn(1)), IsOk());
  disk.SetCapacity(kSegment);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      auto begun, files.Begin({.segment = 1, .first = Lsn(1)}, kSegment));
  EXPECT_EQ(begun.path, "j/0000000000000001.journal");
  EXPECT_EQ(begun.stale_bytes, 0);
  EXPECT_THAT(files.Begin({.segment = 2, .first = Lsn(1)}, kSegment),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(disk.List(kDirectory),
              IsOkAndHolds(ElementsAre("0000000000000001.journal")));
  const std::string rest(kSegment - kSegmentHeaderBytes, 'r');
  ROWHOUSE_ASSERT_OK(begun.file->Append({absl::Span<const char>(rest)}));
  begun.file.reset();
  ROWHOUSE_ASSERT_OK(files.Remove({begun.path}));
  disk.SetCapacity(kSegment + kEndMarkBytes);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      begun, files.Begin({.segment = 3, .first = Lsn(1)}, kSegment));
  EXPECT_EQ(begun.stale_bytes, kSegment);
  EXPECT_THAT(disk.List(kDirectory),
              IsOkAndHolds(ElementsAre("0000000000000003.journal")));
  const std::string bytes = disk.Read(begun.path, kSegment).value();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto head, DecodeSegmentHeader(bytes));
  EXPECT_EQ(head.header.segment, 3);
  EXPECT_TRUE(head.header.reused);
  EXPECT_EQ(head.crc, begun.crc);
  EXPECT_TRUE(BeginsWithEndMark(bytes.substr(kSegmentHeaderBytes)));
}

// A spare that cannot be made large enough gives its room back.
TEST(SegmentFilesTest, AFullDiskTakesTheSpareToo) {
  MemDisk disk;
  SegmentFiles files(disk, kDirectory, kSegment);
  EXPECT_THAT(files.Adopt(1, Lsn(1)), IsOk());
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      auto begun, files.Begin({.segment = 1, .first = Lsn(1)}, kSegment));
  const std::string rest(kSegment - kSegmentHeaderBytes, 'r');
  ROWHOUSE_ASSERT_OK(begun.file->Append({absl::Span<const char>(rest)}));
  begun.file.reset();
  ROWHOUSE_ASSERT_OK(files.Remove({begun.path}));
  disk.SetCapacity(kSegment);
  EXPECT_THAT(files.Begin({.segment = 2, .first = Lsn(1)}, 4 * kSegment),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(disk.List(kDirectory), IsOkAndHolds(ElementsAre()));
}

// Records 1 to 10 filled two segments, whose files are spare. Segment 4 is
// written over the second: records 16 and 17 synced one by one, 18 and 19 in
// one group that was written and not synced. 15 and before are in segment 3.
class ReusedSegmentTest : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kBefore = 15;
  static constexpr std::uint64_t kSynced = 17;
  static constexpr std::uint64_t kWritten = 19;
  static constexpr char kPath[] = "j/0000000000000004.journal";

  static std::string Payload(std::uint64_t lsn) {
    return std::string(lsn <= kBefore ? 140 : 30 + lsn,
                       static_cast<char>('a' + lsn));
  }

  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        const auto journal,
        Journal::Open(disk_, OptionsAfter({}, kDirectory, kSegment)));
    for (std::uint64_t lsn = 1; lsn <= kWritten; ++lsn) {
      if (lsn == kBefore + 1) {
        ROWHOUSE_ASSERT_OK(journal->RemoveUpTo(Lsn(10)));
        ROWHOUSE_ASSERT_OK(journal->Roll());
      }
      ROWHOUSE_ASSERT_OK(AppendText(*journal, 1, Payload(lsn)));
      if (lsn <= kSynced) {
        ROWHOUSE_ASSERT_OK(journal->Sync(Lsn(lsn)));
      }
    }
    ROWHOUSE_ASSERT_OK(journal->Write(Lsn(kWritten)));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(file_, disk_.Read(kPath, 1 << 20));
    end_ = kSegmentHeaderBytes;
    for (std::uint64_t lsn = kBefore + 1; lsn <= kWritten; ++lsn) {
      end_ += RecordBytes(Payload(lsn).size());
    }
  }

  absl::StatusOr<SeenJournal> Read(absl::string_view damaged,
                                   std::uint64_t durable) {
    disk_.Damage(kPath, damaged);
    return ReadJournal(disk_, kDirectory, kBefore, durable);
  }

  void ExpectRefusedOrPrefix(const absl::StatusOr<SeenJournal>& seen,
                             std::uint64_t least) {
    if (!seen.ok()) {
      EXPECT_THAT(seen, StatusIs(absl::StatusCode::kDataLoss));
      return;
    }
    EXPECT_GE(kBefore + seen->records.size(), least);
    for (std::size_t i = 0; i < seen->records.size(); ++i) {
      const std::uint64_t lsn = kBefore + 1 + i;
      EXPECT_EQ(seen->records[i], (SeenRecord{lsn, 1, Payload(lsn)}));
    }
  }

  MemDisk disk_;
  std::string file_;
  std::size_t end_ = 0;  // of its records
};

TEST_F(ReusedSegmentTest, OldRecordsBehindTheEndDoNotCount) {
  EXPECT_GT(file_.size(), end_ + RecordBytes(140)) << "there are some";
  EXPECT_THAT(file_.substr(end_), HasSubstr("RHRC"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal seen, Read(file_, kSynced));
  EXPECT_EQ(seen.records.size(), kWritten - kBefore);
  EXPECT_EQ(seen.replay.last, Lsn(kWritten));
  EXPECT_EQ(seen.replay.cut_bytes, 0) << "nothing was torn";
}

TEST_F(ReusedSegmentTest, EveryFlippedBitIsFoundOrCutsOnlyTheTail) {
  for (std::size_t at = 0; at < file_.size(); ++at) {
    for (const std::uint8_t bit : {0x01, 0x10, 0x80}) {
      std::string damaged = file_;
      damaged[at] = static_cast<char>(damaged[at] ^ bit);
      SCOPED_TRACE(absl::StrCat("byte ", at));
      for (const std::uint64_t durable : {kSynced, std::uint64_t{0}}) {
        const auto seen = Read(damaged, durable);
        ExpectRefusedOrPrefix(seen, kSynced);
        if (at < end_) continue;
        // Old bytes and the mark before them: all records are there.
        ROWHOUSE_ASSERT_OK(seen);
        EXPECT_EQ(seen->records.size(), kWritten - kBefore);
        EXPECT_EQ(seen->replay.cut_bytes,
                  at < end_ + kEndMarkBytes ? kRecordHeaderBytes : 0);
      }
    }
  }
}

TEST_F(ReusedSegmentTest, EveryTruncationIsFoundOrCutsOnlyTheTail) {
  for (std::size_t size = 0; size < file_.size(); ++size) {
    SCOPED_TRACE(absl::StrCat("cut to ", size));
    ExpectRefusedOrPrefix(Read(file_.substr(0, size), kSynced), kSynced);
  }
}

// As a power cut leaves it: sectors of the unsynced group are those from
// before, down to whole old records in the place of new ones.
TEST_F(ReusedSegmentTest, OldBytesInThePlaceOfATornGroupAreCut) {
  std::string old;  // the file as it was, of records 6 to 10
  const std::size_t torn =
      end_ - RecordBytes(Payload(18).size()) - RecordBytes(Payload(19).size());
  EncodeSegmentHeader({.segment = 2, .first = Lsn(6)}, old);
  while (old.size() < torn) old += '\0';
  for (std::uint64_t lsn = 9; old.size() < file_.size(); ++lsn) {
    AppendRecord(
        {.kind = 1, .lsn = Lsn(lsn), .segment = 2, .durable = Lsn(lsn - 1)},
        {absl::Span<const char>(Payload(1))}, old);
  }
  const std::string reverted = file_.substr(0, torn) + old.substr(torn);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal seen,
                                Read(reverted, kSynced));
  EXPECT_EQ(seen.records.size(), kSynced - kBefore);
  EXPECT_EQ(seen.replay.last, Lsn(kSynced));
  // A record that had been synced is missed all the same.
  EXPECT_THAT(Read(reverted, kSynced + 1),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr(absl::StrCat("offset ", torn))));
}

TEST_F(ReusedSegmentTest, ACutTailIsCountedWhereItCanBeTold) {
  std::string damaged = file_;
  damaged[end_ - 8] ^= 1;  // in record 19
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SeenJournal seen, Read(damaged, kSynced));
  EXPECT_EQ(seen.records.size(), 3);
  EXPECT_EQ(seen.replay.cut_bytes, RecordBytes(Payload(19).size()));
}

// A file that is not reused holds no older record, wherever one comes from.
TEST_F(ReusedSegmentTest, AnOldRecordInANewFileIsDamage) {
  std::string head;
  const std::uint32_t crc =
      EncodeSegmentHeader({.segment = 4,
                           .first = Lsn(kBefore + 1),
                           .incarnation = 0x1122334455667788,
                           .durable = Lsn(kBefore)},
                          head);
  AppendRecord({.lsn = Lsn(9), .segment = 2, .previous_crc = crc}, {}, head);
  EXPECT_THAT(Read(head, kBefore), StatusIs(absl::StatusCode::kDataLoss,
                                            HasSubstr("LSN 9 and segment 2")));
}

// Lives of a journal that gives segments away and ends in power cuts at any
// place. What was synced and not given away is there, in order and unchanged.
TEST(ReusedJournalTest, PowerCutsTakeOnlyATailThatWasNotSynced) {
  bool reused = false;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    MemDisk disk;
    std::mt19937_64 random(seed);
    const auto chance = [&](int n) { return random() % n == 0; };
    std::map<std::uint64_t, std::string> expected;
    std::uint64_t synced = 0;
    std::uint64_t removed = 0;
    for (int life = 0; life < 6; ++life) {
      if (chance(4)) {  // dies while it opens
        disk.FailSync(1 + random() % 6, absl::UnavailableError("cut"));
      }
      const absl::Status durable = MakeJournalDurable(disk, kDirectory);
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(
          const SeenJournal seen,
          ReadJournal(disk, kDirectory, removed, synced));
      ASSERT_GE(removed + seen.records.size(), synced);
      std::uint64_t last = removed;
      for (const SeenRecord& record : seen.records) {
        ASSERT_EQ(record.lsn, ++last);
        ASSERT_EQ(record.payload, expected[record.lsn]);
      }
      JournalReplay replay = seen.replay;
      replay.last = Lsn(last);
      const auto journal =
          durable.ok()
              ? Journal::Open(disk, OptionsAfter(replay, kDirectory, kSegment))
              : absl::StatusOr<std::unique_ptr<Journal>>(durable);
      for (int i = 0; journal.ok() && i < 60; ++i) {
        std::string payload(chance(20) ? 1500 : random() % 300, '\0');
        for (char& c : payload) c = static_cast<char>(random());
        const auto lsn = AppendText(**journal, 0, payload);
        if (!lsn.ok()) break;
        expected[lsn->value()] = payload;
        if (chance(4)) (*journal)->Write(*lsn).IgnoreError();
        if (chance(6)) (*journal)->Sync(*lsn).IgnoreError();
        if (chance(30)) (*journal)->Roll().IgnoreError();
        if (chance(50)) {
          disk.FailSync(1 + random() % 8, absl::UnavailableError("cut"));
        }
        if (chance(10)) {
          const std::uint64_t upto = (*journal)->synced().value();
          (*journal)->RemoveUpTo(Lsn(upto)).IgnoreError();
          removed = std::max(removed, upto);
        }
        for (const std::string& path : (*journal)->SegmentPaths()) {
          const auto head = disk.ReadPiece(path, 0, kSegmentHeaderBytes);
          reused |= head.ok() && DecodeSegmentHeader(*head).ok() &&
                    DecodeSegmentHeader(*head)->header.reused;
        }
      }
      if (journal.ok()) {
        synced = std::max(synced, (*journal)->synced().value());
      }
      disk.FailSync(0, absl::OkStatus());
      if (chance(3)) {
        disk.Kill();
      } else {
        disk.PowerCut(random(), chance(2) ? MemDisk::Tear::kPrefix
                                          : MemDisk::Tear::kSectors);
      }
    }
  }
  EXPECT_TRUE(reused);
}

}  // namespace
}  // namespace rowhouse::storage
