// A shard whose rows do not fit into its memory shows what one with all of them
// in memory would show. (Tables whose rows move by themselves:
// lane_steps_test.cc.)
#include "shard/row_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <numeric>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "shard/shard.h"
#include "storage/row_store.h"
#include "tests/shard/machine.h"
#include "tests/testing/forwarding_row_store.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kFull = absl::StatusCode::kResourceExhausted;
constexpr std::uint32_t kDim = 3;
constexpr Id kIds = 3000;

// Rows of 6 floats and 32 bytes: memory for a tenth of kIds.
Options WithLittleMemory() {
  Options options = Machine::OptionsOf();
  options.row_memory_bytes = kIds / 10 * 56;
  options.row_memory_wait = absl::ZeroDuration();
  return options;
}

// A shard that is asked what another is asked, and their trainers.
class Twin {
 public:
  explicit Twin(const Options& options) : options_(options) {}
  void Start() {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start(options_));
  }
  void Connect() {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(trainer_, Trainer::Connect(shard()));
    trainer_.header().durability = Durability::kPower;
  }
  Shard& shard() { return *process_.shard; }
  void Kill() { machine_.Kill(process_); }
  void PowerCut(std::uint64_t seed) { machine_.PowerCut(process_, seed); }

  void Push(const std::vector<Id>& ids, const std::vector<float>& gradients) {
    const PushInput input = {.table = "t",
                             .dim = kDim,
                             .bags = {.ids = ids},
                             .gradients = gradients};
    absl::StatusOr<PushReply> reply = trainer_.Push(shard(), {input});
    if (absl::IsResourceExhausted(reply.status())) {
      ++refused_;
      ROWHOUSE_ASSERT_OK(shard().WriteBack());
      reply = trainer_.Push(shard(), {input});
    }
    ROWHOUSE_ASSERT_OK(reply);
  }
  absl::Status Checkpoint(const std::string& name) {
    return MakeCheckpoint(shard(), name, {&trainer_}).status();
  }
  int refused() const { return refused_; }

 private:
  const Options options_;
  Machine machine_;
  Process process_;
  Trainer trainer_;
  int refused_ = 0;
};

void ExpectSame(Twin& small, Twin& large, const std::vector<Id>& ids) {
  ExpectSameRows(ReadAll(small.shard(), "t", ids),
                 ReadAll(large.shard(), "t", ids));
  std::vector<std::uint32_t> splits = {0};
  while (splits.back() < ids.size()) {
    splits.push_back(std::min<std::uint32_t>(splits.back() + 7, ids.size()));
  }
  const LookupInput rows = {.table = "t", .dim = kDim, .bags = {.ids = ids}};
  const LookupInput sums = {.table = "t",
                            .dim = kDim,
                            .pooling = Pooling::kSum,
                            .bags = {.ids = ids, .row_splits = splits}};
  for (const LookupInput& input : {rows, sums}) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const std::vector<float> a,
                                  LookupOne(small.shard(), input));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const std::vector<float> b,
                                  LookupOne(large.shard(), input));
    ASSERT_EQ(a, b);
  }
  EXPECT_EQ(small.shard().DescribeTable("t")->rows_stored,
            large.shard().DescribeTable("t")->rows_stored);
}

TEST(RowMemoryTest, ATenthOfTheRowsShowsTheBitsOfAll) {
  int refused = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(seed);
    Twin small(WithLittleMemory());
    Twin large(Machine::OptionsOf());
    std::mt19937_64 random(seed);
    const auto both = [&](auto fn) {
      fn(small);
      fn(large);
    };
    both([](Twin& twin) {
      twin.Start();
      ROWHOUSE_ASSERT_OK(twin.shard().CreateTable(AdagradTable("t", kDim),
                                                  TableIncarnation(5)));
      twin.Connect();
    });
    std::uniform_real_distribution<float> value(-1, 1);
    for (int step = 0; step < 300; ++step) {
      // Hot ids and cold ones, some twice.
      std::vector<Id> ids(random() % 80);
      for (Id& id : ids) id = random() % (random() % 2 == 0 ? 50 : kIds);
      std::vector<float> gradients(ids.size() * kDim);
      for (float& gradient : gradients) gradient = value(random);
      both([&](Twin& twin) { twin.Push(ids, gradients); });
      switch (random() % 12) {
        case 0:
          ROWHOUSE_ASSERT_OK(small.shard().Maintain());
          break;
        case 1:
          ROWHOUSE_ASSERT_OK(small.shard().WriteBack());
          break;
        case 2: {
          small.Kill();
          ASSERT_NO_FATAL_FAILURE(small.Start());
          break;
        }
        case 3: {
          small.PowerCut(random());
          ASSERT_NO_FATAL_FAILURE(small.Start());
          break;
        }
        case 4:
          ROWHOUSE_ASSERT_OK(small.Checkpoint(absl::StrCat("c", step)));
          break;
        default:
          break;
      }
      if (step % 10 != 0) continue;
      std::vector<Id> looked(400);
      for (Id& id : looked) id = random() % kIds;
      ASSERT_NO_FATAL_FAILURE(ExpectSame(small, large, looked));
    }
    std::vector<Id> all(kIds);
    for (Id id = 0; id < kIds; ++id) all[id] = id;
    ASSERT_NO_FATAL_FAILURE(ExpectSame(small, large, all));
    refused += small.refused();
    EXPECT_LT(small.shard().Info().memory_bytes,
              large.shard().Info().memory_bytes / 3);
  }
  EXPECT_GT(refused, 0) << "no push ever met a memory that was all dirty";
}

TEST(RowMemoryTest, ARestoreLeavesInMemoryWhatFits) {
  Machine machine;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process,
                                machine.Start(WithLittleMemory()));
  Shard& shard = *process.shard;
  ROWHOUSE_ASSERT_OK(
      shard.CreateTable(CounterSpec("t", kDim), TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer, Trainer::Connect(shard));
  for (Id first = 0; first < kIds; first += 50) {
    std::vector<Id> ids(50);
    for (Id i = 0; i < 50; ++i) ids[i] = first + i;
    ROWHOUSE_ASSERT_OK(trainer.Count(shard, "t", ids, kDim));
    ROWHOUSE_ASSERT_OK(shard.WriteBack());
  }
  const auto memory_bytes = shard.Info().memory_bytes;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part,
                                MakePart(shard, "c", {&trainer}));
  EXPECT_EQ(part.rows, kIds);
  ROWHOUSE_ASSERT_OK(shard.CommitCheckpoint("c", 0, {part}));
  ROWHOUSE_ASSERT_OK(trainer.Count(shard, "t", {1, 2}, kDim));
  ROWHOUSE_ASSERT_OK(shard.BeginRestore({"c", 77, /*replace=*/true}));
  ROWHOUSE_ASSERT_OK(shard.FinishRestore(77));
  EXPECT_EQ(shard.Info().rows_stored, kIds);
  EXPECT_LE(shard.Info().memory_bytes, memory_bytes);
  EXPECT_THAT(Counts(shard, "t", {0, 1, 2, kIds - 1, kIds}),
              ElementsAre(1, 1, 1, 1, 0));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(trainer, Trainer::Connect(shard));
  ROWHOUSE_ASSERT_OK(trainer.Count(shard, "t", {1, kIds}, kDim));
  EXPECT_THAT(Counts(shard, "t", {1, kIds}), ElementsAre(2, 1));
  EXPECT_EQ(shard.Info().rows_stored, kIds + 1);
}

class UnreadableRowStore final : public ForwardingRowStore {
 public:
  using ForwardingRowStore::ForwardingRowStore;
  absl::Status MultiGet(
      TableIncarnation, absl::Span<const storage::RowPlace>,
      absl::FunctionRef<absl::Status(std::size_t, const storage::RowImage&)>)
      const override {
    return absl::DataLossError("a page is spoiled");
  }
};

// The record is there: another start may apply it. No code may say that it was
// refused.
TEST(RowMemoryTest, ARowThatCannotBeReadLeavesItsPushUnknown) {
  Machine machine;
  machine.WrapRowStores([](std::unique_ptr<storage::RowStore> rows, bool) {
    return std::make_unique<UnreadableRowStore>(std::move(rows));
  });
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process,
                                machine.Start(WithLittleMemory()));
  ROWHOUSE_ASSERT_OK(
      process->CreateTable(CounterSpec("t", kDim), TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer,
                                Trainer::Connect(*process.shard));
  EXPECT_THAT(
      trainer.Count(*process.shard, "t", {1}, kDim),
      StatusIs(absl::StatusCode::kUnavailable,
               AllOf(HasSubstr("DATA_LOSS"), HasSubstr("a page is spoiled"))));
  EXPECT_THAT(process->Info().state, HasSubstr("failed"));
  EXPECT_FALSE(process->Close().ok());
}

class WatchedRowStore final : public ForwardingRowStore {
 public:
  WatchedRowStore(std::unique_ptr<storage::RowStore> rows,
                  std::vector<std::size_t>& writes)
      : ForwardingRowStore(std::move(rows)), writes_(writes) {}
  absl::Status Write(TableIncarnation table,
                     absl::Span<const storage::RowImage> rows) override {
    writes_.push_back(rows.size());
    return ForwardingRowStore::Write(table, rows);
  }

 private:
  std::vector<std::size_t>& writes_;
};

TEST(RowMemoryTest, ARestoreLoadsWhatFits) {
  Machine machine;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine.Start());
  ROWHOUSE_ASSERT_OK(
      process->CreateTable(CounterSpec("t", kDim), TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer,
                                Trainer::Connect(*process.shard));
  std::vector<Id> ids(kIds);
  std::iota(ids.begin(), ids.end(), 0);
  ROWHOUSE_ASSERT_OK(trainer.Count(*process.shard, "t", ids, kDim));
  ROWHOUSE_ASSERT_OK(MakeCheckpoint(*process.shard, "c", {&trainer}).status());
  std::vector<std::size_t> writes;
  machine.WrapRowStores(
      [&](std::unique_ptr<storage::RowStore> rows,
          bool read_only) -> std::unique_ptr<storage::RowStore> {
        if (read_only) return rows;
        return std::make_unique<WatchedRowStore>(std::move(rows), writes);
      });
  Options options = WithLittleMemory();
  options.data_dir += "-restored";
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process restored, machine.Start(options));
  ROWHOUSE_ASSERT_OK(restored->BeginRestore({"c", 9, false}));
  ROWHOUSE_ASSERT_OK(restored->FinishRestore(9));
  EXPECT_EQ(restored->Info().rows_stored, kIds);
  // One of all rows, where memory is not bounded; here each is of what was
  // loaded at once.
  EXPECT_EQ(std::accumulate(writes.begin(), writes.end(), std::size_t{0}),
            kIds);
  EXPECT_LE(*std::max_element(writes.begin(), writes.end()), kIds / 10);
}

TEST(RowMemoryTest, AReplayNeedNotFitIntoMemory) {
  Machine machine;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine.Start());
  ROWHOUSE_ASSERT_OK(
      process->CreateTable(CounterSpec("t", kDim), TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer,
                                Trainer::Connect(*process.shard));
  for (int round = 0; round < 2; ++round) {
    for (Id first = 0; first < kIds; first += 50) {
      std::vector<Id> ids(50);
      for (Id i = 0; i < 50; ++i) ids[i] = first + i;
      ROWHOUSE_ASSERT_OK(trainer.Count(*process.shard, "t", ids, kDim));
    }
  }
  const auto all_bytes = process->Info().memory_bytes;
  machine.Kill(process);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(process, machine.Start(WithLittleMemory()));
  EXPECT_LT(process->Info().memory_bytes, all_bytes / 3);
  EXPECT_EQ(process->Info().rows_stored, kIds);
  EXPECT_THAT(Counts(*process.shard, "t", {0, kIds / 2, kIds - 1}),
              ElementsAre(2, 2, 2));
}

TEST(RowMemoryTest, WhileAllIsDirtyPushesAreRefusedWithNumbers) {
  Machine machine;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process,
                                machine.Start(WithLittleMemory()));
  Shard& shard = *process.shard;
  ROWHOUSE_ASSERT_OK(
      shard.CreateTable(CounterSpec("t", kDim), TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer, Trainer::Connect(shard));
  for (int round = 0; round < 3; ++round) {
    absl::StatusOr<PushReply> reply = PushReply();
    Id pushed = 0;
    for (; pushed < kIds; pushed += 10) {
      std::vector<Id> ids(10);
      for (Id i = 0; i < 10; ++i) ids[i] = pushed + i;
      reply = trainer.Count(shard, "t", ids, kDim);
      if (!reply.ok()) break;
    }
    EXPECT_THAT(reply,
                StatusIs(kFull, HasSubstr("of the 16800 bytes of rows")));
    EXPECT_GT(pushed, kIds / 20) << "half of memory is used";
    EXPECT_LT(pushed, kIds / 10);
    EXPECT_EQ(shard.Info().state, "serving");
    EXPECT_THAT(Counts(shard, "t", {0, kIds - 1}), ElementsAre(round + 1, 0));
    ROWHOUSE_ASSERT_OK(shard.Maintain());
  }
  // One that is larger than memory is taken when nothing is dirty.
  std::vector<Id> all(kIds);
  for (Id id = 0; id < kIds; ++id) all[id] = id;
  ROWHOUSE_ASSERT_OK(trainer.Count(shard, "t", all, kDim));
  EXPECT_THAT(Counts(shard, "t", {0, kIds - 1}), ElementsAre(4, 1));
}

TEST(RowMemoryTest, ALargePushGetsRoomThoughLittleIsDirty) {
  Machine machine;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process,
                                machine.Start(WithLittleMemory()));
  Shard& shard = *process.shard;
  ROWHOUSE_ASSERT_OK(
      shard.CreateTable(CounterSpec("t", kDim), TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer, Trainer::Connect(shard));
  ROWHOUSE_ASSERT_OK(trainer.Count(shard, "t", {0}, kDim));
  // Of three quarters of memory, and one row is dirty.
  std::vector<Id> many(kIds / 20 * 3);
  for (Id id = 0; id < many.size(); ++id) many[id] = id;
  EXPECT_THAT(trainer.Count(shard, "t", many, kDim), StatusIs(kFull));
  ROWHOUSE_ASSERT_OK(shard.Maintain());
  ROWHOUSE_ASSERT_OK(trainer.Count(shard, "t", many, kDim));
}

TEST(RowMemoryTest, ATableThatIsDroppedGivesItsMemoryBack) {
  Machine machine;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process,
                                machine.Start(WithLittleMemory()));
  Shard& shard = *process.shard;
  for (std::uint64_t i = 1; i <= 20; ++i) {
    ROWHOUSE_ASSERT_OK(
        shard.CreateTable(CounterSpec("t", kDim), TableIncarnation(i)));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer, Trainer::Connect(shard));
    std::vector<Id> ids(100);
    for (Id id = 0; id < 100; ++id) ids[id] = id;
    ROWHOUSE_ASSERT_OK(trainer.Count(shard, "t", ids, kDim)) << i;
    ROWHOUSE_ASSERT_OK(shard.DropTable({"t"}));
  }
}

// Counters that only rise, looked up and pushed side by side while rows come
// and go: no lookup sees less than what was acknowledged before it.
TEST(RowMemoryTest, LookupsBesideEvictionsSeeEveryAcknowledgedPush) {
  constexpr Id kCounters = 400;
  constexpr int kPushes = 300;
  Machine machine(MakeThreadExecutor(1));
  Options options = WithLittleMemory();
  options.row_memory_bytes = 4096;
  options.write_back_period = absl::Milliseconds(1);
  options.row_memory_wait = absl::Seconds(30);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine.Start(options));
  Shard& shard = *process.shard;
  ROWHOUSE_ASSERT_OK(
      shard.CreateTable(CounterSpec("t", 1), TableIncarnation(5)));
  std::vector<std::atomic<int>> acknowledged(kCounters);
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (int reader = 0; reader < 2; ++reader) {
    threads.emplace_back([&, reader] {
      std::mt19937_64 random(reader);
      while (!done) {
        std::vector<Id> ids(20);
        std::vector<int> least;
        for (Id& id : ids) {
          id = random() % kCounters;
          least.push_back(acknowledged[id]);
        }
        const auto values =
            LookupOne(shard, {.table = "t", .dim = 1, .bags = {.ids = ids}});
        ASSERT_THAT(values, IsOk());
        for (std::size_t i = 0; i < ids.size(); ++i) {
          ASSERT_GE((*values)[i], static_cast<float>(least[i])) << ids[i];
        }
      }
    });
  }
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer, Trainer::Connect(shard));
  std::mt19937_64 random(9);
  for (int push = 0; push < kPushes; ++push) {
    std::vector<Id> ids(20);
    const Id first = random() % kCounters;
    for (Id i = 0; i < 20; ++i) ids[i] = (first + 7 * i) % kCounters;
    ROWHOUSE_EXPECT_OK(trainer.Count(shard, "t", ids, 1));
    for (const Id id : ids) ++acknowledged[id];
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  for (Id id = 0; id < kCounters; ++id) {
    EXPECT_THAT(Counts(shard, "t", {id}), ElementsAre(acknowledged[id].load()));
  }
}

}  // namespace
}  // namespace rowhouse::shard
