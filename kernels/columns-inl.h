// How a row of floats is cut into vectors. Included once per SIMD target, by
// the .cc files that name themselves to hwy/foreach_target.h.
//
// Every kernel works column by column and never adds two columns of a row, so
// the width of a vector does not show in the bits of a result.
#if defined(ROWHOUSE_KERNELS_COLUMNS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ROWHOUSE_KERNELS_COLUMNS_INL_H_
#undef ROWHOUSE_KERNELS_COLUMNS_INL_H_
#else
#define ROWHOUSE_KERNELS_COLUMNS_INL_H_
#endif

#include <algorithm>
#include <cstddef>

#include "hwy/cache_control.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// A number of neighbouring vectors, as a type.
template <std::size_t kCount>
struct Vectors {};

// Calls block(tag, Vectors<n>(), column) so that each column in [0, dim) is
// covered once: eight vectors at a time, then four, two and one, then parts of
// a vector. Reads and writes nothing beyond `dim`.
template <class Block>
HWY_INLINE void CoverColumns(std::size_t dim, const Block& block) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t column = 0;
  for (; column + 8 * lanes <= dim; column += 8 * lanes) {
    block(d, Vectors<8>(), column);
  }
  if (column == dim) return;
  if (column + 4 * lanes <= dim) {
    block(d, Vectors<4>(), column);
    column += 4 * lanes;
  }
  if (column + 2 * lanes <= dim) {
    block(d, Vectors<2>(), column);
    column += 2 * lanes;
  }
  if (column + lanes <= dim) {
    block(d, Vectors<1>(), column);
    column += lanes;
  }
  if (column == dim) return;
  if (column + 8 <= dim) {
    block(hn::CappedTag<float, 8>(), Vectors<1>(), column);
    column += hn::Lanes(hn::CappedTag<float, 8>());
  }
  if (column + 4 <= dim) {
    block(hn::CappedTag<float, 4>(), Vectors<1>(), column);
    column += hn::Lanes(hn::CappedTag<float, 4>());
  }
  if (column + 2 <= dim) {
    block(hn::CappedTag<float, 2>(), Vectors<1>(), column);
    column += hn::Lanes(hn::CappedTag<float, 2>());
  }
  for (; column < dim; ++column) {
    block(hn::CappedTag<float, 1>(), Vectors<1>(), column);
  }
}

// The part of a scattered row that is asked for ahead of time; behind it the
// processor's own prefetcher has seen the stream.
constexpr std::size_t kPrefetchFloats = 256;

// Asks for the cache lines that hold `floats` floats from `from`.
HWY_INLINE void PrefetchFloats(const float* from, std::size_t floats) {
  constexpr std::size_t kLineFloats = 16;
  for (std::size_t i = 0; i < floats; i += kLineFloats) {
    hwy::Prefetch(from + i);
  }
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
