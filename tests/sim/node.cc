#include "tests/sim/node.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "storage/mem_row_store.h"
#include "tests/sim/watched_row_store.h"

namespace rowhouse::sim {
namespace {

// How often somebody looks whether a shard still serves.
constexpr absl::Duration kWatchPeriod = absl::Milliseconds(1);
constexpr std::uint64_t kRestartMicrosecondsMax = 5000;
constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

}  // namespace

Node::Node(Scheduler& scheduler, Story& story, storage::MemDisk& shared,
           const shard::Options& options, BucketRange buckets,
           const std::vector<SimTable>& tables, std::uint64_t seed)
    : scheduler_(scheduler),
      story_(story),
      shared_(shared),
      options_(options),
      buckets_(buckets),
      random_(seed),
      ledger_(options.index.value(), buckets, tables) {}

std::string Node::name() const {
  return absl::StrCat("shard ", options_.index.value());
}

void Node::Run() {
  while (again_ && !story_.failed()) {
    closing_ = closed_ = false;
    life_ = Open();
    if (life_->shard != nullptr && life_->alive()) {
      serving_ = true;
      Watch(*life_);
      serving_ = false;
    }
    life_.reset();
    scheduler_.Sleep(
        absl::Microseconds(random_.Between(1, kRestartMicrosecondsMax)));
  }
  stopped_ = true;
}

std::shared_ptr<Life> Node::Open() {
  ++lives_;
  auto life = std::make_shared<Life>();
  life->disk = std::make_unique<SimDisk>(scheduler_, random_.Next(), own_,
                                         shared_, *this);
  life->executor = std::make_unique<SimExecutor>(scheduler_, name());
  life_ = life;
  if (armed_steps_ > 0) life->disk->DieAtStep(std::exchange(armed_steps_, 0));
  SimDisk* const disk = life->disk.get();
  const shard::Environment environment = {
      .disk = *disk,
      .clock = scheduler_,
      .executor = *life->executor,
      .open_row_store = [this, disk](const std::string& path, bool read_only)
          -> absl::StatusOr<std::unique_ptr<storage::RowStore>> {
        ROWHOUSE_ASSIGN_OR_RETURN(
            auto rows, storage::OpenMemRowStore(*disk, path, read_only));
        return std::make_unique<WatchedRowStore>(std::move(rows), rows_back_);
      }};
  absl::StatusOr<std::unique_ptr<shard::Shard>> opened =
      shard::Shard::Open(options_, environment);
  if (!opened.ok()) {
    story_.Note(absl::StrCat("does not open: ", opened.status().ToString()));
    const bool excused = !life->trusted() ||
                         (full_ && absl::IsResourceExhausted(opened.status()));
    if (!excused) {
      story_.Check(absl::InternalError(absl::StrCat(
          name(), " does not open: ", opened.status().ToString())));
    }
    if (life->alive()) Die(Crash::kKill);
    return life;
  }
  life->shard = *std::move(opened);
  if (!life->alive()) return life;
  story_.Note("opened");
  const absl::Status recovered = ledger_.CheckRecovered(*life->shard);
  // One that died meanwhile is no witness.
  if (life->alive()) story_.Check(recovered);
  return life;
}

void Node::Watch(const Life& life) {
  while (life.alive() && !closed_ && !story_.failed()) {
    scheduler_.Sleep(kWatchPeriod);
    if (closing_) continue;
    const absl::Status status = life.shard->CheckServing();
    if (status.ok() || absl::IsFailedPrecondition(status)) continue;
    if (!life.alive() || closing_) break;
    if (!life.disk->failed()) {
      story_.Check(absl::InternalError(
          absl::StrCat(name(), " stops by itself: ", status.ToString())));
    }
    story_.Note(absl::StrCat("has stopped: ", status.message()));
    Die(random_.OneIn(2) ? Crash::kKill : Crash::kPowerCut);
  }
}

void Node::Close(bool again) {
  const std::shared_ptr<Life> life = this->life();
  again_ = again;
  closing_ = true;
  if (life == nullptr) {
    closed_ = true;  // one that is just opening goes at once
    return;
  }
  story_.Note(absl::StrCat(name(), " is closed"));
  const absl::Status closed = life->shard->Close();
  if (life->trusted()) {
    story_.Check(closed);
  } else if (life->alive()) {
    // What it could not write is gone, as in a crash.
    Die(Crash::kKill);
  }
  closed_ = true;
}

void Node::Die(Crash crash) {
  story_.Note(absl::StrCat(
      name(), crash == Crash::kKill ? " is killed" : " has no power"));
  const Scheduler::Quiet quiet(scheduler_);
  if (life_ != nullptr) life_->disk->Die();
  if (crash == Crash::kKill) {
    own_.Kill();
  } else {
    own_.PowerCut(random_.Next(), random_.OneIn(2)
                                      ? storage::MemDisk::Tear::kPrefix
                                      : storage::MemDisk::Tear::kSectors);
  }
  ledger_.OnCrash(crash);
}

void Node::DieAtStep(std::uint64_t n, Crash crash) {
  armed_crash_ = crash;
  if (alive()) {
    life_->disk->DieAtStep(n);
  } else {
    armed_steps_ = n;
  }
}

void Node::DieAfterRename(std::uint64_t n, Crash crash) {
  if (!alive()) return;
  armed_crash_ = crash;
  life_->disk->DieAfterRename(n);
}

void Node::FailSync(std::uint64_t n) {
  if (life_ != nullptr) life_->disk->FailSync(n);
}
void Node::FailAppend(std::uint64_t n) {
  if (life_ != nullptr) life_->disk->FailAppend(n);
}

void Node::FillDisk() {
  const Scheduler::Quiet quiet(scheduler_);
  story_.Note(absl::StrCat(name(), " has a full disk"));
  full_ = true;
  own_.SetCapacity(0);
}

void Node::FreeDisk() {
  const Scheduler::Quiet quiet(scheduler_);
  if (full_) story_.Note(absl::StrCat(name(), " has room again"));
  own_.SetCapacity(kUnlimited);
}

}  // namespace rowhouse::sim
