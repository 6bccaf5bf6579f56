#include "kernels/optimizers/optimizer.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <variant>
#include <vector>

#include "kernels/optimizers/adadelta.h"
#include "kernels/optimizers/adagrad.h"
#include "kernels/optimizers/adagrad_da.h"
#include "kernels/optimizers/adagrad_momentum.h"
#include "kernels/optimizers/adam.h"
#include "kernels/optimizers/adamax.h"
#include "kernels/optimizers/ftrl.h"
#include "kernels/optimizers/lamb.h"
#include "kernels/optimizers/lion.h"
#include "kernels/optimizers/momentum.h"
#include "kernels/optimizers/nadam.h"
#include "kernels/optimizers/proximal_adagrad.h"
#include "kernels/optimizers/proximal_sgd.h"
#include "kernels/optimizers/rms_prop.h"
#include "kernels/optimizers/row_rules.h"
#include "kernels/optimizers/row_wise_adagrad.h"
#include "kernels/optimizers/sgd.h"
#include "kernels/optimizers/yogi.h"

namespace rowhouse::kernels {
namespace {

using Rows = absl::Span<float* const>;
using Gradients = absl::Span<const float* const>;

// Each optimizer overloads FillSlots and Apply for its spec, one that forgets
// to does not compile, and Miss where a generation of it moves every row.
void Optimize(const TableSpec& spec, const StepTerms& terms, Rows rows,
              Gradients gradients) {
  std::visit(
      [&](const auto& optimizer) {
        Apply(optimizer, terms, spec.dim, rows, gradients);
      },
      spec.optimizer);
}

void OptimizeMissed(const TableSpec& spec, const StepTerms& terms, Rows rows) {
  std::visit(
      [&](const auto& optimizer) {
        if constexpr (requires { Miss(optimizer, terms, spec.dim, rows); }) {
          Miss(optimizer, terms, spec.dim, rows);
        }
      },
      spec.optimizer);
}

// Moving average and constraint: the end of a step of every row.
void Finish(const TableSpec& spec, const StepTerms& terms, Rows rows) {
  if (spec.update.moving_average.has_value()) {
    MoveAverage(*spec.update.moving_average, terms, spec.dim, SlotFloats(spec),
                rows);
  }
  Constrain(spec.update.constraint, spec.dim, rows);
}

bool IsOpen(const ValueLimits& limits) {
  return !limits.min.has_value() && !limits.max.has_value();
}

// Keras's clipvalue where the client cannot apply it: beside a regularizer.
std::optional<float> ClipvalueOfSum(const UpdateSpec& update) {
  if (!update.regularizer.on() || !update.clipping.clipvalue.has_value()) {
    return std::nullopt;
  }
  const float bound = *update.clipping.clipvalue;
  const bool legacy = update.clipping.generation == Generation::kKerasLegacy;
  return legacy || bound > 0 ? std::optional<float>(bound) : std::nullopt;
}

// The gradients that the optimizer sees, where they are not those of the push.
class ChangedGradients {
 public:
  ChangedGradients(const TableSpec& spec, Rows rows, Gradients gradients)
      : values_(rows.size() * spec.dim) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      float* copy = &values_[i * spec.dim];
      std::memcpy(copy, gradients[i], spec.dim * sizeof(float));
      changed_.push_back(copy);
    }
    const UpdateSpec& update = spec.update;
    if (update.regularizer.on()) {
      AddRegularizer(update.regularizer, spec.dim,
                     Gradients(rows.data(), rows.size()), changed_);
    }
    if (const auto bound = ClipvalueOfSum(update)) {
      Limit({-*bound, *bound}, spec.dim, changed_);
    }
    Limit(update.gradient_limits, spec.dim, changed_);
  }

  Gradients all() const { return {changed_.data(), changed_.size()}; }

 private:
  std::vector<float> values_;
  std::vector<float*> changed_;
};

}  // namespace

void InitialSlots(const TableSpec& spec, float* row) {
  std::visit(
      [&](const auto& optimizer) { FillSlots(optimizer, spec.dim, row); },
      spec.optimizer);
  if (spec.update.moving_average.has_value()) {
    std::copy_n(row, spec.dim, row + SlotFloats(spec));
  }
}

void ApplyGradients(const TableSpec& spec, const StepTerms& terms, Rows rows,
                    Gradients gradients) {
  const UpdateSpec& update = spec.update;
  std::optional<ChangedGradients> changed;
  if (update.regularizer.on() || !IsOpen(update.gradient_limits)) {
    gradients = changed.emplace(spec, rows, gradients).all();
  }
  if (update.weight_decay.rows != DecayedRows::kNone &&
      update.weight_decay.factor != 0) {
    DecayWeights(update.weight_decay, terms, spec.dim, rows);
  }
  Optimize(spec, terms, rows, gradients);
  Finish(spec, terms, rows);
  if (!IsOpen(update.weight_limits)) {
    Limit(update.weight_limits, spec.dim, rows);
  }
}

void MissedStep(const TableSpec& spec, const StepTerms& terms, Rows rows) {
  if (spec.update.regularizer.on()) {
    // Its gradient is one of every row.
    const std::vector<float> zeros(spec.dim);
    const std::vector<const float*> gradients(rows.size(), zeros.data());
    return ApplyGradients(spec, terms, rows, gradients);
  }
  const WeightDecay& decay = spec.update.weight_decay;
  if (decay.rows == DecayedRows::kEveryRow && decay.factor != 0) {
    DecayWeights(decay, terms, spec.dim, rows);
  }
  OptimizeMissed(spec, terms, rows);
  Finish(spec, terms, rows);
}

}  // namespace rowhouse::kernels
