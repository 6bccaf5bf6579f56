#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/columns/categorical.h"
#include "client/columns/dense.h"

namespace rowhouse::internal {
namespace {

// Ids of a row as the counts, or the sums of weights, of all buckets.
class MultiHot {
 public:
  MultiHot(std::string name, std::unique_ptr<CategoricalTransform> categorical)
      : name_(std::move(name)), categorical_(std::move(categorical)) {}

  std::vector<std::int64_t> variable_shape() const {
    return {1, static_cast<std::int64_t>(categorical_->num_buckets())};
  }

  absl::StatusOr<SparseIds> Ids(const Features& features) const {
    return categorical_->Transform(features);
  }

  // The last axis becomes that of the buckets. INVALID_ARGUMENT: weights that
  // are not as many as the ids, or ids of another rank than 2 with weights.
  absl::StatusOr<DenseTensor> Of(const SparseIds& ids) const {
    const std::uint64_t buckets = categorical_->num_buckets();
    const auto rows = static_cast<std::uint64_t>(ids.rows());
    if (rows > 0 &&
        buckets > static_cast<std::uint64_t>(kDenseValuesMax) / rows) {
      return absl::ResourceExhaustedError(
          absl::StrCat("column \"", name_, "\": ", rows, " rows of ", buckets,
                       " buckets, at most ", kDenseValuesMax, " numbers"));
    }
    ROWHOUSE_RETURN_IF_ERROR(CheckWeights(ids));
    DenseTensor out{.shape = {ids.dense_shape.begin(), ids.dense_shape.end()}};
    out.shape.back() = static_cast<std::int64_t>(buckets);
    if (ids.weights.has_value()) out.dtype = ids.weights->dtype;
    out.values.resize(rows * buckets);
    float* values = out.values.data();
    for (std::size_t row = 0; row < rows; ++row, values += buckets) {
      const std::size_t end = ids.row_splits[row + 1];
      for (std::size_t i = ids.row_splits[row]; i < end; ++i) {
        const auto id = static_cast<std::uint64_t>(ids.values[i]);
        if (id >= buckets) continue;  // negative ones too
        values[id] += ids.weights.has_value() ? ids.weights->values[i] : 1.0f;
      }
    }
    return out;
  }

 private:
  absl::Status CheckWeights(const SparseIds& ids) const {
    if (!ids.weights.has_value()) return absl::OkStatus();
    if (ids.weights->values.size() != ids.values.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat("column \"", name_, "\": ", ids.weights->values.size(),
                       " weights for ", ids.values.size(), " ids"));
    }
    if (ids.dense_shape.size() == 2) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("column \"", name_, "\": weighted ids have rank ",
                     ids.dense_shape.size(), ", expected 2"));
  }

  std::string name_;
  std::unique_ptr<CategoricalTransform> categorical_;
};

absl::Status WrongPlace(absl::string_view column, bool sequence) {
  return absl::InvalidArgumentError(absl::StrCat(
      "column \"", column, "\": the categorical column is ",
      sequence ? "a sequence" : "no sequence", "; this place takes ",
      sequence ? "none" : "only sequences"));
}

class Indicator final : public DenseTransform {
 public:
  Indicator(const IndicatorColumn& column, MultiHot multi_hot)
      : DenseTransform(ColumnName(column), multi_hot.variable_shape()),
        sequence_(IsSequence(column.categorical_column)),
        multi_hot_(std::move(multi_hot)) {}

  absl::StatusOr<DenseTensor> Transform(
      const Features& features) const override {
    if (sequence_) return WrongPlace(name(), true);
    ROWHOUSE_ASSIGN_OR_RETURN(const SparseIds ids, multi_hot_.Ids(features));
    return multi_hot_.Of(ids);
  }

 private:
  bool sequence_;
  MultiHot multi_hot_;
};

class SequenceIndicator final : public SequenceTransform {
 public:
  SequenceIndicator(const IndicatorColumn& column, MultiHot multi_hot)
      : SequenceTransform(ColumnName(column), multi_hot.variable_shape()),
        sequence_(IsSequence(column.categorical_column)),
        multi_hot_(std::move(multi_hot)) {}

  absl::StatusOr<SequenceTensor> Transform(
      const Features& features) const override {
    if (!sequence_) return WrongPlace(name(), false);
    ROWHOUSE_ASSIGN_OR_RETURN(const SparseIds ids, multi_hot_.Ids(features));
    ROWHOUSE_ASSIGN_OR_RETURN(DenseTensor dense, multi_hot_.Of(ids));
    return SequenceTensor{.dense = std::move(dense),
                          .lengths = SequenceLengths(ids)};
  }

 private:
  bool sequence_;
  MultiHot multi_hot_;
};

absl::StatusOr<MultiHot> CompileMultiHot(const IndicatorColumn& column) {
  ROWHOUSE_ASSIGN_OR_RETURN(auto categorical,
                            Compile(column.categorical_column));
  return MultiHot(ColumnName(column), std::move(categorical));
}

}  // namespace

CompiledDense CompileDense(const IndicatorColumn& column) {
  ROWHOUSE_ASSIGN_OR_RETURN(MultiHot multi_hot, CompileMultiHot(column));
  return std::make_unique<Indicator>(column, std::move(multi_hot));
}

CompiledSequence CompileSequence(const IndicatorColumn& column) {
  ROWHOUSE_ASSIGN_OR_RETURN(MultiHot multi_hot, CompileMultiHot(column));
  return std::make_unique<SequenceIndicator>(column, std::move(multi_hot));
}

}  // namespace rowhouse::internal
