// A shard after a crash is the shard before it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/limits.h"
#include "shard/record_codec.h"
#include "shard/shard.h"
#include "storage/journal.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;

class RecoveryTest : public testing::Test {
 protected:
  void SetUp() override { Start(); }
  void Start() { ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start()); }
  void KillAndStart() {
    machine_.Kill(process_);
    Start();
  }
  Shard& shard() { return *process_.shard; }

  Machine machine_;
  Process process_;
};

TEST_F(RecoveryTest, RowsSlotsAndStampsAreBitwiseThoseBeforeTheCrash) {
  TableSpec skip = AdagradTable("skip", 3);
  skip.nan_policy = NanPolicy::kSkipRow;
  TableSpec ftrl = AdagradTable("ftrl", 1);
  ftrl.optimizer = FtrlSpec{.learning_rate = 0.1f, .l1 = 0.01f, .l2 = 0.1f};
  ftrl.placement = Placement::kWhole;
  ROWHOUSE_ASSERT_OK(shard().CreateTable(skip, TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK(shard().CreateTable(ftrl, TableIncarnation(6)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer, Trainer::Connect(shard()));
  const std::vector<Id> ids = {1, 2, 3, 2, 1, 9};
  const std::vector<std::uint32_t> splits = {0, 3, 3, 6};
  const std::vector<float> weights = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f};
  const std::vector<Id> written = {3, 4};
  for (int i = 0; i < 20; ++i) {
    std::vector<float> gradients(9);
    for (std::size_t k = 0; k < gradients.size(); ++k) {
      gradients[k] = std::sin(static_cast<float>(i * 10 + k));
    }
    if (i == 7) gradients[8] = NAN;
    const absl::Span<const float> all(gradients);
    ROWHOUSE_ASSERT_OK(trainer.Push(
        shard(),
        {{.table = "skip",
          .dim = 3,
          .bags = {.ids = ids, .weights = weights, .row_splits = splits},
          .gradients = all},
         {.table = "ftrl",
          .dim = 1,
          .bags = {.ids = ids},
          .gradients = all.first(6)}}));
    if (i == 5) {
      ROWHOUSE_ASSERT_OK(shard().WriteBack());
    }
    if (i == 11) {
      ROWHOUSE_ASSERT_OK(trainer.Write(shard(), {.table = "ftrl",
                                                 .dim = 1,
                                                 .ids = written,
                                                 .weights = all.first(2),
                                                 .slots = all.first(4)}));
    }
  }
  const std::vector<Id> all_ids = {1, 2, 3, 4, 9, 10};
  for (int crash = 0; crash < 3; ++crash) {
    const RowsReply skip_rows = ReadAll(shard(), "skip", all_ids);
    const RowsReply ftrl_rows = ReadAll(shard(), "ftrl", all_ids);
    EXPECT_THAT(ftrl_rows.stored, ElementsAre(1, 1, 1, 1, 1, 0));
    KillAndStart();
    const RowsReply skip_again = ReadAll(shard(), "skip", all_ids);
    ExpectSameRows(skip_rows, skip_again);
    EXPECT_EQ(skip_rows.lsns, skip_again.lsns);
    const RowsReply ftrl_again = ReadAll(shard(), "ftrl", all_ids);
    ExpectSameRows(ftrl_rows, ftrl_again);
    EXPECT_EQ(ftrl_rows.lsns, ftrl_again.lsns);
    if (crash == 0) {
      ROWHOUSE_ASSERT_OK(shard().WriteBack());
      ROWHOUSE_ASSERT_OK(trainer.Count(shard(), "skip", {10}, 3));
    }
  }
}

// Rates and bias corrections go by the step of the push, live and in replay.
TEST_F(RecoveryTest, AStepHasItsRateAfterACrashToo) {
  TableSpec decays = CounterSpec("decays", 1);
  decays.optimizer = SgdSpec{};
  decays.update.schedule = InverseTimeDecay{
      .initial_learning_rate = 1, .decay_steps = 1, .decay_rate = 1};
  TableSpec lazy = CounterSpec("lazy", 1);
  lazy.optimizer = AdamSpec{.beta_1 = 0.5, .epsilon = 1, .lazy = true};
  ROWHOUSE_ASSERT_OK(shard().CreateTable(decays, TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK(shard().CreateTable(lazy, TableIncarnation(6)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer, Trainer::Connect(shard()));
  const std::vector<Id> ids = {1};
  const std::vector<float> gradient = {-1};
  for (const std::uint64_t step : {0, 3}) {
    trainer.header().step = step;
    PushInput input = {.table = "decays",
                       .dim = 1,
                       .bags = {.ids = ids},
                       .gradients = gradient};
    PushInput other = input;
    other.table = "lazy";
    ROWHOUSE_ASSERT_OK(trainer.Push(shard(), {input, other}));
  }
  const RowsReply before = ReadAll(shard(), "decays", ids);
  EXPECT_THAT(before.weights, ElementsAre(1.25f));  // 1 and 1 / (1 + 3)
  const RowsReply lazy_before = ReadAll(shard(), "lazy", ids);
  KillAndStart();
  ExpectSameRows(ReadAll(shard(), "decays", ids), before);
  ExpectSameRows(ReadAll(shard(), "lazy", ids), lazy_before);
}

TEST_F(RecoveryTest, SessionsAndWindowsAreThoseBeforeTheCrash) {
  ROWHOUSE_ASSERT_OK(
      shard().CreateTable(CounterSpec("t"), TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer, Trainer::Connect(shard()));
  ROWHOUSE_ASSERT_OK(trainer.Count(shard(), "t", {1}));
  ROWHOUSE_ASSERT_OK(trainer.Count(shard(), "t", {1}));
  KillAndStart();
  trainer.header().sequence = 0;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushReply again,
                                trainer.Count(shard(), "t", {1}));
  EXPECT_TRUE(again.duplicate);
  trainer.header().sequence = 2;
  trainer.header().lowest_unacknowledged = 2;
  ROWHOUSE_ASSERT_OK(trainer.Count(shard(), "t", {1}));
  KillAndStart();
  trainer.header().sequence = 1;
  trainer.header().lowest_unacknowledged = 0;
  EXPECT_THAT(trainer.Count(shard(), "t", {1}),
              StatusIs(kPrecondition, HasSubstr("is stale")));
  EXPECT_THAT(Counts(shard(), "t", {1}), ElementsAre(3));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const OpenSessionReply next,
                                shard().OpenSession());
  EXPECT_EQ(next.session.number, 2u);
}

TEST_F(RecoveryTest, ASessionThatEndedStaysEnded) {
  ROWHOUSE_ASSERT_OK(
      shard().CreateTable(CounterSpec("t"), TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer, Trainer::Connect(shard()));
  for (std::size_t i = 0; i < kSessionsMax; ++i) {
    ROWHOUSE_ASSERT_OK(shard().OpenSession());
  }
  EXPECT_THAT(trainer.Count(shard(), "t", {1}), StatusIs(kPrecondition));
  // Also when nothing but the snapshot of the sessions is left.
  ROWHOUSE_ASSERT_OK(shard().Close());
  process_ = {};
  Start();
  EXPECT_THAT(trainer.Count(shard(), "t", {1}), StatusIs(kPrecondition));
  EXPECT_EQ(shard().Info().sessions, kSessionsMax);
  EXPECT_EQ(shard().OpenSession()->session.number, kSessionsMax + 2);
}

TEST_F(RecoveryTest, LsnsRiseAcrossCrashesAndCleanStops) {
  ROWHOUSE_ASSERT_OK(
      shard().CreateTable(CounterSpec("t"), TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer, Trainer::Connect(shard()));
  Lsn last;
  for (int i = 0; i < 6; ++i) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushReply reply,
                                  trainer.Count(shard(), "t", {1}));
    EXPECT_GT(reply.lsn, last);
    last = reply.lsn;
    if (i % 2 == 0) {
      KillAndStart();
    } else {
      ROWHOUSE_ASSERT_OK(shard().Close());
      process_ = {};
      Start();
    }
    EXPECT_EQ(shard().Info().last_lsn, last);
  }
  EXPECT_THAT(Counts(shard(), "t", {1}), ElementsAre(6));
}

// The row store forgets what was not flushed; the journal does not.
TEST_F(RecoveryTest, RowsWrittenBackButNotFlushedComeFromTheJournal) {
  ROWHOUSE_ASSERT_OK(
      shard().CreateTable(CounterSpec("t"), TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer, Trainer::Connect(shard()));
  ROWHOUSE_ASSERT_OK(trainer.Count(shard(), "t", {1, 2}));
  ROWHOUSE_ASSERT_OK(shard().WriteBack());
  ROWHOUSE_ASSERT_OK(trainer.Count(shard(), "t", {2, 3}));
  KillAndStart();
  EXPECT_THAT(Counts(shard(), "t", {1, 2, 3}), ElementsAre(1, 2, 1));
}

TEST_F(RecoveryTest, APowerCutTakesProcessPushesOnlyAfterTheLastSync) {
  ROWHOUSE_ASSERT_OK(
      shard().CreateTable(CounterSpec("t"), TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer, Trainer::Connect(shard()));
  bool lost = false;
  float power = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    trainer.header().durability = Durability::kPower;
    ROWHOUSE_ASSERT_OK(trainer.Count(shard(), "t", {1}));
    ++power;
    trainer.header().durability = Durability::kProcess;
    const std::uint64_t first = trainer.header().sequence;
    for (int i = 0; i < 5; ++i) {
      ROWHOUSE_ASSERT_OK(trainer.Count(shard(), "t", {2}));
    }
    machine_.PowerCut(process_, seed);
    Start();
    EXPECT_THAT(Counts(shard(), "t", {1}), ElementsAre(power));
    // Sent again, those that were lost come back and the others stay.
    for (trainer.header().sequence = first;
         trainer.header().sequence < first + 5;) {
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushReply reply,
                                    trainer.Count(shard(), "t", {2}));
      lost |= !reply.duplicate;
    }
    EXPECT_THAT(Counts(shard(), "t", {2}), ElementsAre(5 * power));
  }
  EXPECT_TRUE(lost) << "no power cut took anything: the test is blind";
}

TEST_F(RecoveryTest, AJournalOfAnotherDirectoryIsRefused) {
  ROWHOUSE_ASSERT_OK(
      shard().CreateTable(CounterSpec("t"), TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK(process_->Close());
  process_ = {};
  const std::string own = Machine::OptionsOf().data_dir + "/journal";
  ROWHOUSE_ASSERT_OK(machine_.disk().RemoveAll(own));
  ROWHOUSE_ASSERT_OK(storage::Journal::Open(
      machine_.disk(),
      {.directory = own, .segment_bytes = 1024, .incarnation = 77}));
  EXPECT_THAT(machine_.Start(), StatusIs(absl::StatusCode::kDataLoss,
                                         HasSubstr("is of incarnation 77")));
}

// A record that our own journal cannot hold is damage, and says where.
TEST_F(RecoveryTest, ARecordThatDoesNotFitItsTableIsDataLoss) {
  ROWHOUSE_ASSERT_OK(
      shard().CreateTable(CounterSpec("t", 2), TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK(process_->Close());
  process_ = {};
  const std::string path = Machine::OptionsOf().data_dir + "/journal";
  ROWHOUSE_ASSERT_OK(machine_.disk().RemoveAll(path));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto journal,
      storage::Journal::Open(
          machine_.disk(),
          {.directory = path, .segment_bytes = 4096, .incarnation = 1000}));
  const std::vector<Id> ids = {1};
  const std::vector<float> gradients = {1, 1, 1};
  RecordEncoder encoder;
  const InputRecord input = {TableIncarnation(5), 3, {.ids = ids}, gradients};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Lsn lsn,
                                journal->Append(3, encoder.Push({}, {input})));
  ROWHOUSE_ASSERT_OK(journal->Sync(lsn));
  EXPECT_THAT(machine_.Start(),
              StatusIs(absl::StatusCode::kDataLoss,
                       "journal record of LSN 1: dim 3 of table 't' of dim 2"));
}

}  // namespace
}  // namespace rowhouse::shard
