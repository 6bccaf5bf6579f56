#include "client/tpu/serving_lookup.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/columns/feature_input.h"

namespace rowhouse::internal {
namespace {

using Tensor = Features::Tensor;

template <typename... Parts>
absl::Status Refuse(const ServingFeature& feature, const Parts&... parts) {
  return absl::InvalidArgumentError(
      absl::StrCat("feature \"", feature.name, "\": ", parts...));
}

// In TensorFlow's order.
absl::Status CheckWeights(const ServingFeature& feature, const Tensor& ids,
                          const Tensor& weights) {
  if (ids.layout == Features::Layout::kDense) {
    return Refuse(feature, "weights, but the ids are dense");
  }
  if (weights.layout != ids.layout) {
    return Refuse(feature,
                  "ids and weights are not both sparse or both ragged");
  }
  if (feature.config.max_sequence_length > 0) {
    return Refuse(feature, "weights of a sequence");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Id>> IdsOf(const ServingFeature& feature,
                                      const FeatureValues& values) {
  const DType dtype = DTypeOf(values);
  if (dtype != DType::kInt32 && dtype != DType::kInt64) {
    return Refuse(feature, "ids of type ", DTypeName(dtype),
                  ", expected int32 or int64");
  }
  std::vector<Id> ids;
  ids.reserve(CountOf(values));
  std::visit(
      [&]<typename Value>(absl::Span<const Value> span) {
        if constexpr (kIsInteger<Value>) {
          for (const Value value : span) {
            ids.push_back(static_cast<Id>(static_cast<std::int64_t>(value)));
          }
        }
      },
      values);
  return ids;
}

// Each must be a row of the table.
absl::Status CheckIds(const ServingFeature& feature, absl::Span<const Id> ids) {
  // A negative id is a large one by now.
  const auto rows = static_cast<Id>(feature.config.table->vocabulary_size);
  for (const Id id : ids) {
    if (id < rows) continue;
    return Refuse(feature, "id ", static_cast<std::int64_t>(id),
                  " is not in [0, ", rows, ")");
  }
  return absl::OkStatus();
}

// Sizes multiplied; nothing when one is negative or the product is more than a
// batch may have.
std::optional<std::int64_t> PlacesOf(absl::Span<const std::int64_t> shape) {
  std::int64_t places = 1;
  for (const std::int64_t size : shape) {
    if (size < 0) return std::nullopt;
    if (size == 0) places = 0;
  }
  if (places == 0) return 0;
  for (const std::int64_t size : shape) {
    if (__builtin_mul_overflow(places, size, &places) ||
        places > kFeatureRowsMax) {
      return std::nullopt;
    }
  }
  return places;
}

SparseLookup Begin(const ServingFeature& feature,
                   std::vector<std::int64_t> shape) {
  const TableConfig& table = *feature.config.table;
  SparseLookup lookup;
  lookup.ids.table = feature.table;
  lookup.ids.dim = static_cast<std::uint32_t>(table.dim);
  lookup.ids.combiner = table.combiner;
  lookup.output_shape = std::move(shape);
  lookup.output_shape.push_back(table.dim);
  return lookup;
}

// A row for each place of the tensor.
absl::StatusOr<SparseLookup> DenseLookup(const ServingFeature& feature,
                                         const Tensor& ids) {
  if (feature.config.max_sequence_length > 0) {
    return Refuse(feature, "dense ids of a sequence");
  }
  const std::optional<std::int64_t> places = PlacesOf(ids.shape);
  if (!places.has_value() ||
      static_cast<std::size_t>(*places) != CountOf(ids.values)) {
    return Refuse(feature, CountOf(ids.values), " ids do not fill shape [",
                  absl::StrJoin(ids.shape, ", "), "] of at most ",
                  kFeatureRowsMax, " places");
  }
  SparseLookup lookup = Begin(feature, {ids.shape.begin(), ids.shape.end()});
  lookup.ids.combiner = Combiner::kNone;
  ROWHOUSE_ASSIGN_OR_RETURN(lookup.ids.batch.ids, IdsOf(feature, ids.values));
  ROWHOUSE_RETURN_IF_ERROR(CheckIds(feature, lookup.ids.batch.ids));
  return lookup;
}

// Ids that stand at positions, as bags: [rows, width] of them.
class Positions {
 public:
  void Add(std::int64_t row, std::int64_t position, Id id) {
    places_.push_back({row, position});
    ids_.push_back(id);
  }
  absl::Span<const Id> ids() const { return ids_; }

  // Each bag has its ids in the order in which they were added. REQUIRES: all
  // are inside.
  void Fill(std::int64_t rows, std::int64_t width, IdBatch& batch) const {
    const auto bag_of = [&](const Place& place) {
      return static_cast<std::size_t>(place.row * width + place.position);
    };
    std::vector<std::uint32_t>& splits = batch.row_splits;
    splits.assign(static_cast<std::size_t>(rows * width) + 1, 0);
    for (const Place& place : places_) ++splits[bag_of(place) + 1];
    for (std::size_t bag = 1; bag < splits.size(); ++bag) {
      splits[bag] += splits[bag - 1];
    }
    std::vector<std::uint32_t> next(splits.begin(), splits.end());
    batch.ids.resize(ids_.size());
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      batch.ids[next[bag_of(places_[i])]++] = ids_[i];
    }
  }

 private:
  struct Place {
    std::int64_t row;
    std::int64_t position;
  };
  std::vector<Place> places_;
  std::vector<Id> ids_;
};

absl::Status CheckPlaces(const ServingFeature& feature, std::int64_t rows,
                         std::int64_t width) {
  if (PlacesOf({rows, width}).has_value()) return absl::OkStatus();
  return Refuse(feature, rows, " rows of ", width, " positions, at most ",
                kFeatureRowsMax, " in all");
}

// What is cut off is not looked at.
absl::StatusOr<SparseLookup> SparseSequenceLookup(const ServingFeature& feature,
                                                  const Tensor& tensor) {
  const std::int64_t rows = tensor.shape[0];
  const std::int64_t columns = tensor.shape[1];
  const std::int64_t width = feature.config.max_sequence_length;
  ROWHOUSE_RETURN_IF_ERROR(CheckPlaces(feature, rows, width));
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<Id> ids,
                            IdsOf(feature, tensor.values));
  if (tensor.indices.size() != 2 * ids.size()) {
    return Refuse(feature, ids.size(), " sparse ids with ",
                  tensor.indices.size(), " coordinates");
  }
  Positions positions;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::int64_t row = tensor.indices[2 * i];
    const std::int64_t position = tensor.indices[2 * i + 1];
    if (row < 0 || row >= rows || position < 0 || position >= columns) {
      return Refuse(feature, "value ", i, " is at [", row, ", ", position,
                    "], outside shape [", rows, ", ", columns, "]");
    }
    if (position < width) positions.Add(row, position, ids[i]);
  }
  ROWHOUSE_RETURN_IF_ERROR(CheckIds(feature, positions.ids()));
  SparseLookup lookup = Begin(feature, {rows, width});
  lookup.ids.combiner = Combiner::kSum;
  positions.Fill(rows, width, lookup.ids.batch);
  return lookup;
}

absl::StatusOr<SparseLookup> CombinedSparseLookup(const ServingFeature& feature,
                                                  const Tensor& ids,
                                                  const Tensor* weights) {
  const TableConfig& table = *feature.config.table;
  const LookupOptions options{.table = feature.table,
                              .dim = static_cast<std::uint32_t>(table.dim),
                              .combiner = table.combiner};
  const bool raw =
      !feature.config.validate_weights_and_indices && ids.shape.size() <= 2;
  return raw ? RawLookupSparse(options, ids, weights)
             : SafeLookupSparse(options, ids, weights);
}

// A matrix of ids, each of which is a row of the table.
struct RaggedIds {
  std::vector<Id> ids;
  absl::Span<const std::int64_t> splits;
  std::int64_t rows = 0;
};

absl::StatusOr<RaggedIds> RaggedIdsOf(const ServingFeature& feature,
                                      const Tensor& tensor) {
  if (tensor.row_splits.size() != 1 || !tensor.shape.empty()) {
    return Refuse(feature, "ragged ids of rank ",
                  tensor.row_splits.size() + 1 + tensor.shape.size(),
                  ", expected 2");
  }
  RaggedIds out;
  out.splits = tensor.row_splits[0];
  ROWHOUSE_ASSIGN_OR_RETURN(out.ids, IdsOf(feature, tensor.values));
  if (out.splits.empty() || out.splits.front() != 0 ||
      static_cast<std::size_t>(out.splits.back()) != out.ids.size() ||
      !std::is_sorted(out.splits.begin(), out.splits.end()) ||
      out.ids.size() > std::numeric_limits<std::uint32_t>::max()) {
    return Refuse(feature, "row splits do not rise from 0 to the ",
                  out.ids.size(), " ids");
  }
  out.rows = static_cast<std::int64_t>(out.splits.size()) - 1;
  ROWHOUSE_RETURN_IF_ERROR(CheckIds(feature, out.ids));
  return out;
}

// The vectors of each row, cut and padded to `width` of them.
absl::StatusOr<SparseLookup> RaggedSequenceLookup(
    const ServingFeature& feature, const RaggedIds& ids, std::int64_t width,
    std::vector<std::int64_t> shape) {
  ROWHOUSE_RETURN_IF_ERROR(CheckPlaces(feature, ids.rows, width));
  Positions positions;
  for (std::int64_t row = 0; row < ids.rows; ++row) {
    const std::int64_t begin = ids.splits[row];
    const std::int64_t end = std::min(ids.splits[row + 1], begin + width);
    for (std::int64_t i = begin; i < end; ++i) {
      positions.Add(row, i - begin, ids.ids[i]);
    }
  }
  SparseLookup lookup = Begin(feature, std::move(shape));
  lookup.ids.combiner = Combiner::kSum;
  positions.Fill(ids.rows, width, lookup.ids.batch);
  return lookup;
}

// Nothing is left out, however it is weighted.
absl::StatusOr<SparseLookup> CombinedRaggedLookup(
    const ServingFeature& feature, RaggedIds ids, const Tensor* weights,
    std::vector<std::int64_t> shape) {
  SparseLookup lookup = Begin(feature, std::move(shape));
  IdBatch& batch = lookup.ids.batch;
  if (weights != nullptr) {
    const auto* floats = std::get_if<absl::Span<const float>>(&weights->values);
    if (floats == nullptr) {
      return Refuse(feature, "weights of type ",
                    DTypeName(DTypeOf(weights->values)), ", rows are float32");
    }
    if (weights->row_splits.size() != 1 || !weights->shape.empty() ||
        weights->row_splits[0] != ids.splits ||
        floats->size() != ids.ids.size()) {
      return Refuse(feature, "ids and weights do not have the same rows");
    }
    batch.weights.assign(floats->begin(), floats->end());
  }
  batch.ids = std::move(ids.ids);
  batch.row_splits.assign(ids.splits.begin(), ids.splits.end());
  return lookup;
}

absl::StatusOr<SparseLookup> ShapedRaggedLookup(const ServingFeature& feature,
                                                RaggedIds ids,
                                                const Tensor* weights) {
  std::vector<std::int64_t> shape;
  for (const std::optional<std::int64_t>& size : *feature.config.output_shape) {
    if (!size.has_value()) {
      return Refuse(feature, "output_shape has a size that is not known");
    }
    shape.push_back(*size);
  }
  const std::int64_t rows = ids.rows;
  const std::optional<std::int64_t> places = PlacesOf(shape);
  if (places == rows) {
    return CombinedRaggedLookup(feature, std::move(ids), weights,
                                std::move(shape));
  }
  if (places.has_value() && rows > 0 && *places > rows && *places % rows == 0) {
    return RaggedSequenceLookup(feature, ids, *places / rows, std::move(shape));
  }
  return Refuse(feature, "a batch of ", rows,
                " rows does not fit output_shape [", absl::StrJoin(shape, ", "),
                "]");
}

absl::StatusOr<SparseLookup> RaggedLookup(const ServingFeature& feature,
                                          const Tensor& tensor,
                                          const Tensor* weights) {
  ROWHOUSE_ASSIGN_OR_RETURN(RaggedIds ids, RaggedIdsOf(feature, tensor));
  if (feature.config.output_shape.has_value()) {
    return ShapedRaggedLookup(feature, std::move(ids), weights);
  }
  const std::int64_t rows = ids.rows;
  const std::int64_t width = feature.config.max_sequence_length;
  if (width > 0) {
    return RaggedSequenceLookup(feature, ids, width, {rows, width});
  }
  return CombinedRaggedLookup(feature, std::move(ids), weights, {rows});
}

}  // namespace

absl::StatusOr<SparseLookup> ServingLookup(const ServingFeature& feature,
                                           const Features::Tensor& ids,
                                           const Features::Tensor* weights) {
  if (weights != nullptr) {
    ROWHOUSE_RETURN_IF_ERROR(CheckWeights(feature, ids, *weights));
  }
  switch (ids.layout) {
    case Features::Layout::kDense:
      return DenseLookup(feature, ids);
    case Features::Layout::kRagged:
      return RaggedLookup(feature, ids, weights);
    case Features::Layout::kSparse:
      break;
  }
  const bool by_position = !feature.config.output_shape.has_value() &&
                           feature.config.max_sequence_length > 0 &&
                           ids.shape.size() == 2;
  return by_position ? SparseSequenceLookup(feature, ids)
                     : CombinedSparseLookup(feature, ids, weights);
}

}  // namespace rowhouse::internal
