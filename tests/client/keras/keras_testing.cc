#include "tests/client/keras/keras_testing.h"

namespace rowhouse {

Features::Tensor Dense(FeatureValues values, const Features::Shape& shape) {
  Features::Tensor tensor;
  tensor.values = values;
  tensor.shape = shape;
  return tensor;
}

Features::Tensor Sparse(absl::Span<const std::int64_t> indices,
                        FeatureValues values, const Features::Shape& shape) {
  Features::Tensor tensor = Dense(values, shape);
  tensor.layout = Features::Layout::kSparse;
  tensor.indices = indices;
  return tensor;
}

Features::Tensor Ragged(const Features::RowSplits& row_splits,
                        FeatureValues values,
                        const Features::Shape& inner_shape) {
  Features::Tensor tensor = Dense(values, inner_shape);
  tensor.layout = Features::Layout::kRagged;
  tensor.row_splits = row_splits;
  return tensor;
}

}  // namespace rowhouse
