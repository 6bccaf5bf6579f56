#include "tests/integration/faults/workload.h"

#include <functional>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "tests/integration/faults/training.h"

namespace rowhouse::faults {
// One client in a thread; remembers the first error.
class Workload::Pusher {
 public:
  using Step = std::function<absl::Status(Client&, std::uint64_t)>;

  Pusher(Client client, const std::atomic<bool>& stop, std::uint64_t steps_max,
         Step step)
      : client_(std::move(client)),
        stop_(stop),
        steps_max_(steps_max),
        step_(std::move(step)) {
    thread_ = std::thread([this] { Loop(); });
  }

  std::uint64_t steps() const { return steps_; }
  bool ended() const { return ended_; }

  // REQUIRES: `stop` is set.
  absl::Status Join() {
    if (thread_.joinable()) thread_.join();
    return status_;
  }

 private:
  void Loop() {
    while (!stop_ && status_.ok() && (steps_max_ == 0 || steps_ < steps_max_)) {
      status_ = step_(client_, steps_);
      if (status_.ok()) ++steps_;
    }
    ended_ = true;
  }

  Client client_;
  const std::atomic<bool>& stop_;
  const std::uint64_t steps_max_;
  const Step step_;
  absl::Status status_;
  std::atomic<std::uint64_t> steps_{0};
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

Workload::Workload(const Options& options, Client reader)
    : options_(options), reader_(std::move(reader)) {}

Workload::~Workload() { Abandon(); }

absl::StatusOr<std::unique_ptr<Workload>> Workload::Start(
    const std::string& address, const std::string& direct,
    const Options& options) {
  ClientOptions patient;
  patient.timeout = absl::Minutes(2);
  patient.open_sessions = false;
  ROWHOUSE_ASSIGN_OR_RETURN(Client reader, Client::Connect(direct, patient));
  std::unique_ptr<Workload> workload(new Workload(options, std::move(reader)));
  TableSpec counters = CounterTable();
  counters.durability = options.counters;
  ROWHOUSE_RETURN_IF_ERROR(workload->reader_.CreateTable(counters));
  TableSpec trained = TrainedTable(options.seed);
  trained.durability = options.trained;
  ROWHOUSE_RETURN_IF_ERROR(workload->reader_.CreateTable(trained));
  // Writer 0 is the trainer.
  for (int writer = options.trainer ? 0 : 1; writer <= options.writers;
       ++writer) {
    ROWHOUSE_RETURN_IF_ERROR(workload->AddPusher(address, writer));
  }
  return workload;
}

absl::Status Workload::AddPusher(const std::string& address, int writer) {
  ClientOptions options;
  options.timeout = options_.timeout;
  options.retry_wait_min = options_.retry_wait_min;
  options.seed = options_.seed * 1000 + static_cast<std::uint64_t>(writer) + 1;
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Client::Connect(address, options));
  const auto step = [this, writer](Client& own, std::uint64_t done) {
    if (writer == 0) return TrainStep(own, options_.seed, done, abandoned_);
    return PushCounters(
        own, oracle_,
        CounterPush(options_.seed, static_cast<std::uint64_t>(writer), done),
        done, abandoned_);
  };
  pushers_.push_back(std::make_unique<Pusher>(
      std::move(client), stop_, writer == 0 ? 0 : options_.pushes_per_writer,
      step));
  return absl::OkStatus();
}

void Workload::WaitUntilAllGoOn() {
  std::vector<std::uint64_t> before;
  for (const auto& pusher : pushers_) before.push_back(pusher->steps());
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  for (std::size_t i = 0; i < pushers_.size(); ++i) {
    while (pushers_[i]->steps() == before[i] && !pushers_[i]->ended() &&
           absl::Now() < deadline) {
      absl::SleepFor(absl::Milliseconds(1));
    }
  }
}

bool Workload::Done() const {
  for (std::size_t i = options_.trainer ? 1 : 0; i < pushers_.size(); ++i) {
    if (!pushers_[i]->ended()) return false;
  }
  return true;
}

void Workload::Abandon() {
  abandoned_ = true;
  Finish().IgnoreError();
}

absl::Status Workload::Finish() {
  stop_ = true;
  absl::Status first;
  for (const auto& pusher : pushers_) first.Update(pusher->Join());
  return first;
}

absl::StatusOr<Workload::Verdict> Workload::Conclude(
    const std::string& directory) {
  ROWHOUSE_RETURN_IF_ERROR(Finish());
  Verdict verdict;
  for (const auto& pusher : pushers_) verdict.acked += pusher->steps();
  ROWHOUSE_ASSIGN_OR_RETURN(const CounterOracle::Verdict counters,
                            oracle_.Compare(reader_));
  verdict.lost = counters.lost;
  verdict.doubled = counters.doubled;
  if (!options_.trainer) return verdict;
  verdict.steps = pushers_.front()->steps();
  ROWHOUSE_ASSIGN_OR_RETURN(Client calm,
                            UndisturbedRun(absl::StrCat(directory, "/calm"),
                                           options_.seed, verdict.steps));
  ROWHOUSE_ASSIGN_OR_RETURN(verdict.unequal_rows,
                            UnequalRows(reader_, calm, options_.seed));
  return verdict;
}

}  // namespace rowhouse::faults
