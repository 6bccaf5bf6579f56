// Categorical columns as the rules say them, slowly and obviously: every cell
// with its coordinates, nothing shared with the library but Fingerprint64.
#ifndef ROWHOUSE_TESTS_PROPERTY_REFERENCE_COLUMNS_H_
#define ROWHOUSE_TESTS_PROPERTY_REFERENCE_COLUMNS_H_

#include "absl/status/statusor.h"
#include "tests/property/draw.h"

namespace rowhouse::property {

// {"name", "num_buckets", "ids": {"sparse"}}, and "weights" or
// "sequence_length" where the column has them: what the column `spec` of
// DrawCategorical gives for its features. An error (of any code) where
// TensorFlow has one.
absl::StatusOr<Json> ReferenceColumn(const Json& spec, const Json& features);

}  // namespace rowhouse::property

#endif  // ROWHOUSE_TESTS_PROPERTY_REFERENCE_COLUMNS_H_
