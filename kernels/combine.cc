#include "kernels/combine.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/combine.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/columns-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

// Rows are scattered over a table larger than the caches: this many rows are
// on their way while one is added. Fewer leave the memory idle, more overflow
// the line fill buffers (bench/kernels_bench.cc).
constexpr std::size_t kRowsAhead = 16;

// Of one bag.
struct Bag {
  const float* const* rows;
  const float* weights;  // of a weighted one
  std::size_t count;
  std::size_t last;  // greatest index of `rows` that may be prefetched
  float* out;

  // Row `j` from `column` on; one further behind is on its way then.
  HWY_INLINE const float* Row(std::size_t j, std::size_t column,
                              std::size_t floats) const {
    PrefetchFloats(rows[std::min(j + kRowsAhead, last)] + column, floats);
    return rows[j] + column;
  }
};

// Sums the columns of a bag in registers, entries in order.
struct SumWeighted {
  Bag bag;

  template <class D, std::size_t kCount>
  HWY_INLINE void operator()(D d, Vectors<kCount>, std::size_t column) const {
    const std::size_t lanes = hn::Lanes(d);
    hn::Vec<D> sum[kCount];
    HWY_UNROLL(8)
    for (std::size_t v = 0; v < kCount; ++v) sum[v] = hn::Zero(d);
    for (std::size_t j = 0; j < bag.count; ++j) {
      const float* row = bag.Row(j, column, kCount * lanes);
      const auto weight = hn::Set(d, bag.weights[j]);
      HWY_UNROLL(8)
      for (std::size_t v = 0; v < kCount; ++v) {
        const auto product = hn::Mul(weight, hn::LoadU(d, row + v * lanes));
        sum[v] = hn::Add(sum[v], product);
      }
    }
    HWY_UNROLL(8)
    for (std::size_t v = 0; v < kCount; ++v) {
      hn::StoreU(sum[v], d, bag.out + column + v * lanes);
    }
  }
};

// The same without weights, in TensorFlow's order (combine.h).
struct SumPlain {
  Bag bag;

  template <class D, std::size_t kCount>
  HWY_INLINE void operator()(D d, Vectors<kCount>, std::size_t column) const {
    const std::size_t lanes = hn::Lanes(d);
    const std::size_t rest = bag.count % kBagGroup;
    const std::size_t first =
        std::min(bag.count, rest < 2 ? rest + kBagGroup : rest);
    hn::Vec<D> sum[kCount];
    HWY_UNROLL(8)
    for (std::size_t v = 0; v < kCount; ++v) sum[v] = hn::Zero(d);
    for (std::size_t j = 0; j < first; ++j) {
      AddRow(d, bag.Row(j, column, kCount * lanes), sum);
    }
    for (std::size_t j = first; j < bag.count; j += kBagGroup) {
      hn::Vec<D> group[kCount];
      const float* row = bag.Row(j, column, kCount * lanes);
      HWY_UNROLL(8)
      for (std::size_t v = 0; v < kCount; ++v) {
        group[v] = hn::LoadU(d, row + v * lanes);
      }
      for (std::size_t k = 1; k < kBagGroup; ++k) {
        AddRow(d, bag.Row(j + k, column, kCount * lanes), group);
      }
      HWY_UNROLL(8)
      for (std::size_t v = 0; v < kCount; ++v) {
        sum[v] = hn::Add(sum[v], group[v]);
      }
    }
    HWY_UNROLL(8)
    for (std::size_t v = 0; v < kCount; ++v) {
      hn::StoreU(sum[v], d, bag.out + column + v * lanes);
    }
  }

 private:
  template <class D, std::size_t kCount>
  static HWY_INLINE void AddRow(D d, const float* row,
                                hn::Vec<D> (&sum)[kCount]) {
    const std::size_t lanes = hn::Lanes(d);
    HWY_UNROLL(8)
    for (std::size_t v = 0; v < kCount; ++v) {
      sum[v] = hn::Add(sum[v], hn::LoadU(d, row + v * lanes));
    }
  }
};

template <class Sum>
void SumBags(const float* const* rows, const float* weights,
             absl::Span<const std::uint32_t> row_splits, std::size_t dim,
             float* out) {
  const std::size_t first = row_splits.front();
  const std::size_t end = row_splits.back();
  for (std::size_t j = first; j < std::min(end, first + kRowsAhead); ++j) {
    PrefetchFloats(rows[j], std::min(dim, kPrefetchFloats));
  }
  for (std::size_t b = 0; b + 1 < row_splits.size(); ++b, out += dim) {
    const std::size_t begin = row_splits[b];
    CoverColumns(
        dim,
        Sum{Bag{rows + begin, weights == nullptr ? nullptr : weights + begin,
                row_splits[b + 1] - begin, end - begin - 1, out}});
  }
}

void SumWeightedBags(const float* const* rows, const float* weights,
                     absl::Span<const std::uint32_t> row_splits,
                     std::size_t dim, float* out) {
  SumBags<SumWeighted>(rows, weights, row_splits, dim, out);
}

void SumPlainBags(const float* const* rows,
                  absl::Span<const std::uint32_t> row_splits, std::size_t dim,
                  float* out) {
  SumBags<SumPlain>(rows, nullptr, row_splits, dim, out);
}

struct Copy {
  const float* in;
  float* out;

  template <class D, std::size_t kCount>
  HWY_INLINE void operator()(D d, Vectors<kCount>, std::size_t column) const {
    const std::size_t lanes = hn::Lanes(d);
    HWY_UNROLL(8)
    for (std::size_t v = 0; v < kCount; ++v, column += lanes) {
      hn::StoreU(hn::LoadU(d, in + column), d, out + column);
    }
  }
};

void CopyEach(absl::Span<const float* const> rows, std::size_t dim,
              float* out) {
  for (std::size_t i = 0; i < rows.size(); ++i, out += dim) {
    PrefetchFloats(rows[std::min(i + kRowsAhead, rows.size() - 1)],
                   std::min(dim, kPrefetchFloats));
    CoverColumns(dim, Copy{rows[i], out});
  }
}

struct Add {
  const float* in;
  float* out;

  template <class D, std::size_t kCount>
  HWY_INLINE void operator()(D d, Vectors<kCount>, std::size_t column) const {
    const std::size_t lanes = hn::Lanes(d);
    HWY_UNROLL(8)
    for (std::size_t v = 0; v < kCount; ++v, column += lanes) {
      const auto sum =
          hn::Add(hn::LoadU(d, out + column), hn::LoadU(d, in + column));
      hn::StoreU(sum, d, out + column);
    }
  }
};

void AddEach(const float* in, std::size_t count, float* out) {
  CoverColumns(count, Add{in, out});
}

struct Divide {
  float denominator;
  float* out;

  template <class D, std::size_t kCount>
  HWY_INLINE void operator()(D d, Vectors<kCount>, std::size_t column) const {
    const std::size_t lanes = hn::Lanes(d);
    const auto divisor = hn::Set(d, denominator);
    HWY_UNROLL(8)
    for (std::size_t v = 0; v < kCount; ++v, column += lanes) {
      hn::StoreU(hn::Div(hn::LoadU(d, out + column), divisor), d, out + column);
    }
  }
};

void DivideEach(absl::Span<const float> denominators, std::size_t dim,
                float* out) {
  for (const float denominator : denominators) {
    if (denominator == 0.0f) {
      std::fill_n(out, dim, 0.0f);
    } else if (denominator != 1.0f) {
      CoverColumns(dim, Divide{denominator, out});
    }
    out += dim;
  }
}

// True when a value has the exponent of NaN and infinity. Adding one to that
// exponent carries into the sign bit, so the vectors need only be OR-ed.
struct FindNotFinite {
  const float* values;
  bool* found;

  template <class D, std::size_t kCount>
  HWY_INLINE void operator()(D d, Vectors<kCount>, std::size_t column) const {
    const hn::RebindToUnsigned<D> du;
    const auto magnitude = hn::Set(du, 0x7fffffffu);
    const auto carry = hn::Set(du, 0x00800000u);
    const std::size_t lanes = hn::Lanes(d);
    auto any = hn::Zero(du);
    HWY_UNROLL(8)
    for (std::size_t v = 0; v < kCount; ++v, column += lanes) {
      const auto bits = hn::BitCast(du, hn::LoadU(d, values + column));
      any = hn::Or(any, hn::Add(hn::And(bits, magnitude), carry));
    }
    const auto sign = hn::Set(du, 0x80000000u);
    if (!hn::AllFalse(du, hn::Eq(hn::And(any, sign), sign))) *found = true;
  }
};

bool EachFinite(const float* values, std::size_t count) {
  bool found = false;
  CoverColumns(count, FindNotFinite{values, &found});
  return !found;
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(SumWeightedBags);
HWY_EXPORT(SumPlainBags);
HWY_EXPORT(CopyEach);
HWY_EXPORT(AddEach);
HWY_EXPORT(DivideEach);
HWY_EXPORT(EachFinite);

void CombineBags(absl::Span<const float* const> rows,
                 absl::Span<const float> weights,
                 absl::Span<const std::uint32_t> row_splits, std::size_t dim,
                 float* out) {
  if (row_splits.size() < 2) return;
  if (weights.empty()) {
    HWY_DYNAMIC_DISPATCH(SumPlainBags)(rows.data(), row_splits, dim, out);
  } else {
    HWY_DYNAMIC_DISPATCH(SumWeightedBags)
    (rows.data(), weights.data(), row_splits, dim, out);
  }
}

void CopyRows(absl::Span<const float* const> rows, std::size_t dim,
              float* out) {
  HWY_DYNAMIC_DISPATCH(CopyEach)(rows, dim, out);
}

void AddInto(const float* in, std::size_t count, float* out) {
  HWY_DYNAMIC_DISPATCH(AddEach)(in, count, out);
}

void DivideRows(absl::Span<const float> denominators, std::size_t dim,
                float* out) {
  HWY_DYNAMIC_DISPATCH(DivideEach)(denominators, dim, out);
}

bool AllFinite(const float* values, std::size_t count) {
  return HWY_DYNAMIC_DISPATCH(EachFinite)(values, count);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
