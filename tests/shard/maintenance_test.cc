// Shard::WriteBack: what is written, when the journal is cut.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shard/shard.h"
#include "storage/data_dir.h"
#include "storage/mem_row_store.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kFull = absl::StatusCode::kResourceExhausted;

class MaintenanceTest : public testing::Test {
 protected:
  void SetUp() override {
    options_.journal_unsettled_bytes_max = kUnsettled;
    options_.journal_segment_bytes = kUnsettled / 4;
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start(options_));
    ROWHOUSE_ASSERT_OK(
        shard().CreateTable(CounterSpec("t", kDim), TableIncarnation(5)));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(trainer_, Trainer::Connect(shard()));
    for (Id id = 0; id < kWide; ++id) ids_.push_back(id);
  }
  Shard& shard() { return *process_.shard; }

  // Pushes about `bytes` of gradients.
  void Push(std::uint64_t bytes) {
    for (std::uint64_t sent = 0; sent < bytes; sent += kWide * kDim * 4) {
      ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", ids_, kDim));
      ++pushes_;
    }
  }
  storage::Watermarks Stored() {
    auto stored =
        storage::ReadWatermarks(machine_.disk(), Machine::OptionsOf().data_dir);
    EXPECT_THAT(stored, IsOk());
    return stored.ok() ? *stored : storage::Watermarks();
  }

  static constexpr std::uint64_t kUnsettled = 64u << 10;
  static constexpr std::uint32_t kDim = 16;
  static constexpr Id kWide = 32;  // 2 KiB of gradients a push
  Options options_ = Machine::OptionsOf();
  std::vector<Id> ids_;
  float pushes_ = 0;
  Machine machine_;
  Process process_;
  Trainer trainer_;
};

TEST_F(MaintenanceTest, APeriodSyncsTheJournal) {
  ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", {1}, kDim));
  EXPECT_LT(shard().Info().synced_lsn, shard().Info().last_lsn);
  ROWHOUSE_ASSERT_OK(shard().Maintain());
  EXPECT_EQ(shard().Info().synced_lsn, shard().Info().last_lsn);
  // Also where there is no row to write.
  ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", {}, kDim));
  ROWHOUSE_ASSERT_OK(shard().Maintain());
  EXPECT_EQ(shard().Info().synced_lsn, shard().Info().last_lsn);
  const std::uint64_t syncs = machine_.disk().syncs();
  ROWHOUSE_ASSERT_OK(shard().Maintain());
  EXPECT_EQ(machine_.disk().syncs(), syncs) << "an idle shard syncs nothing";
}

TEST_F(MaintenanceTest, TheJournalIsCutOnceItIsLongAndOnlyThen) {
  Push(kUnsettled / 2);
  ROWHOUSE_ASSERT_OK(shard().Maintain());
  const Lsn before = Stored().tables[TableIncarnation(5)];
  EXPECT_LT(before, shard().Info().last_lsn);
  Push(kUnsettled);
  EXPECT_GT(shard().Info().journal_bytes, kUnsettled);
  ROWHOUSE_ASSERT_OK(shard().Maintain());
  const Lsn last = shard().Info().last_lsn;
  const storage::Watermarks stored = Stored();
  EXPECT_EQ(stored.tables.at(TableIncarnation(5)), last);
  EXPECT_EQ(stored.sessions_lsn, last);
  EXPECT_EQ(stored.durable, last);
  ASSERT_EQ(stored.sessions.size(), 1u);
  EXPECT_EQ(stored.sessions[0].highest_plus_one, trainer_.header().sequence);
  EXPECT_LE(shard().Info().journal_bytes, options_.journal_segment_bytes);

  // What was cut away is not missed.
  machine_.PowerCut(process_, 3);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start(options_));
  EXPECT_THAT(Counts(shard(), "t", {0, kWide - 1}),
              ElementsAre(pushes_, pushes_));
  ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", {0}, kDim));
  EXPECT_THAT(Counts(shard(), "t", {0}), ElementsAre(pushes_ + 1));
}

TEST_F(MaintenanceTest, AtTheBudgetPushesAreRefusedUntilRowsAreWrittenBack) {
  options_.journal_bytes_max = kUnsettled * 3 / 4;
  machine_.Kill(process_);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start(options_));
  for (int round = 0; round < 3; ++round) {
    absl::StatusOr<PushReply> reply = PushReply();
    while ((reply = trainer_.Count(shard(), "t", ids_, kDim)).ok()) ++pushes_;
    EXPECT_THAT(reply, StatusIs(absl::StatusCode::kResourceExhausted,
                                HasSubstr("of at most 49152 bytes")));
    EXPECT_EQ(shard().Info().state, "serving");
    EXPECT_LE(shard().Info().journal_bytes, options_.journal_bytes_max);
    EXPECT_THAT(Counts(shard(), "t", {0}), ElementsAre(pushes_));
    ROWHOUSE_ASSERT_OK(shard().Maintain());
    EXPECT_LT(shard().Info().journal_bytes, 1024) << "the open one, empty";
  }
  EXPECT_GT(pushes_, 3 * 16);
  ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", ids_, kDim));
  machine_.PowerCut(process_, 3);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start(options_));
  EXPECT_GE(Counts(shard(), "t", {0})[0], pushes_);
}

// The open segment is not far from the budget, but leaves no room for it.
TEST_F(MaintenanceTest, ALargeRecordGetsTheRoomOfTheOpenSegment) {
  options_.journal_bytes_max = 2 * options_.journal_segment_bytes;
  machine_.Kill(process_);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start(options_));
  Push(options_.journal_segment_bytes * 3 / 4);
  ASSERT_LT(shard().Info().journal_bytes, options_.journal_segment_bytes);
  std::vector<Id> many(300);  // 21 KiB of 32
  for (Id id = 0; id < many.size(); ++id) many[id] = id;
  EXPECT_THAT(trainer_.Count(shard(), "t", many, kDim), StatusIs(kFull));
  ROWHOUSE_ASSERT_OK(shard().Maintain());
  ROWHOUSE_EXPECT_OK(trainer_.Count(shard(), "t", many, kDim));
}

// Near the budget a write-back is asked for, not only when a push is refused.
TEST_F(MaintenanceTest, NearTheBudgetAWriteBackIsHurried) {
  options_.journal_bytes_max = kUnsettled * 3 / 4;
  machine_.Kill(process_);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start(options_));
  while (shard().Info().journal_bytes < options_.journal_bytes_max / 4 * 3) {
    Push(1);
  }
  ROWHOUSE_ASSERT_OK(shard().Maintain());
  EXPECT_LT(shard().Info().journal_bytes, 1024);
}

TEST_F(MaintenanceTest, OnAFullDiskRowsAreServedAndPushesWaitForSpace) {
  Push(kUnsettled / 2);
  machine_.disk().SetCapacity(1);
  absl::StatusOr<PushReply> reply = PushReply();
  while ((reply = trainer_.Count(shard(), "t", ids_, kDim)).ok()) ++pushes_;
  EXPECT_THAT(reply, StatusIs(kFull));
  for (int period = 0; period < 3; ++period) {
    EXPECT_THAT(shard().Maintain(), StatusIs(kFull));
    EXPECT_THAT(trainer_.Count(shard(), "t", ids_, kDim),
                StatusIs(kFull, HasSubstr("reserve of 16384 bytes")));
    EXPECT_THAT(shard().OpenSession(), StatusIs(kFull));
    EXPECT_EQ(shard().Info().state, "serving");
    EXPECT_THAT(Counts(shard(), "t", {0}), ElementsAre(pushes_));
  }
  machine_.disk().SetCapacity(1u << 30);
  ROWHOUSE_ASSERT_OK(shard().Maintain());
  ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", ids_, kDim));
  ++pushes_;
  EXPECT_THAT(Counts(shard(), "t", {0}), ElementsAre(pushes_));
  machine_.Kill(process_);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start(options_));
  EXPECT_THAT(Counts(shard(), "t", {0}), ElementsAre(pushes_));
}

TEST_F(MaintenanceTest, AShardStartsOnAFullDisk) {
  Push(kUnsettled / 2);
  machine_.Kill(process_);
  machine_.disk().SetCapacity(1);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start(options_));
  EXPECT_THAT(Counts(shard(), "t", {0}), ElementsAre(pushes_));
  EXPECT_THAT(trainer_.Count(shard(), "t", ids_, kDim), StatusIs(kFull));
  machine_.disk().SetCapacity(1u << 30);
  ROWHOUSE_ASSERT_OK(shard().Maintain());
  ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", ids_, kDim));
  EXPECT_THAT(Counts(shard(), "t", {0}), ElementsAre(pushes_ + 1));
}

// Others have filled the disk to the last byte. What the shard held back lets
// it write rows and cut its journal; then it waits to hold it again.
TEST_F(MaintenanceTest, TheReserveLetsAWriteBackRunOnAFullDisk) {
  Push(kUnsettled / 2);
  machine_.disk().SetCapacity(1u << 20);
  {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto ballast,
                                  machine_.disk().Create("/ballast"));
    const std::string kibi(1024, 'b');
    while (ballast->Append({absl::Span<const char>(kibi)}).ok()) {
    }
    const std::string byte = "b";
    while (ballast->Append({absl::Span<const char>(byte)}).ok()) {
    }
  }
  absl::StatusOr<PushReply> reply = PushReply();
  while ((reply = trainer_.Count(shard(), "t", ids_, kDim)).ok()) ++pushes_;
  const std::uint64_t before = shard().Info().journal_bytes;
  ROWHOUSE_EXPECT_OK(shard().Maintain());
  EXPECT_LT(shard().Info().journal_bytes, before);
  EXPECT_EQ(Stored().tables[TableIncarnation(5)], shard().Info().last_lsn);
  machine_.disk().SetCapacity(1u << 30);
  ROWHOUSE_ASSERT_OK(shard().Maintain());
  ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", ids_, kDim));
  EXPECT_THAT(Counts(shard(), "t", {0}), ElementsAre(pushes_ + 1));
}

// Killed before each life's journal is long enough by itself: the lives add up.
TEST_F(MaintenanceTest, AShardThatIsKilledAgainAndAgainStillCutsItsJournal) {
  Push(kUnsettled * 3 / 4);
  machine_.Kill(process_);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start(options_));
  Push(kUnsettled / 2);
  ROWHOUSE_ASSERT_OK(shard().Maintain());
  EXPECT_EQ(Stored().tables.at(TableIncarnation(5)), shard().Info().last_lsn);
  EXPECT_THAT(Counts(shard(), "t", {0}), ElementsAre(pushes_));
}

}  // namespace
}  // namespace rowhouse::shard
