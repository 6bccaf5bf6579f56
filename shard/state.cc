#include "shard/state.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/session_status.h"

namespace rowhouse::shard {
namespace {

// A period may be late when the machine is busy.
constexpr int kStandstillPeriods = 4;

}  // namespace

Shard::State::State(Options options, Environment environment,
                    BucketRange buckets)
    : options(std::move(options)),
      env(std::move(environment)),
      buckets(buckets),
      reserve(env.disk, Path("RESERVE"), this->options.disk_reserve_bytes),
      leases(NewLeases()) {
  for (std::uint32_t i = 0; i < this->options.lanes; ++i) {
    lanes.push_back(std::make_unique<Lane>(i, buckets, &memory));
  }
}

// Periods are told to them, and calls while there are some; a third leaves a
// client's signs time to come in after a shorter one.
Leases Shard::State::NewLeases() const {
  return Leases(env.clock.Now(), options.session_lease,
                std::max(options.session_lease / 3,
                         kStandstillPeriods * options.write_back_period));
}

std::string Shard::State::Path(absl::string_view name) const {
  return absl::StrCat(options.data_dir, "/", name);
}

std::string Shard::State::CheckpointRoot() const {
  return options.checkpoint_dir.empty() ? Path("checkpoints")
                                        : options.checkpoint_dir;
}

absl::Status Shard::State::CheckAlive() const {
  if (failed_.load(std::memory_order_relaxed)) return fault();
  if (closed) return absl::UnavailableError("the shard is closed");
  return absl::OkStatus();
}

absl::Status Shard::State::CheckNotStopping() const {
  return stopping ? absl::UnavailableError("the shard ends") : absl::OkStatus();
}

absl::Status Shard::State::CheckServing() const {
  absl::Status status = CheckAlive();
  if (status.ok() && restoring) {
    status = SessionEndedError(
        absl::StrCat("shard ", options.index.value(), " is being restored"));
  }
  return status;
}

absl::Status Shard::State::Fail(const absl::Status& error) {
  MutexLock lock(fault_mu_);
  if (fault_.ok()) {
    fault_ = error;
    failed_.store(true, std::memory_order_relaxed);
    LogError("shard_failed", {{"shard", absl::StrCat(options.index.value())},
                              {"error", error.ToString()}});
  }
  return fault_;
}

absl::Status Shard::State::fault() const {
  MutexLock lock(fault_mu_);
  return fault_;
}

void Shard::State::Drain(Lsn lsn) {
  for (const auto& lane : lanes) lane->Drain(lsn);
}

Lsn Shard::State::Barrier(absl::Span<Table* const> of_tables,
                          StoredStepsByTable& steps) {
  Lsn last;
  {
    MutexLock lock(push_mu);
    last = journal->last();
    for (const Table* table : of_tables) {
      if (table->steps().log.count() == 0) continue;
      steps[table->incarnation()] =
          table->steps().log.Store(table->steps().owner);
    }
  }
  Drain(last);
  return last;
}

void Shard::State::ForgetSteps(absl::Span<Table* const> of_tables) {
  for (Table* table : of_tables) {
    if (!table->stepped()) continue;
    std::uint64_t floor = std::numeric_limits<std::uint64_t>::max();
    for (const auto& lane : lanes) {
      floor = std::min(floor, lane->StepFloor(*table));
    }
    MutexLock lock(push_mu);
    table->steps().log.ForgetBelow(floor);
  }
}

}  // namespace rowhouse::shard
