#include "tests/golden/optimizer_table.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "kernels/aggregate.h"
#include "kernels/optimizers/optimizer.h"
#include "tests/golden/compare.h"

namespace rowhouse::golden {
namespace {

bool LeavesOutNegativeIds(const TableSpec& spec) {
  const auto* ftrl = std::get_if<FtrlSpec>(&spec.optimizer);
  return ftrl != nullptr && ftrl->generation == Generation::kKeras;
}

}  // namespace

absl::StatusOr<OptimizerTable> OptimizerTable::Make(TableSpec spec,
                                                    const Json& initial) {
  ROWHOUSE_ASSIGN_OR_RETURN(const Tensor tensor, ReadTensor(initial));
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<float> weights, FloatsOf(tensor));
  if (tensor.shape.size() != 2 || tensor.shape[1] < 1) {
    return absl::InvalidArgumentError("initial values are no matrix");
  }
  OptimizerTable table;
  spec.name = "t";
  spec.dim = static_cast<std::uint32_t>(tensor.shape[1]);
  spec.nan_policy = NanPolicy::kPropagate;
  ROWHOUSE_RETURN_IF_ERROR(Validate(spec));
  table.spec_ = std::move(spec);
  table.rows_ = static_cast<std::size_t>(tensor.shape[0]);
  const std::size_t dim = table.spec_.dim;
  table.values_.resize(table.rows_ * table.row_floats());
  for (std::size_t r = 0; r < table.rows_; ++r) {
    float* row = &table.values_[r * table.row_floats()];
    std::copy_n(&weights[r * dim], dim, row);
    kernels::InitialSlots(table.spec_, row);
  }
  return table;
}

absl::Status OptimizerTable::Step(const kernels::StepTerms& terms,
                                  const RowGradient& gradient) {
  if (gradient.dim != spec_.dim) {
    return absl::InvalidArgumentError(absl::StrCat(
        "gradient of dim ", gradient.dim, " for rows of dim ", spec_.dim));
  }
  std::vector<Id> ids;
  std::vector<const float*> gradients;
  for (std::size_t i = 0; i < gradient.ids.size(); ++i) {
    const std::int64_t id = gradient.ids[i];
    if (id < 0 && LeavesOutNegativeIds(spec_)) continue;
    if (id < 0 || static_cast<std::size_t>(id) >= rows_) {
      return absl::InvalidArgumentError(
          absl::StrCat("id ", id, " of ", rows_, " rows"));
    }
    ids.push_back(static_cast<Id>(id));
    gradients.push_back(&gradient.values[i * gradient.dim]);
  }
  kernels::Aggregator aggregator;
  aggregator.Group({ids, gradients, {}}, spec_.dim);
  std::vector<bool> is_touched(rows_);
  while (aggregator.Next()) {
    std::vector<float*> touched;
    for (const Id id : aggregator.ids()) {
      touched.push_back(&values_[id * row_floats()]);
      is_touched[id] = true;
    }
    kernels::ApplyGradients(spec_, terms, touched, aggregator.sums());
  }
  std::vector<float*> missed;
  for (std::size_t r = 0; r < rows_; ++r) {
    if (!is_touched[r]) missed.push_back(&values_[r * row_floats()]);
  }
  kernels::MissedStep(spec_, terms, missed);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<float>> OptimizerTable::SlotValues(
    absl::string_view name) const {
  std::size_t at = spec_.dim;
  for (const Slot& slot : Slots(spec_)) {
    if (slot.name == name) return Column(at, slot.floats);
    at += slot.floats;
  }
  return absl::NotFoundError(absl::StrCat("there is no slot '", name, "'"));
}

std::vector<float> OptimizerTable::Column(std::size_t at,
                                          std::size_t floats) const {
  std::vector<float> column;
  for (std::size_t r = 0; r < rows_; ++r) {
    const float* from = &values_[r * row_floats() + at];
    column.insert(column.end(), from, from + floats);
  }
  return column;
}

absl::Status CompareSlots(const OptimizerTable& table, const Json& expected,
                          double tolerance) {
  std::vector<std::string> names;
  for (const absl::string_view name : SlotNames(table.spec())) {
    names.emplace_back(name);
  }
  std::vector<std::string> expected_names;
  for (const auto& item : expected.items()) {
    expected_names.push_back(item.key());
  }
  std::sort(names.begin(), names.end());
  std::sort(expected_names.begin(), expected_names.end());
  ROWHOUSE_RETURN_IF_ERROR(CompareExactly("slots", names, expected_names));
  for (const auto& item : expected.items()) {
    ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<float> values,
                              table.SlotValues(item.key()));
    const auto rows = static_cast<std::int64_t>(table.rows());
    ROWHOUSE_RETURN_IF_ERROR(CompareDense(absl::StrCat("slot ", item.key()),
                                          {rows, table.spec().dim}, values,
                                          item.value(), tolerance));
  }
  return absl::OkStatus();
}

}  // namespace rowhouse::golden
