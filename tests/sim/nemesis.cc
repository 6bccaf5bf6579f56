#include "tests/sim/nemesis.h"

#include "absl/strings/str_cat.h"

namespace rowhouse::sim {
namespace {

// Steps of a disk that opening a shard takes, and a little more.
constexpr std::uint64_t kOpeningStepsMax = 40;
constexpr std::uint64_t kServingStepsMax = 120;
// Of the small files that a shard replaces, in about as many steps.
constexpr std::uint64_t kRenamesMax = 12;
// Periods of half a millisecond, about.
constexpr int kAwaitDeathPeriods = 20;

}  // namespace

void Nemesis::Run() {
  const std::vector<Fault> possible = Possible();
  for (std::uint64_t i = 0; i < plan_.faults && !possible.empty(); ++i) {
    Pass(plan_.faults_apart_max);
    if (calm_ || story_.failed()) break;
    Happen(possible[random_.Below(possible.size())]);
  }
  for (const auto& node : nodes_) {
    node->FreeDisk();
    node->unreachable = false;
  }
  finished_ = true;
}

std::vector<Nemesis::Fault> Nemesis::Possible() const {
  std::vector<Fault> faults;
  if (plan_.kills) faults.push_back(Fault::kKill);
  if (plan_.power_cuts) faults.push_back(Fault::kPowerCut);
  if (plan_.disk_errors) faults.push_back(Fault::kDiskError);
  if (plan_.full_disks) faults.push_back(Fault::kFullDisk);
  if (plan_.partitions) faults.push_back(Fault::kPartition);
  if (plan_.blackouts) faults.push_back(Fault::kBlackout);
  return faults;
}

void Nemesis::Happen(Fault fault) {
  Node& node = *nodes_[random_.Below(nodes_.size())];
  switch (fault) {
    case Fault::kKill:
      return Crash(node, sim::Crash::kKill);
    case Fault::kPowerCut:
      return Crash(node, sim::Crash::kPowerCut);
    case Fault::kDiskError:
      story_.Note(absl::StrCat(node.name(), " will have a disk error"));
      if (random_.OneIn(3)) return node.FailAppend(random_.Between(1, 20));
      return node.FailSync(random_.Between(1, 30));
    case Fault::kFullDisk:
      node.FillDisk();
      Pass(absl::Milliseconds(20));
      return node.FreeDisk();
    case Fault::kBlackout: {
      for (const auto& each : nodes_) each->Die(sim::Crash::kPowerCut);
      const Scheduler::Quiet quiet(scheduler_);
      return shared_.PowerCut(random_.Next(), storage::MemDisk::Tear::kSectors);
    }
    case Fault::kPartition:
      story_.Note(absl::StrCat(node.name(), " is cut off"));
      node.unreachable = true;
      Pass(absl::Milliseconds(20));
      node.unreachable = false;
      return;
  }
}

// Now, at a step to come, or soon after it begins again; some of them twice.
void Nemesis::Crash(Node& node, sim::Crash crash) {
  switch (random_.Below(4)) {
    case 0:
      node.Die(crash);
      break;
    case 1:
      node.DieAtStep(random_.Between(1, kServingStepsMax), crash);
      break;
    case 2:
      node.Die(crash);
      node.DieAtStep(random_.Between(1, kOpeningStepsMax), crash);
      break;
    default:
      // What a killed process had not synced is read by the next one, and gone
      // when that one comes down.
      if (random_.OneIn(2)) {
        node.DieAfterRename(random_.Between(1, kRenamesMax), sim::Crash::kKill);
      } else {
        node.DieAtStep(random_.Between(1, kServingStepsMax), sim::Crash::kKill);
      }
      AwaitDeath(node);
      node.DieAtStep(random_.Between(1, 2 * kOpeningStepsMax), crash);
      break;
  }
}

void Nemesis::AwaitDeath(Node& node) {
  const std::uint64_t life = node.lives();
  const auto lives_on = [&] { return node.alive() && node.lives() == life; };
  for (int i = 0; i < kAwaitDeathPeriods && lives_on(); ++i) {
    Pass(absl::Milliseconds(1));
  }
  if (lives_on()) node.Die(sim::Crash::kKill);
}

void Nemesis::Pass(absl::Duration most) {
  scheduler_.Sleep(most *
                   (static_cast<double>(random_.Between(1, 1000)) / 1000.0));
}

}  // namespace rowhouse::sim
