// From any number of parts to any number of shards: the same bits, though the
// copies of the parts are from different steps.
#include "shard/part_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "rowhouse/shard_map.h"
#include "shard/shard.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

constexpr Id kRows = 120;
constexpr std::uint32_t kDim = 3;

// Rows move at every step, touched or not.
TableSpec DecayingAdam() {
  TableSpec spec = AdagradTable("steps", kDim);
  spec.rows = kRows;
  spec.optimizer = AdamSpec{.learning_rate = 0.1f};
  spec.update.weight_decay = {DecayedRows::kEveryRow, 0.01f, true};
  return spec;
}

std::vector<Id> IdsOf(const std::string& table, std::uint32_t index,
                      std::uint32_t count) {
  const auto map = ShardMap::Uniform(1, count);
  const BucketFunction bucket_of(table, Placement::kHashed);
  std::vector<Id> ids;
  for (Id id = 0; id < kRows; ++id) {
    if (map->ShardOf(bucket_of(id)) == ShardIndex(index)) ids.push_back(id);
  }
  return ids;
}

class PartLoaderTest : public testing::TestWithParam<std::uint32_t> {
 protected:
  // One trainer that pushes to all shards.
  struct Source {
    Process process;
    Trainer trainer;
  };

  void Start(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      Source& source = sources_.emplace_back();
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(
          source.process, machine_.Start(Machine::OptionsOf(i, count)));
      Shard& shard = *source.process.shard;
      ROWHOUSE_ASSERT_OK(
          shard.CreateTable(AdagradTable("t", kDim), TableIncarnation(5)));
      ROWHOUSE_ASSERT_OK(
          shard.CreateTable(DecayingAdam(), TableIncarnation(6)));
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(source.trainer, Trainer::Connect(shard));
    }
  }

  // A third of the rows, each in one bag with its neighbour in the list.
  void Step() {
    for (std::uint32_t i = 0; i < sources_.size(); ++i) {
      std::vector<PushInput> inputs;
      std::vector<Id> ids[2];
      std::vector<std::uint32_t> splits[2];
      std::vector<float> gradients[2];
      for (int table = 0; table < 2; ++table) {
        const std::string name = table == 0 ? "t" : "steps";
        splits[table].push_back(0);
        for (const Id id : IdsOf(name, i, sources_.size())) {
          if ((id + step_) % 3 != 0) continue;
          ids[table].push_back(id);
          if (id % 2 == 0) continue;
          splits[table].push_back(ids[table].size());
        }
        if (splits[table].back() != ids[table].size()) {
          splits[table].push_back(ids[table].size());
        }
        gradients[table].resize((splits[table].size() - 1) * kDim);
        for (std::size_t k = 0; k < gradients[table].size(); ++k) {
          gradients[table][k] = std::sin(static_cast<float>(k + step_));
        }
        inputs.push_back(
            {.table = table == 0 ? "t" : "steps",
             .dim = kDim,
             .bags = {.ids = ids[table], .row_splits = splits[table]},
             .gradients = gradients[table]});
      }
      inputs[1].table_step = step_;
      Source& source = sources_[i];
      source.trainer.header().step = step_;
      ROWHOUSE_ASSERT_OK(source.trainer.Push(*source.process.shard, inputs));
    }
    ++step_;
  }

  void Remember() {
    for (const char* table : {"t", "steps"}) {
      for (std::uint32_t i = 0; i < sources_.size(); ++i) {
        for (const Id id : IdsOf(table, i, sources_.size())) {
          before_[table][id] = ReadAll(*sources_[i].process.shard, table, {id});
        }
      }
    }
  }

  Machine machine_;
  std::vector<Source> sources_;
  std::uint64_t step_ = 0;
  std::map<std::string, std::map<Id, RowsReply>> before_;
};

TEST_P(PartLoaderTest, BringsEveryRowToTheCut) {
  ASSERT_NO_FATAL_FAILURE(Start(GetParam()));
  for (Source& source : sources_) {
    for (int i = 0; i < 7; ++i) ASSERT_NO_FATAL_FAILURE(Step());
    ROWHOUSE_ASSERT_OK(source.process->OpenCheckpoint("c", 0));
  }
  for (int i = 0; i < 80; ++i) ASSERT_NO_FATAL_FAILURE(Step());
  Remember();
  const std::uint64_t steps = step_;
  std::vector<ShardCheckpoint> parts;
  for (Source& source : sources_) {
    ROWHOUSE_ASSERT_OK(source.trainer.Move(*source.process.shard, 1));
  }
  ASSERT_NO_FATAL_FAILURE(Step());
  for (Source& source : sources_) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(parts.emplace_back(),
                                  source.process->CloseCheckpoint("c", 0));
  }
  ROWHOUSE_ASSERT_OK(sources_[0].process->CommitCheckpoint("c", 0, parts));
  for (const std::uint32_t count : {1u, 2u, 3u, 5u}) {
    for (std::uint32_t i = 0; i < count; ++i) {
      SCOPED_TRACE(testing::Message() << "shard " << i << " of " << count);
      Options options = Machine::OptionsOf(i, count);
      options.data_dir += "-restored";
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine_.Start(options));
      ROWHOUSE_ASSERT_OK(process->BeginRestore("c", 9, false));
      ROWHOUSE_ASSERT_OK(process->FinishRestore(9));
      EXPECT_EQ(process->DescribeTable("steps")->steps, steps);
      for (const char* table : {"t", "steps"}) {
        for (const Id id : IdsOf(table, i, count)) {
          ExpectSameRows(ReadAll(*process.shard, table, {id}),
                         before_[table][id]);
        }
      }
      // It goes on at an epoch of its own.
      EXPECT_EQ(process->Info().snapshot_epoch, 1u);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Parts, PartLoaderTest, testing::Values(1, 2, 4));

}  // namespace
}  // namespace rowhouse::shard
