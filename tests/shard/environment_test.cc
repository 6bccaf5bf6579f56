// A shard on the machine's own disk, with RocksDB and threads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/executor.h"
#include "shard/shard.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::shard {
namespace {

using ::testing::ElementsAre;

TEST(EnvironmentTest, TrainsReopensCheckpointsAndRestores) {
  TempDir dir;
  const std::unique_ptr<Executor> executor = MakeThreadExecutor(2);
  const Environment environment = RealEnvironment(*executor);
  Options options = Machine::OptionsOf();
  options.data_dir = dir.File("one");
  options.checkpoint_dir = dir.File("checkpoints");
  options.write_back_period = absl::Milliseconds(2);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(std::unique_ptr<Shard> shard,
                                Shard::Open(options, environment));
  ROWHOUSE_ASSERT_OK(
      shard->CreateTable(AdagradTable("a", 64), TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer, Trainer::Connect(*shard));
  trainer.header().durability = Durability::kPower;
  std::vector<Id> ids(500);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = i * 12345;
  for (int push = 0; push < 6; ++push) {
    ROWHOUSE_ASSERT_OK(trainer.Count(*shard, "a", ids, 64));
    if (push == 3) {
      ROWHOUSE_ASSERT_OK(shard->WriteBack());
    }
  }
  const RowsReply trained = ReadAll(*shard, "a", ids);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo made,
                                MakeCheckpoint(*shard, "c", {&trainer}));
  EXPECT_EQ(made.rows, 500u);
  ROWHOUSE_ASSERT_OK(trainer.Count(*shard, "a", ids, 64));
  const RowsReply later = ReadAll(*shard, "a", ids);

  EXPECT_THAT(Shard::Open(options, environment),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  ROWHOUSE_ASSERT_OK(shard->Close());
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(shard, Shard::Open(options, environment));
  ExpectSameRows(ReadAll(*shard, "a", ids), later);
  trainer.header().sequence = 3;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushReply again,
                                trainer.Count(*shard, "a", ids, 64));
  EXPECT_TRUE(again.duplicate);

  ROWHOUSE_ASSERT_OK(shard->BeginRestore({"c", 9, true}));
  ROWHOUSE_ASSERT_OK(shard->FinishRestore(9));
  ExpectSameRows(ReadAll(*shard, "a", ids), trained);
  shard.reset();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(shard, Shard::Open(options, environment));
  ExpectSameRows(ReadAll(*shard, "a", ids), trained);
  ROWHOUSE_ASSERT_OK(shard->DropTable({"a"}));
  EXPECT_THAT(shard->ListTables(), testing::IsEmpty());
}

}  // namespace
}  // namespace rowhouse::shard
