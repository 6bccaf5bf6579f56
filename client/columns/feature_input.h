// A feature in the form every column works on: checked, of rank >= 2, and seen
// as rows of its last axis.
#ifndef ROWHOUSE_CLIENT_COLUMNS_FEATURE_INPUT_H_
#define ROWHOUSE_CLIENT_COLUMNS_FEATURE_INPUT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/columns/sparse_ids.h"
#include "rowhouse/features.h"

namespace rowhouse::internal {

template <typename Value>
inline constexpr bool kIsString = std::is_same_v<Value, std::string> ||
                                  std::is_same_v<Value, absl::string_view>;
template <typename Value>
inline constexpr bool kIsInteger =
    std::is_integral_v<Value> && !std::is_same_v<Value, bool>;

// TensorFlow's cast to float32. REQUIRES: not a string.
template <typename Value>
float AsFloat(Value value) {
  if constexpr (std::is_arithmetic_v<Value>) {
    return static_cast<float>(value);
  } else {
    return value.ToFloat();
  }
}

// A view of a view: valid while the Features and their data are.
class FeatureInput {
 public:
  // Rank 1 becomes one column. INVALID_ARGUMENT when there is no such feature,
  // it is a scalar or ragged, its values do not fill its shape, sparse
  // coordinates are outside it or not in row-major order, or it has more than
  // kFeatureRowsMax rows, a leading size of 0 counted as 1.
  static absl::StatusOr<FeatureInput> Of(const Features& features,
                                         absl::string_view key);

  // Of rank >= 2.
  const Features::Shape& shape() const { return shape_; }
  // Product of the leading axes, and the last axis.
  std::int64_t rows() const { return rows_; }
  std::int64_t columns() const { return shape_.back(); }
  bool sparse() const { return tensor_->layout == Features::Layout::kSparse; }
  DType dtype() const { return DTypeOf(tensor_->values); }
  // Values there are, missing ones of a dense tensor included.
  std::size_t count() const { return CountOf(tensor_->values); }
  const FeatureValues& values() const { return tensor_->values; }

  // Calls visit(row, position, value) for each of `values`, which are those of
  // values(), in row-major order.
  template <typename Value, typename Visit>
  void VisitCells(absl::Span<const Value> values, Visit&& visit) const;

  // convert(value) of each value that there is, at its place; in a dense tensor
  // those that is_missing(value) are not there.
  template <typename Value, typename IsMissing, typename Convert, typename Out>
  void Map(absl::Span<const Value> values, IsMissing&& is_missing,
           Convert&& convert, SparseRows<Out>& out) const;

  // Ids of strings; "" is missing. `id_of` takes absl::string_view.
  // REQUIRES: dtype() is kString.
  template <typename IdOf>
  SparseIds IdsOfStrings(IdOf&& id_of) const;

  // Ids of integers; -1 is missing, which is the greatest value of an unsigned
  // type. `id_of` takes std::int64_t, and std::uint64_t for unsigned types.
  // REQUIRES: IsInteger(dtype()).
  template <typename IdOf>
  SparseIds IdsOfIntegers(IdOf&& id_of) const;

 private:
  explicit FeatureInput(const Features::Tensor* tensor) : tensor_(tensor) {}

  // Flattened leading coordinates of a sparse value.
  std::int64_t RowOf(const std::int64_t* at) const {
    std::int64_t row = at[0];
    for (std::size_t axis = 1; axis + 1 < shape_.size(); ++axis) {
      row = row * shape_[axis] + at[axis];
    }
    return row;
  }

  const Features::Tensor* tensor_;
  Features::Shape shape_;
  std::int64_t rows_ = 0;
};

template <typename Value, typename Visit>
void FeatureInput::VisitCells(absl::Span<const Value> values,
                              Visit&& visit) const {
  if (!sparse()) {
    std::size_t i = 0;
    for (std::int64_t row = 0; row < rows(); ++row) {
      for (std::int64_t at = 0; at < columns(); ++at) {
        visit(row, at, values[i++]);
      }
    }
    return;
  }
  const std::size_t rank = tensor_->shape.size();
  const std::int64_t* at = tensor_->indices.data();
  for (const Value& value : values) {
    visit(RowOf(at), rank == 1 ? 0 : at[rank - 1], value);
    at += rank;
  }
}

template <typename Value, typename IsMissing, typename Convert, typename Out>
void FeatureInput::Map(absl::Span<const Value> values, IsMissing&& is_missing,
                       Convert&& convert, SparseRows<Out>& out) const {
  const bool all = sparse();
  out.dense_shape = shape_;
  // Written in place and cut at the end: this is the inner loop of every
  // column.
  out.values.resize(values.size());
  out.positions.resize(values.size());
  out.row_splits.resize(static_cast<std::size_t>(rows()) + 1);
  std::size_t count = 0;
  std::size_t begun = 0;  // rows whose begin is known, but the first
  VisitCells(values,
             [&](std::int64_t row, std::int64_t at, const Value& value) {
               while (begun < static_cast<std::size_t>(row)) {
                 out.row_splits[++begun] = count;
               }
               if (!all && is_missing(value)) return;
               out.values[count] = convert(value);
               out.positions[count++] = at;
             });
  while (begun < static_cast<std::size_t>(rows())) {
    out.row_splits[++begun] = count;
  }
  out.values.resize(count);
  out.positions.resize(count);
}

template <typename IdOf>
SparseIds FeatureInput::IdsOfStrings(IdOf&& id_of) const {
  SparseIds out;
  std::visit(
      [&]<typename Value>(absl::Span<const Value> values) {
        if constexpr (kIsString<Value>) {
          Map(
              values, [](absl::string_view value) { return value.empty(); },
              id_of, out);
        }
      },
      values());
  return out;
}

template <typename IdOf>
SparseIds FeatureInput::IdsOfIntegers(IdOf&& id_of) const {
  SparseIds out;
  std::visit(
      [&]<typename Value>(absl::Span<const Value> values) {
        if constexpr (kIsInteger<Value>) {
          using Wide = std::conditional_t<std::is_signed_v<Value>, std::int64_t,
                                          std::uint64_t>;
          Map(
              values,
              [](Value value) { return value == static_cast<Value>(-1); },
              [&](Value value) { return id_of(static_cast<Wide>(value)); },
              out);
        }
      },
      values());
  return out;
}

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_COLUMNS_FEATURE_INPUT_H_
