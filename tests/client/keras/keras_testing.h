// What the tests of the Keras layer have in common.
#ifndef ROWHOUSE_TESTS_CLIENT_KERAS_KERAS_TESTING_H_
#define ROWHOUSE_TESTS_CLIENT_KERAS_KERAS_TESTING_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "absl/types/span.h"
#include "rowhouse/features.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse {

inline auto FailsWith(absl::StatusCode code, const std::string& text) {
  return StatusIs(code, ::testing::HasSubstr(text));
}
inline auto InvalidWith(const std::string& text) {
  return FailsWith(absl::StatusCode::kInvalidArgument, text);
}

// Tensors that borrow what they are given.
Features::Tensor Dense(FeatureValues values, const Features::Shape& shape);
Features::Tensor Sparse(absl::Span<const std::int64_t> indices,
                        FeatureValues values, const Features::Shape& shape);
Features::Tensor Ragged(const Features::RowSplits& row_splits,
                        FeatureValues values,
                        const Features::Shape& inner_shape = {});

}  // namespace rowhouse

#endif  // ROWHOUSE_TESTS_CLIENT_KERAS_KERAS_TESTING_H_
