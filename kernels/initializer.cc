#include "kernels/initializer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <variant>

#include "base/hash.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/initializer.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/inverse_normal-inl.h"
#include "kernels/philox-inl.h"

// On disk, in effect: a row that was never pushed is stored nowhere but here.
// Do not change the key, the counter or what is made of the bits.

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

using Draws = hn::ScalableTag<double>;
using DrawBits = hn::ScalableTag<std::uint64_t>;
using Weights = hn::Rebind<float, Draws>;  // half as wide

// Fills a row with what `weight` makes of 64 random bits for each column. One
// block of the generator serves two columns.
template <class Weight>
HWY_INLINE void FillRow(std::uint64_t key, Id id, std::size_t dim, float* row,
                        const Weight& weight) {
  const DrawBits d;
  const Weights weights;
  const std::size_t step = 2 * hn::Lanes(d);
  HWY_ALIGN float spare[2 * hn::MaxLanes(d)];
  for (std::size_t column = 0; column < dim; column += step) {
    const PhiloxCounter<hn::Vec<DrawBits>> counter = {
        {hn::Set(d, id), hn::Set(d, id >> 32),
         hn::Iota(d, std::uint64_t{column / 2}), hn::Zero(d)}};
    const auto bits = Philox(d, counter, key);
    const bool fits = column + step <= dim;
    hn::StoreInterleaved2(weight(bits.low), weight(bits.high), weights,
                          fits ? row + column : spare);
    if (!fits) std::copy_n(spare, dim - column, row + column);
  }
}

// The upper 53 bits as a whole number.
template <class V>
HWY_INLINE hn::Vec<hn::RebindToSigned<Draws>> Upper53(V bits) {
  const hn::RebindToSigned<Draws> d;
  return hn::BitCast(d, hn::ShiftRight<11>(bits));
}

struct UniformWeight {
  double low, width;
  float most;

  template <class V>
  HWY_INLINE hn::Vec<Weights> operator()(V bits) const {
    const Draws d;
    const Weights weights;
    // 53 bits as a fraction in [0, 1).
    const auto fraction =
        hn::Mul(hn::ConvertTo(d, Upper53(bits)), hn::Set(d, 0x1p-53));
    const auto value =
        hn::Add(hn::Set(d, low), hn::Mul(hn::Set(d, width), fraction));
    return hn::Min(hn::DemoteTo(weights, value), hn::Set(weights, most));
  }
};

struct NormalWeight {
  double mean, stddev, scale;

  template <class V>
  HWY_INLINE hn::Vec<Weights> operator()(V bits) const {
    const Draws d;
    const hn::RebindToSigned<Draws> whole;
    // 53 bits as an odd multiple of 2^-54 in (-0.5, 0.5): symmetric, never 0.
    const auto steps =
        hn::Sub(Upper53(bits), hn::Set(whole, std::int64_t{1} << 52));
    const auto centred = hn::Mul(
        hn::Add(hn::ConvertTo(d, steps), hn::Set(d, 0.5)), hn::Set(d, 0x1p-53));
    const auto z = InverseNormal(d, hn::Mul(hn::Set(d, scale), centred));
    const auto value =
        hn::Add(hn::Set(d, mean), hn::Mul(hn::Set(d, stddev), z));
    // Targets do not agree on a float that is too great.
    constexpr double kMost = std::numeric_limits<float>::max();
    return hn::DemoteTo(Weights(), hn::Min(hn::Max(value, hn::Set(d, -kMost)),
                                           hn::Set(d, kMost)));
  }
};

void FillUniform(const UniformInitializer& uniform, std::uint64_t key, Id id,
                 std::size_t dim, float* row) {
  const double low = uniform.low;
  const double width = static_cast<double>(uniform.high) - low;
  // A draw next to `high` may round up to it, which the interval excludes.
  const float most = std::nextafter(uniform.high, uniform.low);
  FillRow(key, id, dim, row, UniformWeight{low, width, most});
}

void FillNormal(const NormalInitializer& normal, std::uint64_t key, Id id,
                std::size_t dim, float* row) {
  // P(-2 < Z < 2): scaling q by it gives the normal distribution cut at two
  // standard deviations, the very distribution that redrawing outliers gives.
  constexpr double kWithinTwo = 0.9544997361036416;
  const double scale = normal.truncated ? kWithinTwo : 1.0;
  FillRow(key, id, dim, row, NormalWeight{normal.mean, normal.stddev, scale});
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {
namespace {

HWY_EXPORT(FillUniform);
HWY_EXPORT(FillNormal);

std::uint64_t KeyOf(std::uint64_t seed, std::uint64_t table_hash) {
  // The odd constant keeps seed 0 from being the fixed point of Mix64.
  return Mix64(Mix64(seed + 0x9e3779b97f4a7c15ULL) ^ table_hash);
}

void Fill(const ConstantInitializer& constant, std::uint64_t, Id,
          std::size_t dim, float* row) {
  std::fill_n(row, dim, constant.value);
}

void Fill(const UniformInitializer& uniform, std::uint64_t key, Id id,
          std::size_t dim, float* row) {
  HWY_DYNAMIC_DISPATCH(FillUniform)(uniform, key, id, dim, row);
}

void Fill(const NormalInitializer& normal, std::uint64_t key, Id id,
          std::size_t dim, float* row) {
  HWY_DYNAMIC_DISPATCH(FillNormal)(normal, key, id, dim, row);
}

}  // namespace

void InitialRow(const InitializerSpec& initializer, std::uint64_t seed,
                std::uint64_t table_hash, Id id, std::size_t dim, float* row) {
  const std::uint64_t key = KeyOf(seed, table_hash);
  std::visit([&](const auto& spec) { Fill(spec, key, id, dim, row); },
             initializer);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
