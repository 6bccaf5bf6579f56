// Values as the recorded cases write them (data/README.md), owned.
#ifndef ROWHOUSE_TESTS_GOLDEN_VALUE_H_
#define ROWHOUSE_TESTS_GOLDEN_VALUE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/tensor_json.h"

namespace rowhouse::golden {

using Json = tools::TensorJson;
using tools::BytesToJson;
using tools::NumberToJson;
using tools::ReadBytes;
using tools::ReadNumber;
using tools::ReadTensor;
using tools::Tensor;

// An IndexedSlices: ids x dim gradients. Ids may repeat.
struct RowGradient {
  std::vector<std::int64_t> ids;
  std::uint32_t dim = 0;
  std::vector<float> values;
};

// INVALID_ARGUMENT naming what is wrong with the value.
absl::StatusOr<RowGradient> ReadRowGradient(const Json& json);

// Of a dense float32 tensor. INVALID_ARGUMENT for any other.
absl::StatusOr<std::vector<float>> FloatsOf(const Tensor& tensor);
// Of any tensor of integers but uint64. INVALID_ARGUMENT for any other.
absl::StatusOr<std::vector<std::int64_t>> IntegersOf(const Tensor& tensor);

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_VALUE_H_
