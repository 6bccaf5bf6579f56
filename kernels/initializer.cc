#include "kernels/initializer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <variant>

#include "base/hash.h"
#include "kernels/inverse_normal.h"
#include "kernels/philox.h"

namespace rowhouse::kernels {
namespace {

// On disk, in effect: a row that was never pushed is stored nowhere but here.
// Do not change the key, the counter or what is made of the bits.

PhiloxKey KeyOf(std::uint64_t seed, std::uint64_t table_hash) {
  // The odd constant keeps seed 0 from being the fixed point of Mix64.
  const std::uint64_t key =
      Mix64(Mix64(seed + 0x9e3779b97f4a7c15ULL) ^ table_hash);
  return {static_cast<std::uint32_t>(key),
          static_cast<std::uint32_t>(key >> 32)};
}

// Calls draw(column, bits) with 64 random bits for each column of a row. One
// block of the generator serves two columns.
template <typename Draw>
void ForEachColumn(PhiloxKey key, Id id, std::size_t dim, Draw draw) {
  for (std::size_t column = 0; column < dim; column += 2) {
    const PhiloxCounter block = Philox(
        {static_cast<std::uint32_t>(id), static_cast<std::uint32_t>(id >> 32),
         static_cast<std::uint32_t>(column / 2), 0},
        key);
    const auto bits = [&](std::size_t half) {
      return block[2 * half] | std::uint64_t{block[2 * half + 1]} << 32;
    };
    draw(column, bits(0));
    if (column + 1 < dim) draw(column + 1, bits(1));
  }
}

// 53 bits as a fraction in [0, 1).
double UnitInterval(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

// 53 bits as an odd multiple of 2^-54 in (-0.5, 0.5): symmetric, never 0.
double Centred(std::uint64_t bits) {
  const auto steps = static_cast<std::int64_t>(bits >> 11) - (1LL << 52);
  return (static_cast<double>(steps) + 0.5) * 0x1p-53;
}

void Fill(const ConstantInitializer& constant, PhiloxKey, Id, std::size_t dim,
          float* row) {
  std::fill_n(row, dim, constant.value);
}

void Fill(const UniformInitializer& uniform, PhiloxKey key, Id id,
          std::size_t dim, float* row) {
  const double low = uniform.low;
  const double width = static_cast<double>(uniform.high) - low;
  // A draw next to `high` may round up to it, which the interval excludes.
  const float most = std::nextafter(uniform.high, uniform.low);
  ForEachColumn(key, id, dim, [&](std::size_t column, std::uint64_t bits) {
    const auto value = static_cast<float>(low + width * UnitInterval(bits));
    row[column] = std::min(value, most);
  });
}

void Fill(const NormalInitializer& normal, PhiloxKey key, Id id,
          std::size_t dim, float* row) {
  // P(-2 < Z < 2): scaling q by it gives the normal distribution cut at two
  // standard deviations, the very distribution that redrawing outliers gives.
  constexpr double kWithinTwo = 0.9544997361036416;
  const double scale = normal.truncated ? kWithinTwo : 1.0;
  const double mean = normal.mean;
  const double stddev = normal.stddev;
  ForEachColumn(key, id, dim, [&](std::size_t column, std::uint64_t bits) {
    const double z = InverseNormal(scale * Centred(bits));
    row[column] = static_cast<float>(mean + stddev * z);
  });
}

}  // namespace

void InitialRow(const InitializerSpec& initializer, std::uint64_t seed,
                std::uint64_t table_hash, Id id, std::size_t dim, float* row) {
  const PhiloxKey key = KeyOf(seed, table_hash);
  std::visit([&](const auto& spec) { Fill(spec, key, id, dim, row); },
             initializer);
}

}  // namespace rowhouse::kernels
