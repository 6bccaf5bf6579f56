// What a dense column gives: numbers of a shape, owned.
#ifndef ROWHOUSE_DENSE_TENSOR_H_
#define ROWHOUSE_DENSE_TENSOR_H_

#include <cstdint>
#include <vector>

#include "rowhouse/dtype.h"

namespace rowhouse {

// Row-major. One of the two vectors holds the values: `integers` when the type
// is an integer one, else `values`.
struct DenseTensor {
  DType dtype = DType::kFloat32;
  std::vector<std::int64_t> shape;
  // Of floating types; all are held as float, whatever `dtype` says.
  std::vector<float> values;
  std::vector<std::int64_t> integers;
};

// A tensor of sequences, [B, T, ...], and how long each is, [B].
struct SequenceTensor {
  DenseTensor dense;
  std::vector<std::int64_t> lengths;
};

}  // namespace rowhouse

#endif  // ROWHOUSE_DENSE_TENSOR_H_
