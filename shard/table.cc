#include "shard/table.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "kernels/initializer.h"
#include "kernels/optimizers/optimizer.h"
#include "rowhouse/shard_map.h"

namespace rowhouse::shard {

Table::Table(TableSpec spec, TableIncarnation incarnation, std::uint32_t lanes)
    : spec_(std::move(spec)),
      incarnation_(incarnation),
      table_hash_(TableHash(spec_.name)),
      slot_floats_(SlotFloats(spec_)),
      stepped_(MovesEveryRow(spec_)),
      moves_untouched_(MovesUntouchedRows(spec_)),
      whole_(spec_.placement == Placement::kWhole),
      whole_bucket_(BucketFunction(spec_.name, Placement::kWhole)(0)),
      lane_mask_(lanes - 1) {
  lanes_.reserve(lanes);
  for (std::uint32_t i = 0; i < lanes; ++i) {
    lanes_.push_back({RowMap(row_floats()), {}, 0, nullptr});
  }
  if (stepped_) LoadSteps({});
}

void Table::LoadSteps(const storage::StoredSteps& stored) {
  steps_.log = StepLog::FromStored(stored);
  steps_.owner = stored.owner;
  if (!stepped_) return;
  const std::uint64_t ids = moves_untouched_ ? spec_.rows : 0;
  for (LaneRows& lane : lanes_) {
    std::vector<Id> by_slot;
    if (lane.stepped != nullptr) by_slot = std::move(lane.stepped->ids);
    lane.stepped =
        std::make_unique<SteppedLane>(steps_.log, Sweep(ids, stored.first));
    lane.stepped->ids = std::move(by_slot);
  }
}

void Table::InitialWeights(Id id, float* row) const {
  kernels::InitialRow(spec_.initializer, spec_.seed, table_hash_, id, dim(),
                      row);
}

void Table::InitialRow(Id id, float* row) const {
  InitialWeights(id, row);
  kernels::InitialSlots(spec_, row);
  if (stepped_) SetDone(0, row);
}

std::uint64_t Table::Done(const float* row) const {
  std::uint64_t steps;
  static_assert(sizeof(steps) == storage::kStepCountFloats * sizeof(float));
  std::memcpy(&steps, row + dim() + slot_floats_, sizeof(steps));
  return steps;
}

void Table::SetDone(std::uint64_t steps, float* row) const {
  std::memcpy(row + dim() + slot_floats_, &steps, sizeof(steps));
}

// A step computes what depends on it alone once for all of its rows, and rows
// do not interact: so the bits are those of one row at a time.
void Table::CatchUp(const StepLog& log, absl::Span<float*> rows) const {
  const auto behind =
      std::partition(rows.begin(), rows.end(),
                     [&](const float* row) { return Done(row) < log.count(); });
  rows = rows.subspan(0, static_cast<std::size_t>(behind - rows.begin()));
  if (rows.empty()) return;
  std::sort(rows.begin(), rows.end(), [this](const float* a, const float* b) {
    return Done(a) < Done(b);
  });
  std::uint64_t step = Done(rows.front());
  std::size_t missing = 0;  // rows that miss `step`: the first of them
  for (const kernels::StepTerms& terms : log.Since(step)) {
    while (missing < rows.size() && Done(rows[missing]) <= step) ++missing;
    kernels::MissedStep(spec_, terms, rows.subspan(0, missing));
    ++step;
  }
  for (float* const row : rows) SetDone(log.count(), row);
}

void Table::FirstRow(Id id, const StepLog& log, float* row) const {
  InitialRow(id, row);
  if (moves_untouched_) {
    CatchUp(log, absl::MakeSpan(&row, 1));
  } else {
    SetDone(log.count(), row);
  }
}

}  // namespace rowhouse::shard
