#include "rowhouse/lookup.h"

#include <algorithm>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/columns/bags.h"
#include "client/columns/feature_input.h"
#include "client/columns/sparse_ids.h"

namespace rowhouse {
namespace {

using Tensor = Features::Tensor;

template <typename... Parts>
absl::Status Refuse(const LookupOptions& options, const Parts&... parts) {
  return absl::InvalidArgumentError(
      absl::StrCat("lookup \"", options.table, "\": ", parts...));
}

// Ids by rows of the last axis.
struct Ids {
  Features::Shape shape;  // of a ragged matrix without the last axis
  std::vector<std::int64_t> ids;
  std::vector<std::size_t> row_splits;
};

absl::StatusOr<Ids> SparseIdsOf(const LookupOptions& options,
                                const Tensor& tensor) {
  if (tensor.shape.empty()) return Refuse(options, "ids of rank 0");
  Features features;
  std::vector<std::int64_t> indices;
  if (tensor.shape.size() == 1) {  // all are one row
    for (const std::int64_t index : tensor.indices) {
      indices.insert(indices.end(), {0, index});
    }
    features.SetSparse(options.table, indices, tensor.values,
                       {1, tensor.shape[0]});
  } else {
    features.SetSparse(options.table, tensor.indices, tensor.values,
                       tensor.shape);
  }
  ROWHOUSE_ASSIGN_OR_RETURN(
      const auto input, internal::FeatureInput::Of(features, options.table));
  internal::SparseIds ids = input.IdsOfIntegers(
      [](auto value) { return static_cast<std::int64_t>(value); });
  return Ids{tensor.shape, std::move(ids.values), std::move(ids.row_splits)};
}

absl::Status CheckRowSplits(const LookupOptions& options,
                            const Tensor& tensor) {
  if (tensor.row_splits.size() != 1 || !tensor.shape.empty()) {
    return Refuse(options, "a ragged tensor of rank ",
                  tensor.row_splits.size() + 1 + tensor.shape.size(),
                  ", expected a matrix");
  }
  const auto splits = tensor.row_splits[0];
  const std::size_t values = CountOf(tensor.values);
  if (!splits.empty() && splits.front() == 0 &&
      static_cast<std::size_t>(splits.back()) == values &&
      std::is_sorted(splits.begin(), splits.end())) {
    return absl::OkStatus();
  }
  return Refuse(options, "row splits do not rise from 0 to the ", values,
                " values");
}

absl::StatusOr<Ids> RaggedIdsOf(const LookupOptions& options,
                                const Tensor& tensor) {
  ROWHOUSE_RETURN_IF_ERROR(CheckRowSplits(options, tensor));
  const auto splits = tensor.row_splits[0];
  Ids out;
  out.shape = {static_cast<std::int64_t>(splits.size()) - 1, 0};
  out.row_splits.assign(splits.begin(), splits.end());
  std::visit(
      [&]<typename Value>(absl::Span<const Value> values) {
        if constexpr (internal::kIsInteger<Value>) {
          out.ids.assign(values.begin(), values.end());
        }
      },
      tensor.values);
  return out;
}

absl::StatusOr<Ids> IdsOf(const LookupOptions& options, const Tensor& tensor) {
  const DType dtype = DTypeOf(tensor.values);
  if (dtype != DType::kInt32 && dtype != DType::kInt64) {
    return Refuse(options, "ids of type ", DTypeName(dtype),
                  ", expected int32 or int64");
  }
  switch (tensor.layout) {
    case Features::Layout::kDense:
      return Refuse(options, "dense ids, expected sparse or ragged ones");
    case Features::Layout::kSparse:
      return SparseIdsOf(options, tensor);
    case Features::Layout::kRagged:
      return RaggedIdsOf(options, tensor);
  }
  return Refuse(options, "ids of no layout");
}

// Their places do not matter. Of another type they are cast into `storage`
// where nothing is left out by weight, as TensorFlow does.
absl::StatusOr<absl::Span<const float>> WeightsOf(const LookupOptions& options,
                                                  const Tensor& tensor,
                                                  bool safe,
                                                  std::vector<float>& storage) {
  absl::Span<const float> floats;
  if (const auto* given =
          std::get_if<absl::Span<const float>>(&tensor.values)) {
    floats = *given;
  } else {
    const DType dtype = DTypeOf(tensor.values);
    if (safe || !(IsInteger(dtype) || IsFloating(dtype))) {
      return Refuse(options, "weights of type ", DTypeName(dtype),
                    ", rows are float32");
    }
    std::visit(
        [&]<typename Value>(absl::Span<const Value> values) {
          if constexpr (!internal::kIsString<Value>) {
            for (const Value value : values) {
              storage.push_back(internal::AsFloat(value));
            }
          }
        },
        tensor.values);
    floats = storage;
  }
  if (tensor.layout == Features::Layout::kDense) {
    return Refuse(options, "dense weights, expected sparse or ragged ones");
  }
  if (tensor.layout == Features::Layout::kRagged) {
    ROWHOUSE_RETURN_IF_ERROR(CheckRowSplits(options, tensor));
  }
  return floats;
}

absl::StatusOr<SparseLookup> Make(const LookupOptions& options,
                                  const internal::BagRules& rules, Ids ids,
                                  const Tensor* weights) {
  internal::RowsOfIds rows{.ids = ids.ids, .row_splits = ids.row_splits};
  std::vector<float> cast;
  if (weights != nullptr) {
    ROWHOUSE_ASSIGN_OR_RETURN(rows.weights,
                              WeightsOf(options, *weights, rules.safe, cast));
  }
  SparseLookup out;
  out.ids.table = options.table;
  out.ids.dim = options.dim;
  out.ids.max_norm = options.max_norm;
  out.ids.trainable = options.trainable;
  ROWHOUSE_RETURN_IF_ERROR(internal::FillBags(rules, rows, out.ids));
  out.output_shape.assign(ids.shape.begin(), ids.shape.end());
  if (!rules.safe) {
    out.output_shape = {static_cast<std::int64_t>(out.ids.batch.bags()), 0};
  }
  out.output_shape.back() = options.dim;
  return out;
}

}  // namespace

absl::StatusOr<SparseLookup> SafeLookupSparse(
    const LookupOptions& options, const Features::Tensor& ids,
    const Features::Tensor* weights, std::optional<std::int64_t> default_id) {
  ROWHOUSE_ASSIGN_OR_RETURN(Ids rows, IdsOf(options, ids));
  const internal::BagRules rules{.name = options.table,
                                 .combiner = options.combiner,
                                 .default_id = default_id};
  return Make(options, rules, std::move(rows), weights);
}

absl::StatusOr<SparseLookup> RawLookupSparse(const LookupOptions& options,
                                             const Features::Tensor& ids,
                                             const Features::Tensor* weights) {
  ROWHOUSE_ASSIGN_OR_RETURN(Ids rows, IdsOf(options, ids));
  if (rows.shape.size() < 2) {
    return Refuse(options, "ids of rank 1, expected 2 or more");
  }
  // All of a place on the first axis is one row.
  const auto first = static_cast<std::size_t>(rows.shape[0]);
  const std::size_t count = rows.row_splits.size() - 1;
  if (first > 0 && count != first) {
    std::vector<std::size_t> splits;
    for (std::size_t row = 0; row <= first; ++row) {
      splits.push_back(rows.row_splits[row * (count / first)]);
    }
    rows.row_splits = std::move(splits);
  }
  const internal::BagRules rules{
      .name = options.table, .combiner = options.combiner, .safe = false};
  return Make(options, rules, std::move(rows), weights);
}

}  // namespace rowhouse
