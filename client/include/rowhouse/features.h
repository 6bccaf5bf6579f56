// What a trainer gives to a FeaturePlan: one batch of named tensors, borrowed.
#ifndef ROWHOUSE_FEATURES_H_
#define ROWHOUSE_FEATURES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "rowhouse/dtype.h"

namespace rowhouse {

// The values of one feature, not owned. Strings are bytes, never decoded.
using FeatureValues = std::variant<
    absl::Span<const std::string>, absl::Span<const absl::string_view>,
    absl::Span<const bool>, absl::Span<const std::int8_t>,
    absl::Span<const std::int16_t>, absl::Span<const std::int32_t>,
    absl::Span<const std::int64_t>, absl::Span<const std::uint8_t>,
    absl::Span<const std::uint16_t>, absl::Span<const std::uint32_t>,
    absl::Span<const std::uint64_t>, absl::Span<const Float16>,
    absl::Span<const Bfloat16>, absl::Span<const float>,
    absl::Span<const double>>;

DType DTypeOf(const FeatureValues& values);
std::size_t CountOf(const FeatureValues& values);

// Tensors by key. Holds views: the data must live, unchanged, until the last
// call with it has returned. Shapes are checked there, not here.
// Thread-compatible.
class Features {
 public:
  using Shape = absl::InlinedVector<std::int64_t, 2>;
  // From the outermost to the innermost.
  using RowSplits = std::vector<absl::Span<const std::int64_t>>;

  enum class Layout { kDense, kSparse, kRagged };

  struct Tensor {
    FeatureValues values;
    // Dense and sparse: of the whole tensor. Ragged: of one of the flat values,
    // so empty when those are a vector.
    Shape shape;
    Layout layout = Layout::kDense;
    // Sparse: the coordinates of each value, values x rank, in row-major order.
    absl::Span<const std::int64_t> indices;
    // Ragged: each begins with 0 and ends with the number of rows of the next
    // one, the last with the number of flat values.
    RowSplits row_splits;
  };

  // A dense tensor of one value per row. In a dense tensor "", -1 (the greatest
  // value of an unsigned type) and a weight of 0 mean "no value" to categorical
  // columns. Replaces a tensor of the same key, as each of these does.
  void Set(absl::string_view key, FeatureValues values);
  // A dense tensor of any shape, values in row-major order.
  void Set(absl::string_view key, FeatureValues values, Shape shape);
  // A sparse tensor of any rank >= 1; its values are taken as they are.
  void SetSparse(absl::string_view key, absl::Span<const std::int64_t> indices,
                 FeatureValues values, Shape dense_shape);
  // A ragged tensor. Columns refuse it, as TensorFlow's do; lookups take one.
  void SetRagged(absl::string_view key, RowSplits row_splits,
                 FeatureValues values, Shape inner_shape = {});

  // Null when there is none.
  const Tensor* Find(absl::string_view key) const;
  const absl::flat_hash_map<std::string, Tensor>& tensors() const {
    return tensors_;
  }

 private:
  absl::flat_hash_map<std::string, Tensor> tensors_;
};

}  // namespace rowhouse

#endif  // ROWHOUSE_FEATURES_H_
