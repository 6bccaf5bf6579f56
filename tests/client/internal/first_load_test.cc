#include "client/internal/first_load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/status_macros.h"

#include "tests/client/internal/fake_shard_stub.h"
#include "tests/client/internal/fake_time.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Does something while a client waits: what other clients do meanwhile.
class BusySleeper final : public Sleeper {
 public:
  explicit BusySleeper(FakeClock& clock) : clock_(clock) {}
  void Sleep(absl::Duration duration) override {
    clock_.Advance(duration);
    if (meanwhile) std::exchange(meanwhile, nullptr)();
  }
  std::function<void()> meanwhile;  // at the next wait only

 private:
  FakeClock& clock_;
};

// Two clients of three shards that both want table `t` of five rows.
class FirstLoadTest : public ::testing::Test {
 protected:
  struct OneClient {
    std::unique_ptr<Cluster> cluster;
    std::unique_ptr<TableDirectory> tables;
    std::unique_ptr<FirstLoads> loads;
    // Ends what it has sent and keeps.
    FirstLoads::Settle settle = [] { return absl::OkStatus(); };
  };

  void SetUp() override {
    spec_.rows = 5;
    for (OneClient* client : {&a_, &b_}) {
      Cluster::Options options = time_.options();
      options.sleeper = &sleeper_;
      options.retry.try_timeout = absl::Seconds(1);
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(
          client->cluster, Cluster::Join(fake_.Stubs(), std::move(options)));
      client->tables = std::make_unique<TableDirectory>(
          *client->cluster, [this] { return ++last_number_; });
      client->loads = std::make_unique<FirstLoads>(
          *client->tables, client->cluster->retry(),
          [client] { return client->settle(); });
    }
  }

  absl::Status Load(OneClient& client, std::function<absl::Status()> load) {
    return client.loads->LoadOnce(spec_, ++last_number_, load);
  }
  // A load that writes all rows.
  absl::Status Load(OneClient& client) {
    return Load(client, [&] {
      ++loads_;
      ROWHOUSE_RETURN_IF_ERROR(Create(client));
      SetRows(5);
      return absl::OkStatus();
    });
  }
  // One whose first rows are kept: no shard has answered.
  absl::Status LoadInVain(OneClient& client) {
    return Load(client, [&] {
      ROWHOUSE_RETURN_IF_ERROR(Create(client));
      return absl::UnavailableError("push 3 is kept");
    });
  }
  absl::Status Create(OneClient& client) {
    return client.tables->Create(spec_, time_.Deadline());
  }
  // Rows 0 to 2 on shard 0, others on shard 2.
  void SetRows(std::uint64_t rows) {
    fake_.shard(0).SetRows("t", std::min<std::uint64_t>(rows, 3));
    fake_.shard(2).SetRows("t", rows > 3 ? rows - 3 : 0);
  }
  absl::Status Describe(const std::string& table) {
    return a_.tables->Describe(table, time_.Deadline()).status();
  }

  FakeCluster fake_{3};
  FakeTime time_;
  BusySleeper sleeper_{time_.clock};
  std::uint64_t last_number_ = 0;
  TableSpec spec_ = SpecOf("t");
  OneClient a_;
  OneClient b_;
  int loads_ = 0;
};

TEST_F(FirstLoadTest, WhoeverComesFirstLoadsAndLeavesNoMark) {
  ROWHOUSE_EXPECT_OK(Load(a_));
  ROWHOUSE_EXPECT_OK(Load(b_));
  ROWHOUSE_EXPECT_OK(Load(a_));
  EXPECT_EQ(loads_, 1);
  EXPECT_THAT(Describe(LoadingName("t")),
              StatusIs(absl::StatusCode::kNotFound));
}

// The second wrote the checkpoint's rows over what the first had trained.
TEST_F(FirstLoadTest, TwoClientsAtOnceLoadOnce) {
  absl::Status other = absl::UnknownError("not called");
  ROWHOUSE_EXPECT_OK(Load(a_, [&] {
    ROWHOUSE_RETURN_IF_ERROR(Create(a_));
    SetRows(2);
    other = Load(b_);
    return absl::OkStatus();
  }));
  EXPECT_EQ(loads_, 0) << "b waits for a, which waits for b here";
  EXPECT_THAT(other, StatusIs(absl::StatusCode::kFailedPrecondition,
                              HasSubstr("has 2 of 5 rows and another client")));
}

TEST_F(FirstLoadTest, AClientWaitsWhileRowsCome) {
  ROWHOUSE_EXPECT_OK(Load(a_, [&] {
    ROWHOUSE_RETURN_IF_ERROR(Create(a_));
    // Each wait of b ends after a timeout; a row has come by then.
    std::uint64_t rows = 0;
    std::function<void()> more = [&] {
      time_.clock.Advance(absl::Seconds(9));
      SetRows(++rows);
      if (rows < 5) {
        sleeper_.meanwhile = more;
      } else {
        ROWHOUSE_EXPECT_OK(a_.tables->Drop(LoadingName("t"), time_.Deadline()));
      }
    };
    sleeper_.meanwhile = more;
    return Load(b_);
  }));
  EXPECT_EQ(loads_, 0);
}

// Rows that move untouched are all there after 64 steps, whoever made them.
TEST_F(FirstLoadTest, AHalfLoadedTableIsNotTakenForAWholeOne) {
  EXPECT_THAT(Load(a_,
                   [&] {
                     ROWHOUSE_RETURN_IF_ERROR(Create(a_));
                     SetRows(2);
                     return absl::DataLossError("a part is damaged");
                   }),
              StatusIs(absl::StatusCode::kDataLoss));
  SetRows(5);
  fake_.shard(0).SetSteps("t", 64);
  EXPECT_THAT(Load(b_),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("drop 't.loading' and 't' and create it")));
  EXPECT_EQ(loads_, 0);
  ROWHOUSE_EXPECT_OK(b_.tables->Drop("t", time_.Deadline()));
  ROWHOUSE_EXPECT_OK(b_.tables->Drop("t.loading", time_.Deadline()));
  ROWHOUSE_EXPECT_OK(Load(b_));
  EXPECT_EQ(loads_, 1);
}

TEST_F(FirstLoadTest, ALoadThatWroteNothingMayBeginAgain) {
  for (const bool create : {false, true}) {
    EXPECT_THAT(Load(a_,
                     [&] {
                       if (create) ROWHOUSE_RETURN_IF_ERROR(Create(a_));
                       return absl::InvalidArgumentError("no such tensor");
                     }),
                StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(Describe(LoadingName("t")),
                StatusIs(absl::StatusCode::kNotFound));
  }
  ROWHOUSE_EXPECT_OK(Load(b_));
  EXPECT_EQ(loads_, 1);
}

// The mark was dropped, another client loaded and trained, and then the rows
// that were kept came over what it had trained.
TEST_F(FirstLoadTest, RowsThatAreKeptKeepTheMark) {
  a_.settle = [] { return absl::UnavailableError("no answer yet"); };
  EXPECT_THAT(LoadInVain(a_), StatusIs(absl::StatusCode::kUnavailable,
                                       AllOf(HasSubstr("push 3 is kept"),
                                             HasSubstr("'t.loading' stays"))));
  EXPECT_THAT(Load(b_), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Load(a_), StatusIs(absl::StatusCode::kUnavailable,
                                 AllOf(HasSubstr("no answer yet"),
                                       HasSubstr("'t.loading' stays"))));
  EXPECT_EQ(loads_, 0);
  a_.settle = [this] {
    SetRows(2);
    return absl::OkStatus();
  };
  ROWHOUSE_EXPECT_OK(Load(a_)) << "it goes on";
  EXPECT_EQ(loads_, 1);
  EXPECT_THAT(Describe(LoadingName("t")),
              StatusIs(absl::StatusCode::kNotFound));
  ROWHOUSE_EXPECT_OK(Load(b_));
  EXPECT_EQ(loads_, 1);
}

TEST_F(FirstLoadTest, RowsThatComeLateAreSeenBeforeTheMarkIsDropped) {
  a_.settle = [this] {
    SetRows(2);
    return absl::OkStatus();
  };
  EXPECT_THAT(LoadInVain(a_), StatusIs(absl::StatusCode::kUnavailable,
                                       HasSubstr("'t.loading' stays")));
  ROWHOUSE_EXPECT_OK(Describe(LoadingName("t")));
  ROWHOUSE_EXPECT_OK(Load(a_));
  EXPECT_EQ(loads_, 1);
}

TEST_F(FirstLoadTest, ALoadDoesNotGoOnOverWhatWasTrained) {
  a_.settle = [] { return absl::UnavailableError("no answer yet"); };
  EXPECT_THAT(LoadInVain(a_), StatusIs(absl::StatusCode::kUnavailable));
  a_.settle = [] { return absl::OkStatus(); };
  SetRows(2);
  fake_.shard(2).SetSteps("t", 1, TableStep{0.5f, 0});
  EXPECT_THAT(Load(a_),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("was pushed to before it was loaded")));
  EXPECT_EQ(loads_, 0);
  ROWHOUSE_EXPECT_OK(b_.tables->Drop("t", time_.Deadline()));
  ROWHOUSE_EXPECT_OK(b_.tables->Drop("t.loading", time_.Deadline()));
  ROWHOUSE_EXPECT_OK(Load(b_));
  EXPECT_EQ(loads_, 1);
  ROWHOUSE_EXPECT_OK(Load(a_)) << "it knows of the mark that it had";
  EXPECT_EQ(loads_, 1);
}

TEST_F(FirstLoadTest, ATableThatWasTrainedBeforeIsNotLoadedOver) {
  ROWHOUSE_ASSERT_OK(Create(a_));
  SetRows(4);
  EXPECT_THAT(Load(a_), StatusIs(absl::StatusCode::kFailedPrecondition,
                                 HasSubstr("has 4 of 5 rows: it was trained")));
  SetRows(0);
  ROWHOUSE_EXPECT_OK(Load(a_));
  EXPECT_EQ(loads_, 1);
}

TEST_F(FirstLoadTest, AnotherSpecOfThatNameIsThere) {
  ROWHOUSE_ASSERT_OK(a_.tables->Create(SpecOf("t", 8), time_.Deadline()));
  EXPECT_THAT(Load(a_), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_EQ(loads_, 0);
  EXPECT_THAT(Describe(LoadingName("t")),
              StatusIs(absl::StatusCode::kNotFound));
}

// A makes the mark, loads and drops it between b's look and b's claim.
TEST_F(FirstLoadTest, AClientThatLookedBeforeTheOtherLoadedDoesNotLoad) {
  ROWHOUSE_ASSERT_OK(Create(a_));
  SetRows(5);
  for (int s = 0; s < 3; ++s) {
    fake_.shard(s).Script("DescribeTable",
                          {Fate::Refused(absl::NotFoundError("not yet"))});
  }
  ROWHOUSE_EXPECT_OK(Load(b_));
  EXPECT_EQ(loads_, 0);
  EXPECT_THAT(Describe(LoadingName("t")),
              StatusIs(absl::StatusCode::kNotFound));
}

// The mark is there and the answer was lost: it is our own.
TEST_F(FirstLoadTest, AClaimWithoutAnAnswerIsFound) {
  fake_.shard(1).Script("CreateTable",
                        std::vector<Fate>(12, Fate::ReplyLost()));
  ROWHOUSE_EXPECT_OK(Load(a_));
  EXPECT_EQ(loads_, 1);
}

}  // namespace
}  // namespace rowhouse::internal
