// Shard::Open and Close.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/executor.h"
#include "shard/shard.h"
#include "storage/row_store.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(OpenTest, OptionsThatMakeNoSenseAreRefused) {
  Machine machine;
  const auto open = [&](auto change) {
    Options options = Machine::OptionsOf();
    change(options);
    return machine.Start(options).status();
  };
  EXPECT_THAT(open([](Options& o) { o.data_dir = ""; }), StatusIs(kInvalid));
  EXPECT_THAT(open([](Options& o) { o.index = ShardIndex(1); }),
              StatusIs(kInvalid, HasSubstr("shard index 1 is not below the "
                                           "shard count 1")));
  EXPECT_THAT(open([](Options& o) { o.shard_count = 0; }), StatusIs(kInvalid));
  EXPECT_THAT(open([](Options& o) { o.shard_count = 5000; }),
              StatusIs(kInvalid));
  EXPECT_THAT(open([](Options& o) { o.map_version = 0; }), StatusIs(kInvalid));
  for (const std::uint32_t lanes : {0u, 3u, 512u}) {
    EXPECT_THAT(open([&](Options& o) { o.lanes = lanes; }),
                StatusIs(kInvalid, HasSubstr("expected a power of two")));
  }
  EXPECT_THAT(open([](Options& o) { o.journal_bytes_max = (2u << 20) - 1; }),
              StatusIs(kInvalid, HasSubstr("two segments of 1048576")));
  EXPECT_THAT(open([](Options& o) { o.new_incarnation = 0; }),
              StatusIs(kInvalid, HasSubstr("was given no incarnation")));
  EXPECT_THAT(
      open([](Options& o) { o.write_back_period = absl::ZeroDuration(); }),
      StatusIs(kInvalid));
}

TEST(OpenTest, ADirectoryBelongsToOneShard) {
  Machine machine;
  Options options = Machine::OptionsOf(1, 4);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine.Start(options));
  ROWHOUSE_ASSERT_OK(process->Close());
  options.index = ShardIndex(2);
  options.shard_count = 5;
  EXPECT_THAT(machine.Start(options),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("belongs to shard 1 of 4, asked for 2 of "
                                 "5")));
}

// Its clients could give no sign of life meanwhile.
TEST(OpenTest, ALongRecoveryEndsNoSession) {
  Machine machine;
  const Options options = Machine::OptionsOf();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine.Start(options));
  ROWHOUSE_ASSERT_OK(
      process->CreateTable(CounterSpec("t"), TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer,
                                Trainer::Connect(*process.shard));
  machine.Kill(process);
  machine.WrapRowStores([&](std::unique_ptr<storage::RowStore> rows, bool) {
    machine.clock().Advance(2 * options.session_lease);
    return rows;
  });
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(process, machine.Start(options));
  ROWHOUSE_ASSERT_OK(process->OpenCheckpoint("c", 0));
  EXPECT_THAT(process->CloseCheckpoint("c", 0),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("waits for 1 of 1 sessions")));
  ROWHOUSE_EXPECT_OK(trainer.Count(*process.shard, "t", {1}));
}

TEST(OpenTest, ADirectoryInUseIsRefused) {
  Machine machine;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine.Start());
  EXPECT_THAT(machine.Start(), StatusIs(absl::StatusCode::kFailedPrecondition));
  ROWHOUSE_ASSERT_OK(process->Close());
  ROWHOUSE_EXPECT_OK(machine.Start());
}

TEST(OpenTest, ADirectoryOfStrangersFilesIsRefusedAndLeftAsItIs) {
  Machine machine;
  const std::string dir = Machine::OptionsOf().data_dir;
  ROWHOUSE_ASSERT_OK(machine.disk().MakeDirectory(dir));
  ROWHOUSE_ASSERT_OK(
      storage::WriteFileAtomically(machine.disk(), dir + "/main.cc", "int"));
  EXPECT_THAT(machine.Start(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("main.cc is not of a shard")));
  EXPECT_THAT(machine.disk().List(dir), IsOkAndHolds(ElementsAre("main.cc")));
}

TEST(OpenTest, AFirstStartThatWasCutShortIsNoStrangers) {
  Machine machine;
  Options options = Machine::OptionsOf();
  options.checkpoint_dir = options.data_dir + "/saved/all";
  for (const char* name : {"checkpoints", "lost+found", "saved/all"}) {
    ROWHOUSE_ASSERT_OK(
        machine.disk().MakeDirectory(options.data_dir + "/" + name));
  }
  for (const char* name : {"LOCK", "RESERVE", "MANIFEST.tmp"}) {
    ROWHOUSE_ASSERT_OK(storage::WriteFileAtomically(
        machine.disk(), options.data_dir + "/" + name, "x"));
  }
  ROWHOUSE_EXPECT_OK(machine.Start(options));
}

TEST(OpenTest, AManifestThatIsGoneOrDamagedIsDataLoss) {
  Machine machine;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine.Start());
  ROWHOUSE_ASSERT_OK(process->Close());
  const std::string path = Machine::OptionsOf().data_dir + "/MANIFEST";
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const std::string content,
                                machine.disk().Read(path, 1 << 20));
  machine.disk().Damage(path, content + "x");
  EXPECT_THAT(machine.Start(), StatusIs(absl::StatusCode::kDataLoss));
  ROWHOUSE_ASSERT_OK(machine.disk().Remove(path));
  EXPECT_THAT(machine.Start(), StatusIs(absl::StatusCode::kDataLoss,
                                        HasSubstr("MANIFEST is missing")));
}

TEST(OpenTest, AStoreWithoutATableOfTheManifestIsDataLoss) {
  Machine machine;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine.Start());
  ROWHOUSE_ASSERT_OK(
      process->CreateTable(CounterSpec("t"), TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK(process->Close());
  ROWHOUSE_ASSERT_OK(
      machine.disk().RemoveAll(Machine::OptionsOf().data_dir + "/rows"));
  EXPECT_THAT(machine.Start(), StatusIs(absl::StatusCode::kDataLoss,
                                        HasSubstr("has 0 of 1 tables")));
}

// A kill between a rename and the sync of its directory, a start that acts upon
// the new file, and a power cut that brings the old one back.
TEST(OpenTest, WhatAKilledProcessHadRenamedStaysOnceAStartHasReadIt) {
  bool died = true;
  for (std::uint64_t step = 1; died; ++step) {
    Machine machine;
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process first, machine.Start());
    ROWHOUSE_ASSERT_OK(
        first->CreateTable(CounterSpec("t"), TableIncarnation(1)));
    ROWHOUSE_ASSERT_OK(first->Close());
    absl::StatusOr<Process> drops = machine.Start(Machine::OptionsOf(), step);
    if (drops.ok()) {
      (*drops)->DropTable({"t"}).IgnoreError();
      died = (*drops).disk->dead();
      machine.Kill(*drops);
    } else {
      machine.disk().Kill();
    }
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process reads, machine.Start());
    machine.PowerCut(reads, step);
    EXPECT_THAT(machine.Start(), IsOk()) << "killed at step " << step;
  }
}

TEST(OpenTest, AfterCloseEveryCallIsUnavailable) {
  Machine machine;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine.Start());
  ROWHOUSE_ASSERT_OK(
      process->CreateTable(CounterSpec("t"), TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer,
                                Trainer::Connect(*process.shard));
  ROWHOUSE_ASSERT_OK(process->Close());
  ROWHOUSE_EXPECT_OK(process->Close());
  const auto closed =
      StatusIs(absl::StatusCode::kUnavailable, "the shard is closed");
  EXPECT_THAT(trainer.Count(*process.shard, "t", {1}), closed);
  EXPECT_THAT(process->OpenSession(), closed);
  EXPECT_THAT(process->CreateTable(CounterSpec("u"), TableIncarnation(6)),
              closed);
  EXPECT_THAT(process->DropTable({"t"}), closed);
  EXPECT_THAT(process->DescribeTable("t"), closed);
  EXPECT_THAT(process->CheckLookup({}), closed);
  EXPECT_THAT(process->ReadRows({}), closed);
  EXPECT_THAT(process->OpenCheckpoint("c", 0), closed);
  EXPECT_THAT(process->CloseCheckpoint("c", 0), closed);
  EXPECT_THAT(process->AbortCheckpoint("c", 0), closed);
  EXPECT_THAT(process->Heartbeat({}), closed);
  EXPECT_THAT(process->EndSession({}), closed);
  EXPECT_THAT(process->ListCheckpoints(), closed);
  EXPECT_THAT(process->BeginRestore({"c", 1, true}), closed);
  EXPECT_THAT(process->FinishRestore(1), closed);
  EXPECT_THAT(process->WriteBack(), closed);
  EXPECT_EQ(process->Info().state, "closed");
}

TEST(OpenTest, WhatWasPushedIsThereAfterClose) {
  Machine machine;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine.Start());
  TableSpec spec = CounterSpec("t");
  spec.durability = Durability::kMemory;
  ROWHOUSE_ASSERT_OK(process->CreateTable(spec, TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer,
                                Trainer::Connect(*process.shard));
  ROWHOUSE_ASSERT_OK(trainer.Count(*process.shard, "t", {1, 2}));
  process.shard.reset();  // closes
  machine.disk().PowerCut(1, storage::MemDisk::Tear::kSectors);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(process, machine.Start());
  EXPECT_THAT(Counts(*process.shard, "t", {1, 2}), ElementsAre(1, 1));
  // The session is still open.
  ROWHOUSE_EXPECT_OK(trainer.Count(*process.shard, "t", {1}));
}

// An executor that calls the periodic work when it is told to.
class SteppedExecutor final : public Executor {
 public:
  void ForEach(std::size_t count,
               absl::FunctionRef<void(std::size_t)> fn) override {
    for (std::size_t i = 0; i < count; ++i) fn(i);
  }
  std::unique_ptr<Periodic> Every(absl::Duration every,
                                  absl::AnyInvocable<void()> fn) override {
    period = every;
    work = std::move(fn);
    return std::make_unique<Handle>();
  }
  absl::Duration period;
  absl::AnyInvocable<void()> work;

 private:
  class Handle final : public Periodic {
    void Hurry() override {}
  };
};

TEST(OpenTest, TheExecutorWritesBackEveryPeriod) {
  auto executor = std::make_unique<SteppedExecutor>();
  SteppedExecutor* const steps = executor.get();
  Machine machine(std::move(executor));
  Options options = Machine::OptionsOf();
  options.write_back_period = absl::Seconds(3);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine.Start(options));
  EXPECT_EQ(steps->period, absl::Seconds(3));
  ROWHOUSE_ASSERT_OK(
      process->CreateTable(CounterSpec("t"), TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer,
                                Trainer::Connect(*process.shard));
  ROWHOUSE_ASSERT_OK(trainer.Count(*process.shard, "t", {1}));
  EXPECT_LT(process->Info().synced_lsn, process->Info().last_lsn);
  steps->work();
  EXPECT_EQ(process->Info().synced_lsn, process->Info().last_lsn);
}

}  // namespace
}  // namespace rowhouse::shard
