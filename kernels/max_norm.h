// TensorFlow's max_norm: rows are scaled down as they are looked up, and
// gradients find their way back through that (embedding_ops._clip,
// clip_ops.clip_by_norm and its derivative).
#ifndef ROWHOUSE_KERNELS_MAX_NORM_H_
#define ROWHOUSE_KERNELS_MAX_NORM_H_

#include <cstddef>

namespace rowhouse::kernels {

// sqrt(sum of v^2) in float, the squares in 16 partial sums: column c in sum
// c mod 16, and these one after the other.
float L2Norm(const float* row, std::size_t dim);

// out = (v * c) / max(|v|, c): the product is rounded before the quotient, also
// where |v| < c. c is used as it is: 0 makes zeros of rows that have a norm, a
// negative one turns rows around. `out` may be `row`.
void ClipRow(const float* row, float max_norm, std::size_t dim, float* out);

// From d loss / d out to d loss / d v of the row `row`, in place:
//   |v| < c or v = 0:  (g / m) * c          where m = max(|v|, c)
//   else also          - v * (sum of g * (v * c) / m / m) / |v|
// so a norm that equals c counts as above it.
void ClipRowGradient(const float* row, float max_norm, std::size_t dim,
                     float* gradient);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_MAX_NORM_H_
