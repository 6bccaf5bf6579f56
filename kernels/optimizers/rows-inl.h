// The loop that all optimizers share: one pass over each row and its slots.
// Included once per SIMD target, like kernels/columns-inl.h.
#if defined(ROWHOUSE_KERNELS_OPTIMIZERS_ROWS_INL_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef ROWHOUSE_KERNELS_OPTIMIZERS_ROWS_INL_H_
#undef ROWHOUSE_KERNELS_OPTIMIZERS_ROWS_INL_H_
#else
#define ROWHOUSE_KERNELS_OPTIMIZERS_ROWS_INL_H_
#endif

#include <algorithm>
#include <cstddef>

#include "absl/types/span.h"
#include "hwy/highway.h"
#include "kernels/columns-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

// One row under an update, as a block of CoverColumns.
template <class Update>
struct UpdateColumns {
  const Update& update;
  std::size_t dim;
  float* row;
  const float* gradient;

  template <class D, std::size_t kCount>
  HWY_INLINE void operator()(D d, Vectors<kCount>, std::size_t column) const {
    const std::size_t lanes = hn::Lanes(d);
    for (std::size_t v = 0; v < kCount; ++v, column += lanes) {
      update(d, hn::LoadU(d, gradient + column), dim, row + column);
    }
  }
};

// The same without a gradient.
template <class Update>
struct MissedColumns {
  const Update& update;
  std::size_t dim;
  float* row;

  template <class D, std::size_t kCount>
  HWY_INLINE void operator()(D d, Vectors<kCount>, std::size_t column) const {
    const std::size_t lanes = hn::Lanes(d);
    for (std::size_t v = 0; v < kCount; ++v, column += lanes) {
      update(d, hn::Zero(d), dim, row + column);
    }
  }
};

// update(d, g, dim, w) steps one vector of columns: the weights are at w, the
// k-th slot value of the same columns at w + k * dim, the gradient is g.
template <std::size_t kSlots, class Update>
HWY_INLINE void UpdateRows(const Update& update, std::size_t dim,
                           absl::Span<float* const> rows,
                           absl::Span<const float* const> gradients) {
  constexpr std::size_t kRowsAhead = 16;
  const std::size_t prefetched = std::min(dim * (1 + kSlots), kPrefetchFloats);
  for (std::size_t i = 0; i < std::min(rows.size(), kRowsAhead); ++i) {
    PrefetchFloats(rows[i], prefetched);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    PrefetchFloats(rows[std::min(i + kRowsAhead, rows.size() - 1)], prefetched);
    CoverColumns(dim,
                 UpdateColumns<Update>{update, dim, rows[i], gradients[i]});
  }
}

// The same for rows without a gradient: update sees zeros.
template <class Update>
HWY_INLINE void MissRows(const Update& update, std::size_t dim,
                         absl::Span<float* const> rows) {
  for (float* row : rows) {
    CoverColumns(dim, MissedColumns<Update>{update, dim, row});
  }
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
