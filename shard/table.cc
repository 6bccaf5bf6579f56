#include "shard/table.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "kernels/initializer.h"
#include "kernels/optimizers/optimizer.h"
#include "kernels/schedule.h"
#include "rowhouse/shard_map.h"

namespace rowhouse::shard {

Table::Table(TableSpec spec, TableIncarnation incarnation, std::uint32_t lanes)
    : spec_(std::move(spec)),
      incarnation_(incarnation),
      table_hash_(TableHash(spec_.name)),
      slot_floats_(SlotFloats(spec_)),
      whole_(spec_.placement == Placement::kWhole),
      whole_bucket_(BucketFunction(spec_.name, Placement::kWhole)(0)),
      lane_mask_(lanes - 1) {
  lanes_.reserve(lanes);
  for (std::uint32_t i = 0; i < lanes; ++i) {
    lanes_.push_back({RowMap(row_floats()), {}});
  }
}

absl::StatusOr<kernels::StepTerms> Table::Terms(std::uint64_t step) const {
  const auto rate = kernels::LearningRate(spec_.update.schedule,
                                          LearningRate(spec_.optimizer), step);
  if (rate.has_value()) return kernels::StepTerms{*rate, step};
  return absl::InvalidArgumentError(absl::StrCat(
      "table '", spec_.name, "': ", ScheduleName(spec_.update.schedule),
      " has two rates at step ", step));
}

void Table::InitialWeights(Id id, float* row) const {
  kernels::InitialRow(spec_.initializer, spec_.seed, table_hash_, id, dim(),
                      row);
}

void Table::InitialRow(Id id, float* row) const {
  InitialWeights(id, row);
  kernels::InitialSlots(spec_, row);
}

}  // namespace rowhouse::shard
