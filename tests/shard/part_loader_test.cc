// From any number of parts to any number of shards: the same bits, though the
// copies of the parts are from different steps.
#include "shard/part_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/executor.h"
#include "base/limits.h"
#include "rowhouse/shard_map.h"
#include "shard/part_source.h"
#include "shard/part_tables.h"
#include "shard/shard.h"
#include "storage/mem_row_store.h"
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

  // Some steps, copies that are each of another step, 80 upon them, and one too
  // late.
  void MakeCheckpointOf(std::uint32_t count, int steps_before = 7) {
    ASSERT_NO_FATAL_FAILURE(Start(count));
    for (Source& source : sources_) {
      for (int i = 0; i < steps_before; ++i) ASSERT_NO_FATAL_FAILURE(Step());
      ROWHOUSE_ASSERT_OK(source.process->OpenCheckpoint("c", 0));
    }
    for (int i = 0; i < 80; ++i) ASSERT_NO_FATAL_FAILURE(Step());
    Remember();
    steps_ = step_;
    for (Source& source : sources_) {
      ROWHOUSE_ASSERT_OK(source.trainer.Move(*source.process.shard, 1));
    }
    ASSERT_NO_FATAL_FAILURE(Step());
    for (Source& source : sources_) {
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(parts_.emplace_back(),
                                    source.process->CloseCheckpoint("c", 0));
    }
    ROWHOUSE_ASSERT_OK(sources_[0].process->CommitCheckpoint("c", 0, parts_));
  }

  // Each of `count` new shards with this much memory for rows (0: all).
  void ExpectRestoredOnto(std::uint32_t count, std::uint64_t row_memory_bytes) {
    for (std::uint32_t i = 0; i < count; ++i) {
      SCOPED_TRACE(testing::Message() << "shard " << i << " of " << count);
      Options options = Machine::OptionsOf(i, count);
      options.data_dir += absl::StrCat("-restored-", row_memory_bytes);
      options.row_memory_bytes = row_memory_bytes;
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine_.Start(options));
      ROWHOUSE_ASSERT_OK(process->BeginRestore({"c", 9, false}));
      ROWHOUSE_ASSERT_OK(process->FinishRestore(9));
      EXPECT_EQ(process->DescribeTable("steps")->steps, steps_);
      EXPECT_EQ(process->DescribeTable("t")->last_step->iteration, steps_ - 1);
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

  Machine machine_;
  std::vector<Source> sources_;
  std::vector<ShardCheckpoint> parts_;
  std::uint64_t step_ = 0;
  std::uint64_t steps_ = 0;  // in the checkpoint
  std::map<std::string, std::map<Id, RowsReply>> before_;
};

TEST_P(PartLoaderTest, BringsEveryRowToTheCut) {
  ASSERT_NO_FATAL_FAILURE(MakeCheckpointOf(GetParam()));
  for (const std::uint32_t count : {1u, 2u, 3u, 5u}) {
    ExpectRestoredOnto(count, /*row_memory_bytes=*/0);
  }
}

// Memory for about ten rows.
TEST_P(PartLoaderTest, RangesOfLittleMemoryGiveTheSame) {
  ASSERT_NO_FATAL_FAILURE(MakeCheckpointOf(GetParam()));
  for (const std::uint32_t count : {1u, 3u}) {
    ExpectRestoredOnto(count, /*row_memory_bytes=*/600);
  }
}

// Also where most rows are made by the records.
TEST_P(PartLoaderTest, WhatIsLoadedAtOnceFits) {
  ASSERT_NO_FATAL_FAILURE(MakeCheckpointOf(GetParam(), /*steps_before=*/0));
  std::vector<PartSource> sources;
  for (std::uint32_t i = 0; i < GetParam(); ++i) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        PartSource source,
        PartSource::Open(
            machine_.disk(),
            [this](const std::string& path, bool read_only) {
              return storage::OpenMemRowStore(machine_.disk(), path, read_only);
            },
            "/checkpoints", {.name = "c", .shards = parts_}, i));
    sources.push_back(std::move(source));
  }
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const std::vector<PartTable> tables,
                                TablesOf(sources));
  const std::unique_ptr<Executor> executor = MakeInlineExecutor();
  const std::uint32_t lanes = Machine::OptionsOf().lanes;
  for (const std::uint64_t bytes_max : {0, 1000}) {
    PartLoader loader(sources, tables, lanes, *executor, bytes_max,
                      storage::Always);
    std::uint64_t rows = 0, ranges = 0;
    ROWHOUSE_ASSERT_OK(
        loader.Load({0, kBuckets}, [&](const PartLoader::OwnedTables& loaded) {
          ++ranges;
          std::uint64_t bytes = 0;
          for (const auto& table : loaded) {
            for (std::uint32_t lane = 0; lane < lanes; ++lane) {
              bytes += table->rows(lane).size() * table->row_bytes();
              rows += table->rows(lane).size();
            }
          }
          if (bytes_max > 0) {
            EXPECT_LE(bytes, bytes_max);
          }
          return absl::OkStatus();
        }));
    EXPECT_EQ(rows, 2 * kRows);
    if (bytes_max == 0) {
      EXPECT_EQ(ranges, 1);
    } else {
      EXPECT_GE(ranges, 2 * kRows * 50 / bytes_max);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Parts, PartLoaderTest, testing::Values(1, 2, 4));

}  // namespace
}  // namespace rowhouse::shard
