#include "shard/part_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "shard/shard.h"
#include "storage/mem_row_store.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr TableIncarnation kSteps(6);

TableSpec Adam() {
  TableSpec spec = AdagradTable("steps", 2);
  spec.rows = 50;
  spec.optimizer = AdamSpec{.learning_rate = 0.1f};
  return spec;
}

// Two shards with a table that a trainer steps on both.
class PartTablesTest : public testing::Test {
 protected:
  void SetUp() override {
    for (std::uint32_t i = 0; i < 2; ++i) {
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(processes_[i],
                                    machine_.Start(Machine::OptionsOf(i, 2)));
      ROWHOUSE_ASSERT_OK(processes_[i]->CreateTable(Adam(), kSteps));
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(trainers_[i],
                                    Trainer::Connect(*processes_[i].shard));
    }
  }
  void Step(std::uint32_t shard, std::uint64_t step, float rate = 0.5f) {
    trainers_[shard].header().step = 3 * step + 1;
    ROWHOUSE_ASSERT_OK(trainers_[shard].Push(*processes_[shard].shard,
                                             {{.table = "steps",
                                               .dim = 2,
                                               .bags = {},
                                               .gradients = {},
                                               .learning_rate = rate,
                                               .table_step = step}}));
  }
  void Make() {
    for (std::uint32_t i = 0; i < 2; ++i) {
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(
          parts_.emplace_back(),
          MakePart(*processes_[i].shard, "c", {&trainers_[i]}));
    }
  }
  absl::StatusOr<std::vector<PartTable>> Tables() {
    const CheckpointInfo info = {.name = "c", .shards = parts_};
    std::vector<PartSource> sources;
    for (std::size_t i = 0; i < 2; ++i) {
      auto source = PartSource::Open(
          machine_.disk(),
          [this](const std::string& path, bool read_only) {
            return storage::OpenMemRowStore(machine_.disk(), path, read_only);
          },
          "/checkpoints", info, i);
      if (!source.ok()) return source.status();
      sources.push_back(*std::move(source));
    }
    return TablesOf(sources);
  }

  Machine machine_;
  Process processes_[2];
  Trainer trainers_[2];
  std::vector<ShardCheckpoint> parts_;
};

TEST_F(PartTablesTest, PartsThatAgreeHaveDoneTheSameSteps) {
  for (std::uint32_t i = 0; i < 2; ++i) {
    for (std::uint64_t step = 0; step < 3; ++step) Step(i, step);
  }
  Make();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto tables, Tables());
  ASSERT_THAT(tables, SizeIs(1));
  EXPECT_EQ(tables[0].table.spec, Adam());
  EXPECT_EQ(tables[0].steps, 3u);
  EXPECT_EQ(tables[0].last_step, (kernels::StepTerms{0.5f, 7}));
}

// A trainer that was killed has reached one of the shards only.
TEST_F(PartTablesTest, AStepThatAPartLacksIsDoneInARestore) {
  for (std::uint32_t i = 0; i < 2; ++i) {
    for (std::uint64_t step = 0; step < 3; ++step) Step(i, step);
  }
  Step(1, 3, 0.25f);
  Make();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto tables, Tables());
  ASSERT_THAT(tables, SizeIs(1));
  EXPECT_EQ(tables[0].steps, 4u);
  EXPECT_EQ(tables[0].last_step, (kernels::StepTerms{0.25f, 10}));
  ROWHOUSE_ASSERT_OK(processes_[0]->CommitCheckpoint("c", 0, parts_));
  // What shard 0 comes to when the step is done there too.
  trainers_[0].header().snapshot_epoch = 1;
  Step(0, 3, 0.25f);
  std::vector<Id> ids(50);
  for (Id id = 0; id < 50; ++id) ids[id] = id;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process restored,
                                machine_.Start(Machine::OptionsOf(0, 1)));
  ROWHOUSE_ASSERT_OK(restored->BeginRestore({"c", 9, false}));
  ROWHOUSE_ASSERT_OK(restored->FinishRestore(9));
  EXPECT_EQ(restored->DescribeTable("steps")->steps, 4u);
  for (const Id id : ids) {
    const auto of = [&](const Process& process) {
      return process->ReadRows({.table = "steps", .ids = {&id, 1}});
    };
    auto expected = of(processes_[0]);
    if (!expected.ok()) expected = of(processes_[1]);
    ROWHOUSE_ASSERT_OK(expected.status());
    ExpectSameRows(*of(restored), *expected);
  }
}

TEST_F(PartTablesTest, PartsThatDidOtherStepsAreRefused) {
  Step(0, 0);
  Step(1, 0);
  Step(0, 1, 0.5f);
  Step(1, 1, 0.25f);
  Make();
  EXPECT_THAT(Tables(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("table 'steps' has done 2 steps"),
                             HasSubstr("another shard's part 2 or others"))));
}

TEST_F(PartTablesTest, PartsThatAreSeveralStepsApartAreRefused) {
  for (std::uint64_t step = 0; step < 2; ++step) Step(1, step);
  Make();
  EXPECT_THAT(Tables(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                 HasSubstr("has done 0 steps, in another "
                                           "shard's part 2")));
}

TEST_F(PartTablesTest, ATableThatOnePartLacksIsInNone) {
  ROWHOUSE_ASSERT_OK(processes_[0]->DropTable({"steps"}));
  Make();
  EXPECT_THAT(Tables(), IsOkAndHolds(IsEmpty()));
}

TEST_F(PartTablesTest, AnotherTableUnderTheSameLifeIsRefused) {
  ROWHOUSE_ASSERT_OK(processes_[0]->DropTable({"steps"}));
  ROWHOUSE_ASSERT_OK(processes_[0]->CreateTable(CounterSpec("other"), kSteps));
  Make();
  EXPECT_THAT(Tables(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("differs from that of another shard's part")));
}

}  // namespace
}  // namespace rowhouse::shard
