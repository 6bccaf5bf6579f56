// The state that an optimizer keeps in a row, and which rows it moves.
#include "rowhouse/table_spec.h"

namespace rowhouse {
namespace {

using G = Generation;
using Names = std::vector<absl::string_view>;

Names NamesOf(const SgdSpec&) { return {}; }
Names NamesOf(const MomentumSpec& o) {
  return {o.generation == G::kKeras ? "m" : "momentum"};
}
Names NamesOf(const AdagradSpec& o) {
  return {o.generation == G::kTpu ? "accumulators" : "accumulator"};
}
Names NamesOf(const AdagradMomentumSpec&) {
  return {"accumulators", "momenta"};
}
Names NamesOf(const RowWiseAdagradSpec&) { return {"accumulator"}; }
Names NamesOf(const AdamSpec& o) {
  if (o.generation == G::kTpu) return {"momenta", "velocities"};
  if (o.amsgrad) return {"m", "v", "vhat"};
  return {"m", "v"};
}
Names NamesOf(const RmsPropSpec& o) {
  const bool keras = o.generation == G::kKeras;
  Names names = {keras ? "velocity" : "rms"};
  if (o.generation == G::kTf1 || o.momentum > 0) names.push_back("momentum");
  if (o.centered) names.push_back(keras ? "average_gradient" : "mg");
  return names;
}
Names NamesOf(const AdadeltaSpec& o) {
  if (o.generation == G::kTf1) return {"accum", "accum_update"};
  if (o.generation == G::kKerasLegacy) return {"accum_grad", "accum_var"};
  return {"accumulated_grad", "accumulated_delta_var"};
}
Names NamesOf(const AdamaxSpec& o) {
  return {"m", o.generation == G::kKeras ? "u" : "v"};
}
Names NamesOf(const NadamSpec&) { return {"m", "v"}; }
Names NamesOf(const FtrlSpec& o) {
  if (o.generation == G::kTf1) return {"accum", "linear"};
  if (o.generation == G::kTpu) return {"accumulators", "linears"};
  return {"accumulator", "linear"};
}
Names NamesOf(const LionSpec&) { return {"m"}; }
Names NamesOf(const ProximalSgdSpec&) { return {}; }
Names NamesOf(const ProximalAdagradSpec&) { return {"accumulator"}; }
Names NamesOf(const AdagradDaSpec&) {
  return {"gradient_accumulator", "gradient_squared_accumulator"};
}
Names NamesOf(const YogiSpec&) { return {"m", "v"}; }
Names NamesOf(const LambSpec&) { return {"m", "v"}; }

template <typename Spec>
bool MovesEveryRow(const Spec&) {
  return false;
}
bool MovesEveryRow(const MomentumSpec& o) { return o.generation == G::kKeras; }
bool MovesEveryRow(const AdamSpec& o) { return !o.lazy; }
bool MovesEveryRow(const RmsPropSpec& o) {
  return o.generation == G::kKeras ||
         (o.generation == G::kKerasLegacy && !(o.momentum > 0));
}
bool MovesEveryRow(const AdadeltaSpec& o) { return o.generation == G::kKeras; }
bool MovesEveryRow(const AdamaxSpec& o) { return o.generation == G::kKeras; }
bool MovesEveryRow(const NadamSpec&) { return true; }
bool MovesEveryRow(const FtrlSpec& o) { return o.generation == G::kKeras; }
bool MovesEveryRow(const LionSpec&) { return true; }

// A step divides 0 / (0 + epsilon) for a row with empty slots, or sets its
// weights from them.
template <typename Spec>
bool MovesUntouchedRows(const Spec&) {
  return false;
}
bool MovesUntouchedRows(const AdamSpec& o) {
  // In float, as the kernel has it: a tiny one squares to 0.
  return (o.sum_inside_sqrt ? o.epsilon * o.epsilon : o.epsilon) == 0;
}
bool MovesUntouchedRows(const AdadeltaSpec& o) { return o.epsilon == 0; }
bool MovesUntouchedRows(const AdamaxSpec& o) { return o.epsilon == 0; }
bool MovesUntouchedRows(const NadamSpec& o) {
  return o.epsilon == 0 && o.generation == G::kKeras;
}
bool MovesUntouchedRows(const FtrlSpec&) { return true; }

bool MovesEveryRow(const UpdateSpec& update) {
  return update.regularizer.on() ||
         (update.weight_decay.rows == DecayedRows::kEveryRow &&
          update.weight_decay.factor != 0) ||
         update.moving_average.has_value() ||
         !std::holds_alternative<std::monostate>(update.constraint);
}

}  // namespace

std::vector<absl::string_view> SlotNames(const TableSpec& spec) {
  Names names =
      std::visit([](const auto& o) { return NamesOf(o); }, spec.optimizer);
  if (spec.update.moving_average.has_value()) names.push_back("average");
  return names;
}

std::vector<Slot> Slots(const TableSpec& spec) {
  std::vector<Slot> slots;
  for (const absl::string_view name : SlotNames(spec)) {
    slots.push_back({name, spec.dim});
  }
  if (std::holds_alternative<RowWiseAdagradSpec>(spec.optimizer)) {
    slots.front().floats = 1;
  }
  return slots;
}

std::uint32_t SlotFloats(const TableSpec& spec) {
  std::uint32_t floats = 0;
  for (const Slot& slot : Slots(spec)) floats += slot.floats;
  return floats;
}

bool MovesEveryRow(const TableSpec& spec) {
  return std::visit([](const auto& o) { return MovesEveryRow(o); },
                    spec.optimizer) ||
         MovesEveryRow(spec.update);
}

bool MovesUntouchedRows(const TableSpec& spec) {
  return MovesEveryRow(spec) &&
         (MovesEveryRow(spec.update) ||
          std::visit([](const auto& o) { return MovesUntouchedRows(o); },
                     spec.optimizer));
}

}  // namespace rowhouse
