#include "shard/table.h"

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
      whole_(spec_.placement == Placement::kWhole),
      whole_bucket_(BucketFunction(spec_.name, Placement::kWhole)(0)),
      lane_mask_(lanes - 1) {
  lanes_.reserve(lanes);
  for (std::uint32_t i = 0; i < lanes; ++i) {
    lanes_.push_back({RowMap(row_floats()), {}});
  }
}

void Table::InitialWeights(Id id, float* row) const {
  kernels::InitialRow(spec_.initializer, spec_.seed, table_hash_, id, dim(),
                      row);
}

void Table::InitialRow(Id id, float* row) const {
  InitialWeights(id, row);
  kernels::InitialSlots(spec_.optimizer, dim(), row);
}

}  // namespace rowhouse::shard
