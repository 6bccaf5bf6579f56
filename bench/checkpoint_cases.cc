#include "bench/checkpoint_cases.h"

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/executor.h"
#include "base/mutex.h"
#include "base/status_macros.h"
#include "shard/shard.h"

namespace rowhouse::bench {
namespace {

constexpr int kTurns = 4;
constexpr absl::Duration kAskAgain = absl::Milliseconds(2);

// Times of calls, and the first error, of several threads.
class Times {
 public:
  void Add(double us) {
    MutexLock lock(mu_);
    calls_us_.push_back(us);
  }
  void Fail(const absl::Status& status) {
    MutexLock lock(mu_);
    status_.Update(status);
  }
  absl::Status status() {
    MutexLock lock(mu_);
    return status_;
  }
  std::vector<double> Take() {
    MutexLock lock(mu_);
    return std::move(calls_us_);
  }

 private:
  Mutex mu_;
  absl::Status status_ ABSL_GUARDED_BY(mu_);
  std::vector<double> calls_us_ ABSL_GUARDED_BY(mu_);
};

absl::Status MakeCheckpoint(const std::string& name, shard::Shard& shard) {
  const std::uint64_t epoch = shard.Info().snapshot_epoch;
  ROWHOUSE_RETURN_IF_ERROR(shard.OpenCheckpoint(name, epoch));
  for (;;) {
    const auto part = shard.CloseCheckpoint(name, epoch);
    if (absl::IsUnavailable(part.status())) {
      absl::SleepFor(kAskAgain);
      continue;
    }
    ROWHOUSE_RETURN_IF_ERROR(part.status());
    ROWHOUSE_RETURN_IF_ERROR(
        shard.CommitCheckpoint(name, epoch, {&*part, 1}).status());
    return shard.DeleteCheckpoint(name);
  }
}

// Makes checkpoints in a thread of its own, the last one begun before `end`.
class Keeper {
 public:
  Keeper(shard::Shard& shard, absl::Time end) : shard_(shard), end_(end) {
    thread_ = std::thread([this] { Run(); });
  }
  bool ended() const { return ended_; }
  // The first error. Checkpoints made are counted, and their seconds.
  absl::Status Join(CheckpointFigures& figures) {
    thread_.join();
    figures.checkpoints += made_;
    figures.checkpoint_s += seconds_;
    return status_;
  }

 private:
  void Run() {
    for (absl::Time begin = absl::Now(); begin < end_ && status_.ok();
         begin = absl::Now()) {
      status_ = MakeCheckpoint(absl::StrCat("bench-", made_), shard_);
      seconds_ += absl::ToDoubleSeconds(absl::Now() - begin);
      ++made_;
    }
    ended_ = true;
  }

  shard::Shard& shard_;
  const absl::Time end_;
  absl::Status status_;
  int made_ = 0;
  double seconds_ = 0;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

// One client: a push each period, the next at once where it is late. It goes on
// while a checkpoint is made, which waits for its sessions.
void PushInTime(Pusher& pusher, shard::Shard& shard, absl::Duration period,
                absl::Time first, absl::Time end, const Keeper* keeper,
                Times& times) {
  for (absl::Time due = first;
       due < end || (keeper != nullptr && !keeper->ended()); due += period) {
    absl::SleepFor(due - absl::Now());
    const absl::Status status = pusher.Push(shard, Durability::kProcess);
    if (!status.ok()) return times.Fail(status);
    times.Add(absl::ToDoubleMicroseconds(absl::Now() - due));
  }
}

// `keeper` null: nobody makes checkpoints.
absl::Status PushFor(const CheckpointCases& cases, const Pushers& pushers,
                     shard::Shard& shard, absl::Time end, const Keeper* keeper,
                     Times& times) {
  const absl::Time begin = absl::Now();
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < pushers.size(); ++i) {
    const absl::Time first =
        begin + cases.push_period * i / static_cast<int>(pushers.size());
    threads.emplace_back([&, i, first] {
      PushInTime(*pushers[i], shard, cases.push_period, first, end, keeper,
                 times);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return times.status();
}

}  // namespace

absl::StatusOr<CheckpointFigures> MeasureCheckpoints(
    const CheckpointCases& cases) {
  shard::Options options;
  options.data_dir = absl::StrCat(cases.directory, "/checkpointed");
  options.new_incarnation = 1;
  const auto executor = MakeThreadExecutor(1);
  ROWHOUSE_ASSIGN_OR_RETURN(
      const auto shard,
      shard::Shard::Open(options, shard::RealEnvironment(*executor)));
  ROWHOUSE_RETURN_IF_ERROR(
      shard->CreateTable(TableOf(cases.pushes), TableIncarnation(1)));
  ROWHOUSE_ASSIGN_OR_RETURN(
      const Pushers pushers,
      ConnectPushers(cases.pushes, cases.clients, *shard));
  CheckpointFigures figures;
  const absl::Duration turn = cases.duration / kTurns;
  Times warm;
  ROWHOUSE_RETURN_IF_ERROR(
      PushFor(cases, pushers, *shard, absl::Now() + turn, nullptr, warm));
  Times quiet;
  Times during;
  for (int i = 0; i < kTurns; ++i) {
    ROWHOUSE_RETURN_IF_ERROR(
        PushFor(cases, pushers, *shard, absl::Now() + turn, nullptr, quiet));
    const absl::Time end = absl::Now() + turn;
    Keeper keeper(*shard, end);
    absl::Status status = PushFor(cases, pushers, *shard, end, &keeper, during);
    status.Update(keeper.Join(figures));
    ROWHOUSE_RETURN_IF_ERROR(status);
  }
  figures.quiet = FigureOf("push/quiet", quiet.Take());
  figures.during = FigureOf("push/during_checkpoints", during.Take());
  if (figures.checkpoints > 0) figures.checkpoint_s /= figures.checkpoints;
  return figures;
}

}  // namespace rowhouse::bench
