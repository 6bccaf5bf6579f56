// What a shard does for the bound on its row memory beside its lanes
// (docs/adr/0015): pushes wait while too much is dirty, and rows that are not
// in memory get the steps that they miss.
#include "shard/row_memory.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "shard/limits.h"
#include "shard/state.h"

namespace rowhouse::shard {

bool Shard::State::ManyDirty() const {
  return memory.bounded() &&
         memory.dirty_bytes > memory.bytes_max / kManyDirtyPart;
}

bool Shard::State::RowMemoryFits(std::uint64_t more) const {
  const std::uint64_t dirty = memory.dirty_bytes;
  // A push larger than the bound is taken alone.
  return dirty == 0 ||
         dirty + more <= memory.bytes_max / kManyDirtyPart * kDirtyMaxParts;
}

absl::Status Shard::State::AwaitRowMemory(const PushWork& work) {
  if (!memory.bounded()) return absl::OkStatus();
  const std::uint64_t more =
      work.floats() * sizeof(float) + work.ids() * sizeof(RowMap::Victim);
  const auto hurry = [this] {
    if (!wants_write_back.exchange(true) && periodic != nullptr) {
      periodic->Hurry();
    }
  };
  if (ManyDirty()) hurry();
  if (RowMemoryFits(more)) return absl::OkStatus();
  const absl::Time deadline = env.clock.Now() + options.row_memory_wait;
  MutexLock lock(written_mu);
  while (!RowMemoryFits(more)) {
    hurry();
    const absl::Duration left = deadline - env.clock.Now();
    if (left > absl::ZeroDuration() && written.WaitFor(written_mu, left)) {
      continue;
    }
    if (RowMemoryFits(more)) break;
    return absl::ResourceExhaustedError(
        absl::StrCat(memory.dirty_bytes.load(), " of the ", memory.bytes_max,
                     " bytes of rows in memory are not written back yet, and "
                     "the push wants ",
                     more, " more"));
  }
  return CheckAlive();
}

absl::Status Shard::State::SweepColdRows() {
  std::vector<Table*> all;
  {
    ReaderLock lock(gate);  // tables go away under maintenance_mu only
    all = tables.All();
  }
  for (Table* table : all) {
    if (table->stepped()) ROWHOUSE_RETURN_IF_ERROR(SweepColdTable(*table));
  }
  return absl::OkStatus();
}

absl::Status Shard::State::SweepColdTable(Table& table) {
  ColdSweep& sweep = cold_sweeps[table.incarnation()];
  if (!sweep.under_way) {
    std::uint64_t warm = ~std::uint64_t{0};
    std::uint64_t cold = ~std::uint64_t{0};
    for (const auto& lane : lanes) {
      const Lane::StepFloors floors = lane->FloorsOf(table);
      warm = std::min(warm, floors.warm);
      cold = std::min(cold, floors.cold);
    }
    if (warm < cold || warm - cold < kStepsPerColdSweep) {
      return absl::OkStatus();
    }
    // A row that is in memory now, or comes there, has these steps if it goes.
    sweep = {.under_way = true, .floor = warm, .next_bucket = buckets.begin};
  }
  const std::uint32_t part =
      (buckets.end - buckets.begin) / kColdSweepParts + 1;
  const BucketRange range = {sweep.next_bucket,
                             std::min(sweep.next_bucket + part, buckets.end)};
  ROWHOUSE_RETURN_IF_ERROR(CatchUpColdRows(table, sweep.floor, range));
  sweep.next_bucket = range.end;
  if (range.end < buckets.end) return absl::OkStatus();
  for (const auto& lane : lanes) lane->SetColdFloor(table, sweep.floor);
  sweep.under_way = false;
  return absl::OkStatus();
}

absl::Status Shard::State::CatchUpColdRows(Table& table, std::uint64_t floor,
                                           BucketRange range) {
  std::vector<std::vector<Id>> behind(lanes.size());
  const auto catch_up = [&](std::uint32_t lane) -> absl::Status {
    ROWHOUSE_RETURN_IF_ERROR(lanes[lane]->CatchUpCold(table, behind[lane]));
    behind[lane].clear();
    return absl::OkStatus();
  };
  ROWHOUSE_RETURN_IF_ERROR(store->Scan(
      table.incarnation(), range,
      [&](const storage::RowImage& image) -> absl::Status {
        if (image.values.size() != table.row_floats() ||
            table.Done(image.values.data()) >= floor) {
          return absl::OkStatus();
        }
        const std::uint32_t lane = table.LaneOf(image.bucket);
        behind[lane].push_back(image.id);
        return behind[lane].size() < kLaneBatchRows ? absl::OkStatus()
                                                    : catch_up(lane);
      }));
  for (std::uint32_t lane = 0; lane < lanes.size(); ++lane) {
    ROWHOUSE_RETURN_IF_ERROR(catch_up(lane));
  }
  // They are dirty now, and the next part wants room.
  return ManyDirty() ? WriteBack(/*settle=*/false) : absl::OkStatus();
}

}  // namespace rowhouse::shard
