#include "tools/journal_walk.h"

#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/journal.h"
#include "storage/journal_format.h"
#include "storage/mem_disk.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A record of 8 bytes takes 56; the header of a segment 64.
constexpr char kPayload[] = "8 bytes";

std::unique_ptr<storage::Journal> OpenJournal(storage::Disk& disk) {
  auto journal = storage::Journal::Open(
      disk, {.directory = "j", .segment_bytes = 1 << 20, .incarnation = 1});
  EXPECT_THAT(journal, IsOk());
  return *std::move(journal);
}

void Append(storage::Journal& journal, int records) {
  for (int i = 0; i < records; ++i) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        const Lsn lsn, journal.Append(1, {{kPayload, sizeof(kPayload)}}));
    ROWHOUSE_ASSERT_OK(journal.Sync(lsn));
  }
}

// "LSN@segment:offset" of each record visited.
struct Visits {
  std::vector<std::string> places;

  absl::Status operator()(const WalkedRecord& walked) {
    EXPECT_EQ(walked.bytes, 56u);
    places.push_back(absl::StrCat(walked.record.lsn.value(), "@",
                                  walked.path.substr(walked.path.size() - 9, 1),
                                  ":", walked.offset));
    return absl::OkStatus();
  }
};

std::string SegmentPath(std::uint64_t id) {
  return absl::StrCat("j/", storage::SegmentFileName(id));
}

TEST(JournalWalkTest, RecordsHaveTheirPlaces) {
  storage::MemDisk disk;
  const auto journal = OpenJournal(disk);
  Append(*journal, 2);
  ROWHOUSE_ASSERT_OK(journal->Roll());
  Append(*journal, 2);
  Visits visits;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto replay,
      WalkJournal(disk, "j", Lsn(), Lsn(4), std::ref(visits)));
  EXPECT_THAT(visits.places,
              ElementsAre("1@1:64", "2@1:120", "3@2:64", "4@2:120"));
  EXPECT_EQ(replay.last, Lsn(4));
  EXPECT_EQ(replay.cut_bytes, 0u);
}

TEST(JournalWalkTest, BeginsBehindALsnInTheMiddleOfASegment) {
  storage::MemDisk disk;
  const auto journal = OpenJournal(disk);
  Append(*journal, 2);
  ROWHOUSE_ASSERT_OK(journal->Roll());
  Append(*journal, 2);
  for (const auto& [after, first] :
       {std::pair(1, "2@1:120"), std::pair(2, "3@2:64"),
        std::pair(3, "4@2:120")}) {
    Visits visits;
    ROWHOUSE_ASSERT_OK(
        WalkJournal(disk, "j", Lsn(after), Lsn(4), std::ref(visits)));
    ASSERT_EQ(visits.places.size(), static_cast<std::size_t>(4 - after));
    EXPECT_EQ(visits.places[0], first);
  }
  Visits none;
  ROWHOUSE_ASSERT_OK(WalkJournal(disk, "j", Lsn(9), Lsn(4), std::ref(none)));
  EXPECT_THAT(none.places, IsEmpty());
}

TEST(JournalWalkTest, OldSegmentsThatAreGoneAreNotMissed) {
  storage::MemDisk disk;
  const auto journal = OpenJournal(disk);
  Append(*journal, 2);
  ROWHOUSE_ASSERT_OK(journal->Roll());
  Append(*journal, 1);
  ROWHOUSE_ASSERT_OK(journal->RemoveUpTo(Lsn(2)));
  Visits visits;
  ROWHOUSE_ASSERT_OK(WalkJournal(disk, "j", Lsn(), Lsn(3), std::ref(visits)));
  EXPECT_THAT(visits.places, ElementsAre("3@2:64"));
}

TEST(JournalWalkTest, AJournalWithoutRecordsIsEmpty) {
  storage::MemDisk disk;
  const auto journal = OpenJournal(disk);
  Visits visits;
  ROWHOUSE_EXPECT_OK(WalkJournal(disk, "j", Lsn(), Lsn(), std::ref(visits)));
  ROWHOUSE_EXPECT_OK(WalkJournal(disk, "j", Lsn(5), Lsn(), std::ref(visits)));
  EXPECT_THAT(visits.places, IsEmpty());
}

TEST(JournalWalkTest, AServerMayRemoveSegmentsMeanwhile) {
  storage::MemDisk disk;
  const auto journal = OpenJournal(disk);
  Append(*journal, 1);
  ROWHOUSE_ASSERT_OK(journal->Roll());
  Append(*journal, 1);
  ROWHOUSE_ASSERT_OK(journal->Roll());
  Append(*journal, 2);
  Visits visits;
  ROWHOUSE_ASSERT_OK(
      WalkJournal(disk, "j", Lsn(), Lsn(4), [&](const WalkedRecord& walked) {
        if (walked.record.lsn == Lsn(1)) {
          EXPECT_THAT(journal->RemoveUpTo(Lsn(2)), IsOk());
        }
        return visits(walked);
      }));
  EXPECT_THAT(visits.places, ElementsAre("1@1:64", "3@3:64", "4@3:120"));
}

TEST(JournalWalkTest, AServerMayAppendMeanwhile) {
  storage::MemDisk disk;
  const auto journal = OpenJournal(disk);
  Append(*journal, 1);
  ROWHOUSE_ASSERT_OK(journal->Roll());
  Append(*journal, 1);
  Visits visits;
  ROWHOUSE_ASSERT_OK(
      WalkJournal(disk, "j", Lsn(), Lsn(2), [&](const WalkedRecord& walked) {
        if (walked.record.lsn == Lsn(1)) Append(*journal, 2);
        return visits(walked);
      }));
  EXPECT_THAT(visits.places,
              ElementsAre("1@1:64", "2@2:64", "3@2:120", "4@2:176"));
}

TEST(JournalWalkTest, DamageNamesFileAndOffset) {
  storage::MemDisk disk;
  const auto journal = OpenJournal(disk);
  Append(*journal, 3);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(std::string bytes,
                                disk.Read(SegmentPath(1), 1 << 20));
  bytes[120 + 50] ^= 1;
  disk.Damage(SegmentPath(1), bytes);
  Visits visits;
  EXPECT_THAT(WalkJournal(disk, "j", Lsn(), Lsn(3), std::ref(visits)),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr(SegmentPath(1) + " offset 120: ")));
  EXPECT_THAT(visits.places, ElementsAre("1@1:64"));
}

TEST(JournalWalkTest, ATornTailIsCounted) {
  storage::MemDisk disk;
  const auto journal = OpenJournal(disk);
  Append(*journal, 2);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const std::string bytes,
                                disk.Read(SegmentPath(1), 1 << 20));
  disk.Damage(SegmentPath(1), bytes.substr(0, 120 + 30));
  // Nothing says that the last record was synced.
  ROWHOUSE_ASSERT_OK(disk.Remove("j/SYNCED"));
  Visits visits;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto replay,
      WalkJournal(disk, "j", Lsn(), Lsn(1), std::ref(visits)));
  EXPECT_THAT(visits.places, ElementsAre("1@1:64"));
  EXPECT_EQ(replay.cut_bytes, 30u);
}

TEST(JournalWalkTest, AnErrorOfTheVisitorEndsIt) {
  storage::MemDisk disk;
  const auto journal = OpenJournal(disk);
  Append(*journal, 3);
  int visited = 0;
  EXPECT_THAT(
      WalkJournal(disk, "j", Lsn(), Lsn(3),
                  [&](const WalkedRecord& walked) {
                    ++visited;
                    return AtRecord(walked, absl::DataLossError("no"));
                  }),
      StatusIs(absl::StatusCode::kDataLoss, SegmentPath(1) + " offset 64: no"));
  EXPECT_EQ(visited, 1);
}

}  // namespace
}  // namespace rowhouse::tools
