// A table of a few rows that an optimizer steps, as TensorFlow holds a
// variable: all of it in memory, every row stepped in every step.
#ifndef ROWHOUSE_TESTS_GOLDEN_OPTIMIZER_TABLE_H_
#define ROWHOUSE_TESTS_GOLDEN_OPTIMIZER_TABLE_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/table_spec.h"
#include "tests/golden/value.h"

namespace rowhouse::golden {

class OptimizerTable {
 public:
  // `initial` is a dense matrix of the first weights; `spec` needs no dim.
  // INVALID_ARGUMENT: it is another tensor, or Validate of the spec.
  static absl::StatusOr<OptimizerTable> Make(TableSpec spec,
                                             const Json& initial);

  // One step with the summed gradients of `gradient`; MissedStep of the rows
  // that it does not name. INVALID_ARGUMENT: an id that is no row. Keras's FTRL
  // leaves a negative one out, its gradient being a dense sum.
  absl::Status Step(const kernels::StepTerms& terms,
                    const RowGradient& gradient);

  const TableSpec& spec() const { return spec_; }
  std::size_t rows() const { return rows_; }
  // rows x dim.
  std::vector<float> Weights() const { return Column(0, spec_.dim); }
  // Of a slot by name: rows x its floats. NOT_FOUND: there is none.
  absl::StatusOr<std::vector<float>> SlotValues(absl::string_view name) const;

 private:
  std::vector<float> Column(std::size_t at, std::size_t floats) const;
  std::size_t row_floats() const { return spec_.dim + SlotFloats(spec_); }

  TableSpec spec_;
  std::size_t rows_ = 0;
  std::vector<float> values_;  // rows x row_floats
};

// Slots by name, each a dense matrix; no other ones, none missing. As
// CompareDense.
absl::Status CompareSlots(const OptimizerTable& table, const Json& expected,
                          double tolerance);

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_OPTIMIZER_TABLE_H_
