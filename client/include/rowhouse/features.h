// What a trainer gives to a FeaturePlan: one batch of named tensors, borrowed.
#ifndef ROWHOUSE_FEATURES_H_
#define ROWHOUSE_FEATURES_H_

#include <cstdint>
#include <string>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rowhouse {

// Element types of features. Signed integers of every width travel as int64.
enum class DType { kString, kInt64, kFloat32 };

// "string", "int64", "float32".
absl::string_view DTypeName(DType dtype);

// The values of one feature, not owned. Strings are bytes, never decoded.
using FeatureValues =
    std::variant<absl::Span<const std::string>,
                 absl::Span<const absl::string_view>,
                 absl::Span<const std::int64_t>, absl::Span<const float>>;

DType DTypeOf(const FeatureValues& values);

// Tensors by key. Holds views: the data must live, unchanged, until the last
// Resolve or Lookup with it has returned. Shapes are checked there, not here.
// Thread-compatible.
class Features {
 public:
  using Shape = absl::InlinedVector<std::int64_t, 2>;

  struct Tensor {
    FeatureValues values;
    Shape shape;
    bool sparse = false;
    // Sparse: the coordinates of each value, values x rank, in row-major order.
    absl::Span<const std::int64_t> indices;
  };

  // A dense tensor of one value per row. In a dense tensor "" and -1 mean "no
  // value" to categorical columns. Replaces a tensor of the same key.
  void Set(absl::string_view key, FeatureValues values);
  // A dense tensor of any shape, values in row-major order.
  void Set(absl::string_view key, FeatureValues values, Shape shape);
  // A sparse tensor; its values are taken as they are.
  void SetSparse(absl::string_view key, absl::Span<const std::int64_t> indices,
                 FeatureValues values, Shape dense_shape);

  // Null when there is none.
  const Tensor* Find(absl::string_view key) const;

 private:
  absl::flat_hash_map<std::string, Tensor> tensors_;
};

}  // namespace rowhouse

#endif  // ROWHOUSE_FEATURES_H_
