#include "kernels/max_norm.h"

#include <algorithm>
#include <cmath>

namespace rowhouse::kernels {
namespace {

// Few rows are clipped, and the loops below are plain enough for the compiler;
// partial sums keep the sum independent of the width of its vectors.
constexpr std::size_t kPartialSums = 16;

// Sum of term(c) over the columns c in [0, dim).
template <typename Term>
float SumOverColumns(std::size_t dim, const Term& term) {
  float sums[kPartialSums] = {};
  std::size_t column = 0;
  for (; column + kPartialSums <= dim; column += kPartialSums) {
    for (std::size_t i = 0; i < kPartialSums; ++i) sums[i] += term(column + i);
  }
  for (std::size_t i = 0; column + i < dim; ++i) sums[i] += term(column + i);
  float sum = 0.0f;
  for (const float partial : sums) sum += partial;
  return sum;
}

}  // namespace

float L2Norm(const float* row, std::size_t dim) {
  return std::sqrt(SumOverColumns(
      dim, [row](std::size_t column) { return row[column] * row[column]; }));
}

void ClipRow(const float* row, float max_norm, std::size_t dim, float* out) {
  const float bound = std::max(L2Norm(row, dim), max_norm);
  for (std::size_t i = 0; i < dim; ++i) out[i] = row[i] * max_norm / bound;
}

void ClipRowGradient(const float* row, float max_norm, std::size_t dim,
                     float* gradient) {
  const float norm = L2Norm(row, dim);
  const float bound = std::max(norm, max_norm);
  float along = 0.0f;
  if (norm >= max_norm && norm != 0.0f) {
    along = SumOverColumns(dim,
                           [&](std::size_t i) {
                             const float clipped = row[i] * max_norm / bound;
                             return gradient[i] * (-clipped / bound);
                           }) /
            norm;
  }
  for (std::size_t i = 0; i < dim; ++i) {
    gradient[i] = gradient[i] / bound * max_norm + row[i] * along;
  }
}

}  // namespace rowhouse::kernels
