#include "client/internal/table_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "tests/client/internal/fake_shard_stub.h"
#include "tests/client/internal/fake_time.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class TableDirectoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        cluster_, Cluster::Join(fake_.Stubs(), time_.options()));
    directory_ = std::make_unique<TableDirectory>(
        *cluster_, [this] { return ++last_incarnation_; });
  }
  absl::Status Create(const TableSpec& spec) {
    return directory_->Create(spec, time_.Deadline());
  }
  std::uint64_t IncarnationOn(std::size_t shard) {
    const auto tables = fake_.shard(shard).tables();
    return tables.size() == 1 ? tables[0].incarnation.value() : 0;
  }

  FakeCluster fake_{3};
  FakeTime time_;
  std::uint64_t last_incarnation_ = 76;
  std::unique_ptr<Cluster> cluster_;
  std::unique_ptr<TableDirectory> directory_;
};

TEST_F(TableDirectoryTest, EveryShardGetsTheSameIncarnation) {
  ROWHOUSE_ASSERT_OK(Create(SpecOf("t")));
  for (int s = 0; s < 3; ++s) EXPECT_EQ(IncarnationOn(s), 77u);
  ROWHOUSE_ASSERT_OK(Create(SpecOf("t"))) << "an equal table is there";
  EXPECT_EQ(IncarnationOn(1), 77u);
}

TEST_F(TableDirectoryTest, AnotherSpecOfThatNameIsThere) {
  ROWHOUSE_ASSERT_OK(Create(SpecOf("t", 4)));
  EXPECT_THAT(Create(SpecOf("t", 8)),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       HasSubstr("table 't' is there with another spec")));
  EXPECT_EQ(fake_.shard(2).tables()[0].spec.dim, 4u);
}

TEST_F(TableDirectoryTest, ABadSpecIsSentNowhere) {
  EXPECT_THAT(Create(SpecOf("t", 0)),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(fake_.shard(0).Count("CreateTable"), 0u);
}

TEST_F(TableDirectoryTest, AHalfFinishedCreateHeals) {
  fake_.shard(2).Script("CreateTable",
                        std::vector<Fate>(kForever, Fate::Lost()));
  EXPECT_THAT(Create(SpecOf("t")),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("fake:2")));
  EXPECT_EQ(IncarnationOn(1), 77u);
  EXPECT_EQ(IncarnationOn(2), 0u);
  EXPECT_THAT(directory_->Describe("t", time_.Deadline()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("shard 2 (fake:2) has no table 't'")));
  while (!Create(SpecOf("t")).ok()) {
  }
  EXPECT_EQ(IncarnationOn(2), 77u) << "the life that the others have";
}

TEST_F(TableDirectoryTest, ALostReplyOfCreateIsNoSecondTable) {
  fake_.shard(0).Script("CreateTable", {Fate::ReplyLost()});
  ROWHOUSE_ASSERT_OK(Create(SpecOf("t")));
  for (int s = 0; s < 3; ++s) EXPECT_EQ(IncarnationOn(s), 77u);
}

TEST_F(TableDirectoryTest, AClientThatWasFasterDecidesTheIncarnation) {
  fake_.shard(0).Script("DescribeTable",
                        {Fate::Refused(absl::NotFoundError("not yet"))});
  fake_.shard(0).AddTable(SpecOf("t"), 5);
  ROWHOUSE_ASSERT_OK(Create(SpecOf("t")));
  for (int s = 0; s < 3; ++s) EXPECT_EQ(IncarnationOn(s), 5u);
}

TEST_F(TableDirectoryTest, ALeftoverOfAHalfDropIsNotTakenForTheTable) {
  fake_.shard(1).AddTable(SpecOf("t"), 9);
  EXPECT_THAT(Create(SpecOf("t")),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("incarnation 9 here but 77 on shard 0")));
  ROWHOUSE_ASSERT_OK(directory_->Drop("t", time_.Deadline()));
  ROWHOUSE_ASSERT_OK(Create(SpecOf("t")));
  for (int s = 0; s < 3; ++s) EXPECT_EQ(IncarnationOn(s), 78u);
}

TEST_F(TableDirectoryTest, DropSucceedsWhereverItIs) {
  fake_.shard(2).AddTable(SpecOf("t"), 9);
  ROWHOUSE_EXPECT_OK(directory_->Drop("t", time_.Deadline()));
  EXPECT_THAT(fake_.shard(2).tables(), IsEmpty());
  EXPECT_THAT(directory_->Drop("t", time_.Deadline()),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("'t'")));
}

TEST_F(TableDirectoryTest, ALostReplyOfDropIsNotNotFound) {
  fake_.shard(0).AddTable(SpecOf("t"), 9);
  fake_.shard(0).Script("DropTable", {Fate::ReplyLost()});
  ROWHOUSE_EXPECT_OK(directory_->Drop("t", time_.Deadline()));
}

TEST_F(TableDirectoryTest, ASecondTryOfDropKeepsWhatWasMadeSince) {
  fake_.AddTable(SpecOf("t"), 9);
  fake_.shard(1).Script("DropTable", {Fate::ReplyLost()});
  Cluster::Options options = time_.options();
  options.retry.on_retry = [this](const absl::Status&) {
    fake_.shard(1).AddTable(SpecOf("t"), 99);
  };
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto cluster, Cluster::Join(fake_.Stubs(), std::move(options)));
  TableDirectory directory(*cluster, [] { return 1; });
  ROWHOUSE_EXPECT_OK(directory.Drop("t", time_.Deadline()));
  EXPECT_EQ(fake_.shard(1).Count("DropTable"), 2u);
  EXPECT_EQ(IncarnationOn(1), 99u);
}

TEST_F(TableDirectoryTest, FindAsksOnceAndForgetsWhenTold) {
  fake_.AddTable(SpecOf("t", 4), 9);
  for (int i = 0; i < 3; ++i) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto table,
                                  directory_->Find("t", time_.Deadline()));
    EXPECT_EQ(table->spec.dim, 4u);
    EXPECT_EQ(table->incarnation.value(), 9u);
  }
  EXPECT_EQ(fake_.shard(0).Count("DescribeTable"), 1u);
  directory_->Forget();
  fake_.AddTable(SpecOf("t", 4), 10);
  EXPECT_EQ((*directory_->Find("t", time_.Deadline()))->incarnation.value(),
            10u);
  EXPECT_THAT(directory_->Find("u", time_.Deadline()),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("shard 0")));
}

TEST_F(TableDirectoryTest, ListAndDescribeAddUpTheShards) {
  ROWHOUSE_ASSERT_OK(Create(SpecOf("b")));
  ROWHOUSE_ASSERT_OK(Create(SpecOf("a", 2)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto tables,
                                directory_->List(time_.Deadline()));
  ASSERT_THAT(tables, SizeIs(2));
  EXPECT_EQ(tables[0].spec.name, "a");
  EXPECT_EQ(tables[1].incarnation, 77u);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto one,
                                directory_->Describe("a", time_.Deadline()));
  EXPECT_EQ(one.spec.dim, 2u);
  EXPECT_THAT(directory_->Describe("c", time_.Deadline()),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(TableDirectoryTest, TheLastStepIsTheHighestOfTheShards) {
  ROWHOUSE_ASSERT_OK(Create(SpecOf("t")));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto fresh,
                                directory_->Describe("t", time_.Deadline()));
  EXPECT_EQ(fresh.last_step, std::nullopt);
  fake_.shard(1).SetSteps("t", 3, TableStep{0.5f, 9});
  fake_.shard(2).SetSteps("t", 4, TableStep{0.5f, 6});
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto one,
                                directory_->Describe("t", time_.Deadline()));
  EXPECT_EQ(one.last_step, 9u);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto all,
                                directory_->List(time_.Deadline()));
  EXPECT_EQ(all[0].last_step, 9u);
}

}  // namespace
}  // namespace rowhouse::internal
