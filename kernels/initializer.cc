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

// Columns worked at a time: their draws stay in the nearest cache. A multiple
// of what one pair of vectors holds.
constexpr std::size_t kChunk = 256;

using Draws = hn::ScalableTag<double>;
using DrawBits = hn::ScalableTag<std::uint64_t>;

// The upper 53 bits as a whole number.
template <class V>
HWY_INLINE hn::Vec<hn::RebindToSigned<Draws>> Upper53(V bits) {
  const hn::RebindToSigned<Draws> d;
  return hn::BitCast(d, hn::ShiftRight<11>(bits));
}

// 53 bits as a fraction in [0, 1).
struct UnitInterval {
  template <class V>
  HWY_INLINE hn::Vec<Draws> operator()(V bits) const {
    const Draws d;
    return hn::Mul(hn::ConvertTo(d, Upper53(bits)), hn::Set(d, 0x1p-53));
  }
};

// 53 bits as an odd multiple of 2^-54 in (-0.5, 0.5), symmetric and never 0,
// then scaled.
struct Centred {
  double scale;

  template <class V>
  HWY_INLINE hn::Vec<Draws> operator()(V bits) const {
    const Draws d;
    const hn::RebindToSigned<Draws> whole;
    const auto steps =
        hn::Sub(Upper53(bits), hn::Set(whole, std::int64_t{1} << 52));
    const auto centred = hn::Mul(
        hn::Add(hn::ConvertTo(d, steps), hn::Set(d, 0.5)), hn::Set(d, 0x1p-53));
    return hn::Mul(hn::Set(d, scale), centred);
  }
};

// What `draw` makes of 64 random bits for each of `count` columns from `first`
// on, and of as many further ones as fill the vectors. One block of the
// generator serves two columns.
template <class Draw>
HWY_INLINE void DrawColumns(std::uint64_t key, Id id, std::size_t first,
                            std::size_t count, const Draw& draw,
                            double (&draws)[kChunk]) {
  const DrawBits d;
  for (std::size_t at = 0; at < count; at += 2 * hn::Lanes(d)) {
    const PhiloxCounter<hn::Vec<DrawBits>> counter = {
        {hn::Set(d, id), hn::Set(d, id >> 32),
         hn::Iota(d, std::uint64_t{(first + at) / 2}), hn::Zero(d)}};
    const auto bits = Philox(d, counter, key);
    hn::StoreInterleaved2(draw(bits.low), draw(bits.high), Draws(), draws + at);
  }
}

// row[i] = base + factor * draws[i], rounded to a float and at most `most`.
HWY_INLINE void StoreWeights(double base, double factor, float most,
                             const double (&draws)[kChunk], std::size_t count,
                             float* row) {
  const Draws d;
  const hn::Rebind<float, Draws> weights;
  // Targets do not agree on a float that is too great.
  constexpr double kMost = std::numeric_limits<float>::max();
  HWY_ALIGN float spare[hn::MaxLanes(weights)];
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto value = hn::Add(
        hn::Set(d, base), hn::Mul(hn::Set(d, factor), hn::Load(d, draws + i)));
    const auto bounded =
        hn::Min(hn::Max(value, hn::Set(d, -kMost)), hn::Set(d, kMost));
    const auto weight =
        hn::Min(hn::DemoteTo(weights, bounded), hn::Set(weights, most));
    if (i + hn::Lanes(d) <= count) {
      hn::StoreU(weight, weights, row + i);
    } else {
      hn::StoreU(weight, weights, spare);
      std::copy_n(spare, count - i, row + i);
    }
  }
}

void FillUniform(const UniformInitializer& uniform, std::uint64_t key, Id id,
                 std::size_t dim, float* row) {
  const double low = uniform.low;
  const double width = static_cast<double>(uniform.high) - low;
  // A draw next to `high` may round up to it, which the interval excludes.
  const float most = std::nextafter(uniform.high, uniform.low);
  HWY_ALIGN double draws[kChunk];
  for (std::size_t first = 0; first < dim; first += kChunk) {
    const std::size_t count = std::min(kChunk, dim - first);
    DrawColumns(key, id, first, count, UnitInterval(), draws);
    StoreWeights(low, width, most, draws, count, row + first);
  }
}

void FillNormal(const NormalInitializer& normal, std::uint64_t key, Id id,
                std::size_t dim, float* row) {
  // P(-2 < Z < 2): scaling q by it gives the normal distribution cut at two
  // standard deviations, the very distribution that redrawing outliers gives.
  constexpr double kWithinTwo = 0.9544997361036416;
  const Centred centred = {normal.truncated ? kWithinTwo : 1.0};
  constexpr float kMost = std::numeric_limits<float>::max();
  HWY_ALIGN double draws[kChunk];
  for (std::size_t first = 0; first < dim; first += kChunk) {
    const std::size_t count = std::min(kChunk, dim - first);
    DrawColumns(key, id, first, count, centred, draws);
    InverseNormal(count, draws);
    StoreWeights(normal.mean, normal.stddev, kMost, draws, count, row + first);
  }
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
