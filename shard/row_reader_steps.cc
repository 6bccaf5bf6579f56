// Rows of stepped tables, brought up on copies (docs/adr/0012).
#include <algorithm>
#include <cstring>
#include <limits>

#include "shard/all_lanes_lock.h"
#include "shard/row_reader.h"

namespace rowhouse::shard {
namespace {

constexpr std::uint64_t kNothing = std::numeric_limits<std::uint64_t>::max();

}  // namespace

void RowReader::CollectCaughtUp(const Lanes& lanes, const Table& table,
                                absl::Span<const Id> ids) {
  CopyRows(lanes, table, ids);
  const std::size_t row_floats = table.row_floats();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    float* const row = copies_.data() + i * row_floats;
    const StepLog& log = missed_[copied_[i].lane];
    if (copied_[i].stored) {
      table.CatchUp(log, row);
    } else {
      table.FirstRow(ids[i], log, row);
    }
    rows_.push_back(row);
  }
}

void RowReader::CopyRows(const Lanes& lanes, const Table& table,
                         absl::Span<const Id> ids) {
  const std::size_t row_floats = table.row_floats();
  copied_.resize(ids.size());
  copies_.resize(ids.size() * row_floats);
  oldest_.assign(lanes.size(), kNothing);
  missed_.resize(lanes.size());
  AllLanesLock lock(lanes);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::uint64_t hash = table.Hash(ids[i]);
    const std::uint32_t lane = table.LaneOf(table.BucketOf(hash));
    const RowMap& rows = table.rows(lane);
    const RowMap::Slot slot = rows.Find(ids[i], hash);
    if (slot == RowMap::kNoSlot) {
      copied_[i] = {lane, false, Lsn()};
      oldest_[lane] = 0;
      continue;
    }
    float* const copy = copies_.data() + i * row_floats;
    std::memcpy(copy, rows.values(slot), row_floats * sizeof(float));
    copied_[i] = {lane, true, rows.lsn(slot)};
    oldest_[lane] = std::min(oldest_[lane], table.Done(copy));
  }
  for (std::uint32_t lane = 0; lane < lanes.size(); ++lane) {
    if (oldest_[lane] == kNothing) continue;
    missed_[lane] = table.stepped_lane(lane)->log.From(oldest_[lane]);
  }
}

}  // namespace rowhouse::shard
