// Shard::Push, WriteRows and OpenSession.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <thread>
#include <vector>

#include "base/limits.h"
#include "shard/shard.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;

class PushTest : public testing::Test {
 protected:
  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start());
    ROWHOUSE_ASSERT_OK(
        shard().CreateTable(CounterSpec("t"), TableIncarnation(1)));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(trainer_, Trainer::Connect(shard()));
  }
  Shard& shard() { return *process_.shard; }

  // What a refused push must leave alone.
  void ExpectRefused(const absl::StatusOr<PushReply>& reply,
                     absl::StatusCode code, const std::string& message) {
    EXPECT_THAT(reply, StatusIs(code, HasSubstr(message)));
    const ShardInfo info = shard().Info();
    EXPECT_EQ(info.last_lsn, last_lsn_) << "journaled: " << message;
    EXPECT_EQ(info.pushes, pushes_);
    EXPECT_EQ(info.refused, ++refused_);
    EXPECT_EQ(info.rows_stored, 0u);
  }
  void Settle() {
    last_lsn_ = shard().Info().last_lsn;
    pushes_ = shard().Info().pushes;
  }

  Machine machine_;
  Process process_;
  Trainer trainer_;
  Lsn last_lsn_;
  std::uint64_t pushes_ = 0;
  std::uint64_t refused_ = 0;
  const std::vector<Id> ids_ = {1, 2};
  const std::vector<float> four_ = {1, 2, 3, 4};
};

TEST_F(PushTest, AdagradByHand) {
  TableSpec spec = AdagradTable("adagrad", 2);
  spec.initializer = ConstantInitializer{1.0f};
  spec.optimizer =
      AdagradSpec{.learning_rate = 0.5f, .initial_accumulator = 7.0f};
  ROWHOUSE_ASSERT_OK(shard().CreateTable(spec, TableIncarnation(2)));
  const std::vector<Id> ids = {5};
  const std::vector<float> gradients = {3, -3};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const PushReply reply,
      trainer_.Push(shard(), {{.table = "adagrad",
                               .dim = 2,
                               .bags = {.ids = ids},
                               .gradients = gradients}}));
  EXPECT_FALSE(reply.duplicate);
  EXPECT_EQ(reply.durability, Durability::kProcess);
  EXPECT_EQ(reply.lsn, shard().Info().last_lsn);
  // A = 7 + 9; w = 1 -+ 0.5 * 3 / 4.
  const RowsReply rows = ReadAll(shard(), "adagrad", ids);
  EXPECT_THAT(rows.weights, ElementsAre(0.625f, 1.375f));
  EXPECT_THAT(rows.slots, ElementsAre(16, 16));
  EXPECT_THAT(rows.stored, ElementsAre(1));
  EXPECT_THAT(rows.lsns, ElementsAre(reply.lsn.value()));
}

TEST_F(PushTest, BagsAndWeightsScaleTheGradientOfEachId) {
  const std::vector<Id> ids = {1, 2, 1};
  const std::vector<float> weights = {0.5f, 2.0f, 4.0f};
  const std::vector<std::uint32_t> splits = {0, 2, 2, 3};
  const std::vector<float> gradients = {1, 10, 7, 7, 2, 20};
  ROWHOUSE_ASSERT_OK(trainer_.Push(
      shard(), {{.table = "t",
                 .dim = 2,
                 .bags = {.ids = ids, .weights = weights, .row_splits = splits},
                 .gradients = gradients}}));
  // Row 1: 0.5 * (1, 10) + 4 * (2, 20). Row 2: 2 * (1, 10).
  EXPECT_THAT(ReadAll(shard(), "t", ids_).weights,
              ElementsAre(8.5f, 85, 2, 20));
}

// With Adagrad, one push of the same id twice differs from two pushes.
TEST_F(PushTest, TwoInputsOfOneTableAreOneUpdate) {
  TableSpec spec = AdagradTable("adagrad", 1);
  spec.initializer = ConstantInitializer{0.0f};
  spec.optimizer =
      AdagradSpec{.learning_rate = 1.0f, .initial_accumulator = 9.0f};
  ROWHOUSE_ASSERT_OK(shard().CreateTable(spec, TableIncarnation(2)));
  const std::vector<Id> id = {5};
  const std::vector<float> two = {2};
  const PushInput input = {
      .table = "adagrad", .dim = 1, .bags = {.ids = id}, .gradients = two};
  ROWHOUSE_ASSERT_OK(trainer_.Push(shard(), {input, input}));
  // A = 9 + 4 * 4, w = -4 / 5.
  const RowsReply rows = ReadAll(shard(), "adagrad", id);
  EXPECT_THAT(rows.weights, ElementsAre(-0.8f));
  EXPECT_THAT(rows.slots, ElementsAre(25));
}

TEST_F(PushTest, RowsDoNotDependOnLanes) {
  std::vector<RowsReply> by_lanes;
  std::vector<Id> ids;
  for (Id id = 0; id < 500; ++id) ids.push_back(id * id % 701);
  for (const std::uint32_t lanes : {1u, 2u, 8u}) {
    Machine machine(MakeThreadExecutor(2));
    Options options = Machine::OptionsOf();
    options.lanes = lanes;
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine.Start(options));
    ROWHOUSE_ASSERT_OK(
        process->CreateTable(AdagradTable("a", 64), TableIncarnation(2)));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer,
                                  Trainer::Connect(*process.shard));
    std::vector<float> gradients(ids.size() * 64);
    for (int push = 0; push < 3; ++push) {
      for (std::size_t i = 0; i < gradients.size(); ++i) {
        gradients[i] = std::sin(static_cast<float>(i + push));
      }
      ROWHOUSE_ASSERT_OK(
          trainer.Push(*process.shard, {{.table = "a",
                                         .dim = 64,
                                         .bags = {.ids = ids},
                                         .gradients = gradients}}));
    }
    by_lanes.push_back(ReadAll(*process.shard, "a", ids));
  }
  ExpectSameRows(by_lanes[0], by_lanes[1]);
  ExpectSameRows(by_lanes[0], by_lanes[2]);
}

TEST_F(PushTest, ASequenceIsAppliedOnce) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushReply first,
                                trainer_.Count(shard(), "t", ids_));
  trainer_.header().sequence = 0;
  trainer_.header().durability = Durability::kPower;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushReply again,
                                trainer_.Count(shard(), "t", ids_));
  EXPECT_TRUE(again.duplicate);
  EXPECT_GE(again.lsn, first.lsn);
  EXPECT_EQ(again.durability, Durability::kPower);
  EXPECT_GE(shard().Info().synced_lsn, again.lsn);
  EXPECT_THAT(Counts(shard(), "t", ids_), ElementsAre(1, 1));
  EXPECT_EQ(shard().Info().duplicates, 1u);
  EXPECT_EQ(shard().Info().pushes, 1u);
  // The answer outlives the table.
  ROWHOUSE_ASSERT_OK(shard().DropTable({"t"}));
  trainer_.header().sequence = 0;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushReply gone,
                                trainer_.Count(shard(), "t", ids_));
  EXPECT_TRUE(gone.duplicate);
}

TEST_F(PushTest, StaleSequencesAreRefusedWithTheirNumbers) {
  for (int i = 0; i < 3; ++i) {
    ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", {}));
  }
  trainer_.header().lowest_unacknowledged = 2;
  ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", {}));
  trainer_.header().sequence = 1;
  trainer_.header().lowest_unacknowledged = 0;
  Settle();
  ExpectRefused(trainer_.Count(shard(), "t", ids_), kPrecondition,
                "sequence 1 of session 1 is stale: sequences below 2 are "
                "acknowledged, the next is 4, the window 1024");
}

TEST_F(PushTest, SessionsThatAreNotThisShardsAreRefused) {
  Settle();
  PushHeader& header = trainer_.header();
  header.session.number = 2;
  ExpectRefused(trainer_.Count(shard(), "t", ids_), kPrecondition,
                "session 2 is unknown or has ended; the last one opened is 1");
  header.session = {.incarnation = 999, .number = 1};
  ExpectRefused(trainer_.Count(shard(), "t", ids_), kPrecondition,
                "session of incarnation 999, this data directory is "
                "incarnation 1000");
  header.session = {.incarnation = 1000, .number = 1};
  header.map_version = 0;
  ExpectRefused(trainer_.Count(shard(), "t", ids_), kPrecondition,
                "request of map version 0, this shard has 7");
  header.map_version = 7;
  header.sequence = kPushWindow;
  ExpectRefused(trainer_.Count(shard(), "t", ids_), kInvalid,
                "sequence 1024 with lowest unacknowledged 0");
}

TEST_F(PushTest, BadInputIsRefusedWithItsNumbersAndTheSequenceStaysNew) {
  Settle();
  ExpectRefused(trainer_.Count(shard(), "u", ids_), absl::StatusCode::kNotFound,
                "no table 'u'");
  ExpectRefused(trainer_.Count(shard(), "t", ids_, 3), kInvalid,
                "table 't': dim is 2, the request says 3");
  PushInput good = {
      .table = "t", .dim = 2, .bags = {.ids = ids_}, .gradients = four_};
  PushInput bad = good;
  bad.incarnation = TableIncarnation(5);
  ExpectRefused(trainer_.Push(shard(), {good, bad}),
                absl::StatusCode::kNotFound,
                "no table 't' of incarnation 5; the one here is 1");
  bad = good;
  bad.gradients = absl::MakeSpan(four_).first(3);
  ExpectRefused(trainer_.Push(shard(), {good, bad}), kInvalid,
                "3 gradient values for 2 bags of dim 2, expected 4");
  const std::vector<float> nan = {1, 1, NAN, 1};
  bad.gradients = nan;
  ExpectRefused(trainer_.Push(shard(), {good, bad}), kInvalid,
                "table 't': gradient of bag 1 is not finite");
  const std::vector<PushInput> many(kInputsPerRequestMax + 1, good);
  ExpectRefused(trainer_.Push(shard(), many),
                absl::StatusCode::kResourceExhausted,
                "request of 4097 inputs, at most 4096");
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushReply reply,
                                trainer_.Push(shard(), {good}));
  EXPECT_FALSE(reply.duplicate);
  EXPECT_EQ(trainer_.header().sequence, 1u);
}

TEST_F(PushTest, IdsThatAreNotHereAreRefused) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process half,
                                machine_.Start(Machine::OptionsOf(0, 2)));
  TableSpec spec = CounterSpec("a");
  spec.rows = 43;
  ROWHOUSE_ASSERT_OK(half->CreateTable(spec, TableIncarnation(1)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer, Trainer::Connect(*half.shard));
  // Vectors of the format: id 0 -> 7815, 1 -> 11555, 42 -> 983.
  ROWHOUSE_EXPECT_OK(trainer.Count(*half.shard, "a", {0, 42}));
  EXPECT_THAT(trainer.Count(*half.shard, "a", {0, 1}),
              StatusIs(kPrecondition,
                       "table 'a': id 1 is in bucket 11555, this shard serves "
                       "[0, 8192)"));
  EXPECT_THAT(trainer.Count(*half.shard, "a", {43}),
              StatusIs(kInvalid, "table 'a': id 43 is not in [0, 43)"));
  EXPECT_THAT(Counts(*half.shard, "a", {0, 42}), ElementsAre(1, 1));
}

TEST_F(PushTest, PropagateAppliesAndSkipRowSkipsWhatIsNotFinite) {
  const std::vector<float> nan = {1, NAN, 3, 4};
  for (const auto& [name, policy] :
       {std::pair("skip", NanPolicy::kSkipRow),
        std::pair("propagate", NanPolicy::kPropagate)}) {
    TableSpec spec = CounterSpec(name);
    spec.nan_policy = policy;
    ROWHOUSE_ASSERT_OK(
        shard().CreateTable(spec, TableIncarnation(10 + int(policy))));
    ROWHOUSE_ASSERT_OK(trainer_.Push(
        shard(),
        {{.table = name, .dim = 2, .bags = {.ids = ids_}, .gradients = nan}}));
  }
  const RowsReply skip = ReadAll(shard(), "skip", ids_);
  EXPECT_THAT(skip.stored, ElementsAre(0, 1));
  EXPECT_THAT(skip.weights, ElementsAre(0, 0, 3, 4));
  const RowsReply propagate = ReadAll(shard(), "propagate", ids_);
  EXPECT_THAT(propagate.weights, ElementsAre(1, testing::IsNan(), 3, 4));
}

TEST_F(PushTest, TheStrictestOfPushAndTablesIsKept) {
  TableSpec spec = CounterSpec("memory");
  spec.durability = Durability::kMemory;
  ROWHOUSE_ASSERT_OK(shard().CreateTable(spec, TableIncarnation(2)));
  spec = CounterSpec("power");
  spec.durability = Durability::kPower;
  ROWHOUSE_ASSERT_OK(shard().CreateTable(spec, TableIncarnation(3)));
  const auto push = [&](std::vector<absl::string_view> tables) {
    std::vector<PushInput> inputs;
    for (const absl::string_view table : tables) {
      inputs.push_back({.table = table,
                        .dim = 2,
                        .bags = {.ids = ids_},
                        .gradients = four_});
    }
    const auto reply = trainer_.Push(shard(), inputs);
    return reply.ok() ? reply->durability : Durability(0);
  };
  EXPECT_EQ(push({"memory"}), Durability::kMemory);
  EXPECT_EQ(push({"memory", "t"}), Durability::kProcess);
  EXPECT_LT(shard().Info().synced_lsn, shard().Info().last_lsn);
  EXPECT_EQ(push({"t", "power", "memory"}), Durability::kPower);
  EXPECT_EQ(shard().Info().synced_lsn, shard().Info().last_lsn);
  trainer_.header().durability = Durability::kPower;
  EXPECT_EQ(push({"memory"}), Durability::kPower);
  trainer_.header().durability = Durability::kMemory;
  EXPECT_EQ(push({"power"}), Durability::kPower);
}

TEST_F(PushTest, WrittenRowsAreAsTheyWereGivenOnce) {
  ROWHOUSE_ASSERT_OK(
      shard().CreateTable(AdagradTable("a", 1), TableIncarnation(2)));
  const std::vector<float> weights = {1, 2};
  const std::vector<float> slots = {3, 4};
  ROWHOUSE_ASSERT_OK(trainer_.Write(shard(), {.table = "a",
                                              .dim = 1,
                                              .ids = ids_,
                                              .weights = weights,
                                              .slots = slots}));
  RowsReply rows = ReadAll(shard(), "a", ids_);
  EXPECT_THAT(rows.weights, ElementsAre(1, 2));
  EXPECT_THAT(rows.slots, ElementsAre(3, 4));
  // Without slots they become those of a first row.
  ROWHOUSE_ASSERT_OK(trainer_.Write(
      shard(), {.table = "a", .dim = 1, .ids = ids_, .weights = slots}));
  rows = ReadAll(shard(), "a", ids_);
  EXPECT_THAT(rows.weights, ElementsAre(3, 4));
  EXPECT_THAT(rows.slots, ElementsAre(0.1f, 0.1f));
  trainer_.header().sequence = 0;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushReply again,
                                trainer_.Write(shard(), {.table = "a",
                                                         .dim = 1,
                                                         .ids = ids_,
                                                         .weights = weights,
                                                         .slots = slots}));
  EXPECT_TRUE(again.duplicate);
  EXPECT_THAT(ReadAll(shard(), "a", ids_).weights, ElementsAre(3, 4));
  const std::vector<Id> twice = {1, 1};
  trainer_.header().sequence = 7;
  EXPECT_THAT(
      trainer_.Write(
          shard(), {.table = "a", .dim = 1, .ids = twice, .weights = weights}),
      StatusIs(kInvalid, "table 'a': id 1 is written twice"));
}

TEST_F(PushTest, SessionNumbersRiseAndTheOldestGivesWay) {
  ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", ids_));
  Trainer second;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(second, Trainer::Connect(shard()));
  EXPECT_EQ(second.session().number, 2u);
  EXPECT_EQ(shard().Info().synced_lsn, shard().Info().last_lsn);
  for (std::size_t n = 3; n <= kSessionsMax; ++n) {
    ROWHOUSE_ASSERT_OK(shard().OpenSession());
  }
  ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", ids_));
  EXPECT_EQ(shard().Info().sessions, kSessionsMax);
  // One too many: the second never pushed and was opened first.
  ROWHOUSE_ASSERT_OK(shard().OpenSession());
  EXPECT_EQ(shard().Info().sessions, kSessionsMax);
  EXPECT_THAT(
      second.Count(shard(), "t", ids_),
      StatusIs(kPrecondition, HasSubstr("session 2 is unknown or has ended")));
  ROWHOUSE_EXPECT_OK(trainer_.Count(shard(), "t", ids_));
}

TEST_F(PushTest, AFullDiskRefusesAndTheSameSequenceWorksLater) {
  // Room for half of another segment of 1 MiB.
  machine_.disk().SetCapacity(3u << 19);
  const std::uint32_t dim = 1024;
  ROWHOUSE_ASSERT_OK(
      shard().CreateTable(CounterSpec("wide", dim), TableIncarnation(2)));
  std::vector<Id> ids(32);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = i;
  float pushed = 0;
  absl::StatusOr<PushReply> reply = PushReply();
  while ((reply = trainer_.Count(shard(), "wide", ids, dim)).ok()) ++pushed;
  EXPECT_THAT(reply, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(pushed, 7);  // of 128 KiB each
  EXPECT_EQ(shard().Info().state, "serving");
  EXPECT_THAT(Counts(shard(), "wide", {0, 31}), ElementsAre(7, 7));
  machine_.disk().SetCapacity(1u << 30);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushReply later,
                                trainer_.Count(shard(), "wide", ids, dim));
  EXPECT_FALSE(later.duplicate);
  EXPECT_THAT(Counts(shard(), "wide", {0, 31}), ElementsAre(8, 8));
}

TEST_F(PushTest, ConcurrentPushersLoseNothing) {
  Machine machine(MakeThreadExecutor(2));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine.Start());
  Shard& shard = *process.shard;
  ROWHOUSE_ASSERT_OK(
      shard.CreateTable(CounterSpec("t", 8), TableIncarnation(1)));
  constexpr int kPushers = 4;
  constexpr int kPushes = 50;
  std::vector<Id> all(1000);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  std::atomic<int> running{kPushers};
  std::vector<std::thread> threads;
  for (int p = 0; p < kPushers; ++p) {
    threads.emplace_back([&, p] {
      absl::StatusOr<Trainer> trainer = Trainer::Connect(shard);
      // Each its own stretch, and all of them the first half.
      std::vector<Id> ids(all.begin(), all.begin() + 500 + 125 * p);
      for (int i = 0; i < kPushes && trainer.ok(); ++i) {
        EXPECT_THAT(trainer->Count(shard, "t", ids, 8), IsOk());
      }
      --running;
    });
  }
  threads.emplace_back([&] {
    std::vector<float> last(all.size() * 8);
    while (running > 0) {
      const absl::StatusOr<std::vector<float>> rows =
          LookupOne(shard, {.table = "t", .dim = 8, .bags = {.ids = all}});
      ASSERT_THAT(rows, IsOk());
      for (std::size_t i = 0; i < rows->size(); ++i) {
        // No row is half updated, and none goes back.
        ASSERT_EQ((*rows)[i], (*rows)[i / 8 * 8]);
        ASSERT_GE((*rows)[i], last[i]);
      }
      last = *rows;
      ASSERT_THAT(shard.WriteBack(), IsOk());
    }
  });
  for (std::thread& thread : threads) thread.join();
  const std::vector<float> counts = Counts(shard, "t", all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const int pushers = i < 500 ? 4 : 4 - static_cast<int>((i - 500) / 125 + 1);
    ASSERT_EQ(counts[i], static_cast<float>(pushers * kPushes)) << i;
  }
  EXPECT_EQ(shard.Info().pushes, std::uint64_t{kPushers * kPushes});
}

}  // namespace
}  // namespace rowhouse::shard
