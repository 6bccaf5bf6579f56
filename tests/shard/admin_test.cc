// Tables and information.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "shard/shard.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AdminTest : public testing::Test {
 protected:
  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start());
  }
  void Restart() {
    machine_.PowerCut(process_, 1);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start());
  }
  Shard& shard() { return *process_.shard; }

  Machine machine_;
  Process process_;
};

TEST_F(AdminTest, ATableIsThereAfterAPowerCut) {
  const TableSpec spec = AdagradTable("a", 3);
  ROWHOUSE_ASSERT_OK(shard().CreateTable(spec, TableIncarnation(5)));
  Restart();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const TableInfo info,
                                shard().DescribeTable("a"));
  EXPECT_EQ(info.spec, spec);
  EXPECT_EQ(info.incarnation, TableIncarnation(5));
  EXPECT_EQ(info.rows_stored, 0u);
  ROWHOUSE_ASSERT_OK(shard().DropTable({"a"}));
  Restart();
  EXPECT_THAT(shard().DescribeTable("a"),
              StatusIs(absl::StatusCode::kNotFound, "no table 'a'"));
}

TEST_F(AdminTest, CreatingTheSameTableAgainIsFineAnotherIsNot) {
  TableSpec spec = AdagradTable("a", 3);
  ROWHOUSE_ASSERT_OK(shard().CreateTable(spec, TableIncarnation(5)));
  ROWHOUSE_EXPECT_OK(shard().CreateTable(spec, TableIncarnation(5)));
  EXPECT_THAT(shard().CreateTable(spec, TableIncarnation(6)),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       "table 'a' exists with incarnation 5, asked for 6"));
  spec.dim = 4;
  EXPECT_THAT(shard().CreateTable(spec, TableIncarnation(5)),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       AllOf(HasSubstr("\"dim\":3"), HasSubstr("\"dim\":4"))));
  EXPECT_THAT(shard().CreateTable(CounterSpec("b"), TableIncarnation(5)),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       "incarnation 5 is that of table 'a', asked for 'b'"));
}

TEST_F(AdminTest, BadSpecsAreRefused) {
  EXPECT_THAT(shard().CreateTable(CounterSpec("a", 0), TableIncarnation(5)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("dim 0")));
  EXPECT_THAT(
      shard().CreateTable(CounterSpec("a"), TableIncarnation(0)),
      StatusIs(absl::StatusCode::kInvalidArgument, "table 'a': incarnation 0"));
  EXPECT_THAT(shard().ListTables(), testing::IsEmpty());
}

TEST_F(AdminTest, ListsByName) {
  for (const char* name : {"c", "a", "b"}) {
    ROWHOUSE_ASSERT_OK(
        shard().CreateTable(CounterSpec(name), TableIncarnation(name[0])));
  }
  std::vector<std::string> names;
  for (const TableInfo& info : shard().ListTables()) {
    names.push_back(info.spec.name);
  }
  EXPECT_THAT(names, ElementsAre("a", "b", "c"));
  EXPECT_THAT(shard().DropTable({"d"}), StatusIs(absl::StatusCode::kNotFound));
}

// Records of a table's earlier life are in the journal when it is made anew,
// with another incarnation or even with the same.
TEST_F(AdminTest, ATableMadeAnewNeverMeetsOldRecords) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer, Trainer::Connect(shard()));
  for (const std::uint64_t incarnation : {5, 6, 6}) {
    ROWHOUSE_ASSERT_OK(
        shard().CreateTable(CounterSpec("t"), TableIncarnation(incarnation)));
    ROWHOUSE_ASSERT_OK(trainer.Count(shard(), "t", {1}));
    ROWHOUSE_ASSERT_OK(shard().DropTable({"t"}));
  }
  ROWHOUSE_ASSERT_OK(
      shard().CreateTable(CounterSpec("t"), TableIncarnation(6)));
  EXPECT_THAT(Counts(shard(), "t", {1}), ElementsAre(0));
  Restart();
  EXPECT_THAT(ReadAll(shard(), "t", {1}).stored, ElementsAre(0));
}

TEST_F(AdminTest, AFullDiskRefusesATableAndLeavesNothing) {
  machine_.disk().SetCapacity(1u << 20);
  EXPECT_THAT(shard().CreateTable(CounterSpec("t"), TableIncarnation(5)),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(shard().Info().state, "serving");
  machine_.disk().SetCapacity(1u << 30);
  ROWHOUSE_ASSERT_OK(
      shard().CreateTable(CounterSpec("t"), TableIncarnation(5)));
}

// The sync that fails may be the last one, of the directory that has the new
// manifest: then the rows must still have what it names.
TEST_F(AdminTest, AShardStartsAgainWhicheverSyncOfANewTableFailed) {
  for (const bool power : {false, true}) {
    for (std::uint64_t n = 1;; ++n) {
      SCOPED_TRACE(n);
      ASSERT_LT(n, 100u) << "no table is ever made";
      Machine machine;
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine.Start());
      machine.disk().FailSync(n, absl::UnavailableError("broken"));
      const absl::Status status =
          process->CreateTable(CounterSpec("a"), TableIncarnation(5));
      if (status.ok()) break;  // it has fewer syncs
      if (power) {
        machine.PowerCut(process, n);
      } else {
        machine.Kill(process);
      }
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(process, machine.Start());
    }
  }
}

TEST_F(AdminTest, InfoSaysWhoTheShardIsAndWhatItHolds) {
  ROWHOUSE_ASSERT_OK(
      shard().CreateTable(CounterSpec("t", 4), TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer, Trainer::Connect(shard()));
  ROWHOUSE_ASSERT_OK(trainer.Count(shard(), "t", {1, 2, 1}, 4));
  const ShardInfo info = shard().Info();
  EXPECT_EQ(info.version, "test");
  EXPECT_EQ(info.map_version, 7u);
  EXPECT_EQ(info.index, ShardIndex(0));
  EXPECT_EQ(info.shard_count, 1u);
  EXPECT_EQ(info.buckets, (BucketRange{0, kBuckets}));
  EXPECT_EQ(info.incarnation, 1000u);
  EXPECT_EQ(info.restore_id, 0u);
  EXPECT_EQ(info.state, "serving");
  EXPECT_EQ(info.sessions, 1u);
  EXPECT_EQ(info.tables, 1u);
  EXPECT_EQ(info.rows_stored, 2u);
  EXPECT_GE(info.memory_bytes, 2 * 4 * sizeof(float));
  EXPECT_EQ(info.last_lsn, Lsn(2));
  EXPECT_EQ(info.synced_lsn, Lsn(1));
  EXPECT_GT(info.journal_bytes, 0u);
  EXPECT_EQ(info.pushes, 1u);
  EXPECT_EQ(info.push_rows, 3u);
}

// One sync fails, after which nobody knows which manifest is on the disk.
TEST(FailedSyncTest, AShardStartsAgainWhicheverSyncOfANewTableFailed) {
  absl::Status made = absl::UnavailableError("not tried");
  for (std::uint64_t n = 1; !made.ok(); ++n) {
    Machine machine;
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine.Start());
    machine.disk().FailSync(n, absl::UnavailableError("no sync"));
    made = process->CreateTable(CounterSpec("t"), TableIncarnation(1));
    machine.disk().FailSync(0, absl::OkStatus());
    machine.Kill(process);
    EXPECT_THAT(machine.Start(), IsOk()) << "sync " << n;
  }
}

}  // namespace
}  // namespace rowhouse::shard
