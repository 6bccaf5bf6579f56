// RMSprop of every generation; the formulas are RmsPropSpec's. Slot values per
// weight: s, then b where there is momentum (in kTf1 always), then q when
// centered. First 0, but s is 1 in kTf1.
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_RMS_PROP_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_RMS_PROP_H_

#include <cstddef>

#include "absl/types/span.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/optimizers.h"

namespace rowhouse::kernels {

// As InitialSlots, ApplyGradients and MissedStep in optimizer.h.
void FillSlots(const RmsPropSpec& spec, std::size_t dim, float* row);
void Apply(const RmsPropSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients);
void Miss(const RmsPropSpec& spec, const StepTerms& terms, std::size_t dim,
          absl::Span<float* const> rows);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_RMS_PROP_H_
