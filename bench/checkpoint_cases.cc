#include "bench/checkpoint_cases.h"

#include <atomic>
#include <memory>
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

using Pushers = std::vector<std::unique_ptr<Pusher>>;

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

// One client: a push each period, the next at once where it is late.
void PushInTime(Pusher& pusher, shard::Shard& shard, absl::Duration period,
                absl::Time first, absl::Time end, Times& times) {
  for (absl::Time due = first; due < end; due += period) {
    absl::SleepFor(due - absl::Now());
    const absl::Status status = pusher.Push(shard, Durability::kProcess);
    if (!status.ok()) return times.Fail(status);
    times.Add(absl::ToDoubleMicroseconds(absl::Now() - due));
  }
}

absl::Status PushFor(const CheckpointCases& cases, const Pushers& pushers,
                     shard::Shard& shard, Times& times) {
  const absl::Time begin = absl::Now();
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < pushers.size(); ++i) {
    const absl::Time first =
        begin + cases.push_period * i / static_cast<int>(pushers.size());
    threads.emplace_back([&, i, first] {
      PushInTime(*pushers[i], shard, cases.push_period, first,
                 begin + cases.duration / kTurns, times);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return times.status();
}

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

// Checkpoints in a thread of its own, until Stop.
class Keeper {
 public:
  explicit Keeper(shard::Shard& shard) : shard_(shard) {
    thread_ = std::thread([this] { Run(); });
  }
  // The first error. Checkpoints made are counted, and their seconds.
  absl::Status Stop(CheckpointFigures& figures) {
    stop_ = true;
    thread_.join();
    figures.checkpoints += made_;
    figures.checkpoint_s += seconds_;
    return status_;
  }

 private:
  void Run() {
    while (!stop_ && status_.ok()) {
      const absl::Time begin = absl::Now();
      status_ = MakeCheckpoint(absl::StrCat("bench-", made_), shard_);
      seconds_ += absl::ToDoubleSeconds(absl::Now() - begin);
      ++made_;
    }
  }

  shard::Shard& shard_;
  std::atomic<bool> stop_{false};
  absl::Status status_;
  int made_ = 0;
  double seconds_ = 0;
  std::thread thread_;
};

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
  Pushers pushers;
  for (int i = 0; i < cases.clients; ++i) {
    ROWHOUSE_ASSIGN_OR_RETURN(auto pusher,
                              Pusher::Connect(cases.pushes, i, *shard));
    pushers.push_back(std::move(pusher));
  }
  CheckpointFigures figures;
  Times warm;
  ROWHOUSE_RETURN_IF_ERROR(PushFor(cases, pushers, *shard, warm));
  Times quiet;
  Times during;
  for (int turn = 0; turn < kTurns; ++turn) {
    ROWHOUSE_RETURN_IF_ERROR(PushFor(cases, pushers, *shard, quiet));
    Keeper keeper(*shard);
    absl::Status status = PushFor(cases, pushers, *shard, during);
    status.Update(keeper.Stop(figures));
    ROWHOUSE_RETURN_IF_ERROR(status);
  }
  figures.quiet = FigureOf("push/quiet", quiet.Take());
  figures.during = FigureOf("push/during_checkpoints", during.Take());
  if (figures.checkpoints > 0) figures.checkpoint_s /= figures.checkpoints;
  return figures;
}

}  // namespace rowhouse::bench
