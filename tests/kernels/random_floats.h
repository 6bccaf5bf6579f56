// Floats that make the order of operations show in the last bit.
#ifndef ROWHOUSE_TESTS_KERNELS_RANDOM_FLOATS_H_
#define ROWHOUSE_TESTS_KERNELS_RANDOM_FLOATS_H_

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "absl/types/span.h"

namespace rowhouse::kernels {

// `count` floats of either sign with magnitudes from 2^-8 to 2^8, full
// mantissas, and now and then a zero of either sign.
inline std::vector<float> RandomFloats(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 bits(seed);
  std::vector<float> values(count);
  for (float& value : values) {
    const std::uint64_t draw = bits();
    const float mantissa = 1.0f + static_cast<float>(draw >> 41) * 0x1p-23f;
    const int exponent = static_cast<int>(draw % 16) - 8;
    value = draw / 16 % 50 == 0 ? 0.0f : std::ldexp(mantissa, exponent);
    if ((draw >> 20) % 2 != 0) value = -value;
  }
  return values;
}

// The bit patterns: what ASSERT_EQ compares when a NaN or the sign of a zero
// must count.
inline std::vector<std::uint32_t> Bits(absl::Span<const float> values) {
  std::vector<std::uint32_t> bits;
  bits.reserve(values.size());
  for (const float value : values) {
    bits.push_back(std::bit_cast<std::uint32_t>(value));
  }
  return bits;
}

// Pointers to the rows of a dense matrix, in order.
inline std::vector<const float*> RowsOf(const std::vector<float>& matrix,
                                        std::size_t dim) {
  std::vector<const float*> rows;
  for (std::size_t at = 0; at < matrix.size(); at += dim) {
    rows.push_back(matrix.data() + at);
  }
  return rows;
}

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_TESTS_KERNELS_RANDOM_FLOATS_H_
