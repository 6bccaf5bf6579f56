// The one door to a step of a table's rows: the optimizer and what stands
// around it, by spec, over a batch of rows. A row is its `dim` weights followed
// by its slots (Slots of table_spec.h), contiguous.
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_OPTIMIZER_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_OPTIMIZER_H_

#include "absl/types/span.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/table_spec.h"

namespace rowhouse::kernels {

// Fills the slots behind the weights of a row that was never pushed. A function
// of the spec and the initial weights.
void InitialSlots(const TableSpec& spec, float* row);

// One step of rows that have a gradient: rows[i] takes gradients[i] (dim
// floats, all gradients of the row in this step summed, clipped already where
// the client does that). In TensorFlow's order, which update.h gives; the
// clipvalue of a table with a regularizer is applied here. Rows are distinct.
// Thread-safe for disjoint rows.
void ApplyGradients(const TableSpec& spec, const StepTerms& terms,
                    absl::Span<float* const> rows,
                    absl::Span<const float* const> gradients);

// The same step of rows that have none. Changes nothing unless
// MovesEveryRow(spec). The state of a row is defined by one call per missed
// step, in order of steps, each with its own terms.
void MissedStep(const TableSpec& spec, const StepTerms& terms,
                absl::Span<float* const> rows);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_OPTIMIZER_H_
