#include "kernels/aggregate.h"

#include <algorithm>
#include <bit>

#include "base/hash.h"
#include "base/limits.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/aggregate.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/columns-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

// Sums the columns of one id in registers, chunk by chunk. A chunk begins as
// its first product and the sum as its first chunk, not as 0.0 plus it, so that
// one gradient alone keeps its bits (the sign of a zero too).
template <bool kWeighted>
struct SumChunks {
  static constexpr std::size_t kChunk = 32;

  const float* const* addends;
  const float* weights;  // read if kWeighted
  std::size_t count;     // at least 1
  std::size_t last;      // greatest index of `addends` that may be prefetched
  float* out;

  static constexpr std::size_t kAddendsAhead = 8;

  template <class D>
  HWY_INLINE hn::Vec<D> Product(D d, std::size_t j, std::size_t column) const {
    const auto gradient = hn::LoadU(d, addends[j] + column);
    if constexpr (kWeighted) {
      return hn::Mul(hn::Set(d, weights[j]), gradient);
    } else {
      return gradient;
    }
  }

  // The sum of the addends [begin, end), at most a chunk of them.
  template <class D, std::size_t kCount>
  HWY_INLINE void SumChunk(D d, Vectors<kCount>, std::size_t column,
                           std::size_t begin, std::size_t end,
                           hn::Vec<D> (&sum)[kCount]) const {
    const std::size_t lanes = hn::Lanes(d);
    HWY_UNROLL(8)
    for (std::size_t v = 0; v < kCount; ++v) {
      sum[v] = Product(d, begin, column + v * lanes);
    }
    for (std::size_t j = begin + 1; j < end; ++j) {
      PrefetchFloats(addends[std::min(j + kAddendsAhead, last)] + column,
                     kCount * lanes);
      HWY_UNROLL(8)
      for (std::size_t v = 0; v < kCount; ++v) {
        sum[v] = hn::Add(sum[v], Product(d, j, column + v * lanes));
      }
    }
  }

  template <class D, std::size_t kCount>
  HWY_INLINE void operator()(D d, Vectors<kCount> vectors,
                             std::size_t column) const {
    const std::size_t lanes = hn::Lanes(d);
    hn::Vec<D> total[kCount];
    SumChunk(d, vectors, column, 0, std::min(count, kChunk), total);
    for (std::size_t begin = kChunk; begin < count; begin += kChunk) {
      hn::Vec<D> chunk[kCount];
      SumChunk(d, vectors, column, begin, std::min(count, begin + kChunk),
               chunk);
      HWY_UNROLL(8)
      for (std::size_t v = 0; v < kCount; ++v) {
        total[v] = hn::Add(total[v], chunk[v]);
      }
    }
    HWY_UNROLL(8)
    for (std::size_t v = 0; v < kCount; ++v) {
      hn::StoreU(total[v], d, out + column + v * lanes);
    }
  }
};

// sums[u] = the sum of the addends from where those of u - 1 end, or from
// `begin`, to ends[u]: the gradient itself where there is one and its weight is
// 1, else dim floats of `buffer`.
template <bool kWeighted>
HWY_INLINE void SumEach(std::size_t begin, absl::Span<const std::uint32_t> ends,
                        const float* const* addends, const float* weights,
                        std::size_t dim, float* buffer, const float** sums) {
  for (const std::size_t end : ends) {
    if (end - begin == 1 && (!kWeighted || weights[begin] == 1.0f)) {
      *sums++ = addends[begin];
    } else {
      CoverColumns(dim,
                   SumChunks<kWeighted>{
                       addends + begin, kWeighted ? weights + begin : nullptr,
                       end - begin, ends.back() - begin - 1, buffer});
      *sums++ = buffer;
      buffer += dim;
    }
    begin = end;
  }
}

void SumPlain(std::size_t begin, absl::Span<const std::uint32_t> ends,
              const float* const* addends, std::size_t dim, float* buffer,
              const float** sums) {
  SumEach<false>(begin, ends, addends, nullptr, dim, buffer, sums);
}

void SumWeighted(std::size_t begin, absl::Span<const std::uint32_t> ends,
                 const float* const* addends, const float* weights,
                 std::size_t dim, float* buffer, const float** sums) {
  SumEach<true>(begin, ends, addends, weights, dim, buffer, sums);
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(SumPlain);
HWY_EXPORT(SumWeighted);

namespace {

static_assert(kSumBytesMax >= kDimMax * sizeof(float), "a sum has room");

// Longer is kept: memory is taken once, at the largest batch.
template <typename T>
void GrowTo(std::vector<T>& v, std::size_t size) {
  if (v.size() < size) v.resize(size);
}

}  // namespace

void Aggregator::FindDistinct(absl::Span<const Id> ids) {
  // At most half full. Only the part that this batch uses is cleared.
  const std::size_t capacity = std::bit_ceil(2 * ids.size());
  const std::size_t mask = capacity - 1;
  GrowTo(slots_, capacity);
  std::fill_n(slots_.begin(), capacity, 0);
  ids_.resize(ids.size());
  counts_.assign(ids.size(), 0);
  distinct_.resize(ids.size());
  // First the slot where the search for each id begins, then its index.
  std::uint32_t* const distinct = distinct_.data();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    distinct[i] = static_cast<std::uint32_t>(Mix64(ids[i]) & mask);
  }
  constexpr std::size_t kAhead = 16;  // probes whose slot is on its way
  std::uint32_t* const slots = slots_.data();
  Id* const found_ids = ids_.data();
  std::uint32_t* const counts = counts_.data();
  std::uint32_t found = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    hwy::Prefetch(&slots[distinct[std::min(i + kAhead, ids.size() - 1)]]);
    // Whether an id is new cannot be predicted, so it is written where it would
    // go and a free slot stands for that place: one comparison, nearly always
    // true, ends the probe in both cases.
    found_ids[found] = ids[i];
    std::size_t at = distinct[i];
    std::uint32_t index = slots[at] == 0 ? found : slots[at] - 1;
    while (found_ids[index] != ids[i]) {
      at = (at + 1) & mask;
      index = slots[at] == 0 ? found : slots[at] - 1;
    }
    found += index == found;
    slots[at] = index + 1;
    ++counts[index];
    distinct[i] = index;
  }
  ids_.resize(found);
}

void Aggregator::GroupAddends(const Occurrences& occurrences) {
  ends_.resize(ids_.size());
  std::uint32_t begin = 0;
  for (std::size_t u = 0; u < ids_.size(); ++u) {
    ends_[u] = begin;  // moves to the end as its addends arrive
    begin += counts_[u];
  }
  const std::size_t count = distinct_.size();
  const std::uint32_t* const distinct = distinct_.data();
  std::uint32_t* const ends = ends_.data();
  GrowTo(addends_, count);
  const float** const addends = addends_.data();
  if (occurrences.weights.empty()) {
    for (std::size_t i = 0; i < count; ++i) {
      addends[ends[distinct[i]]++] = occurrences.gradients[i];
    }
    return;
  }
  GrowTo(addend_weights_, count);
  float* const addend_weights = addend_weights_.data();
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t at = ends[distinct[i]]++;
    addends[at] = occurrences.gradients[i];
    addend_weights[at] = occurrences.weights[i];
  }
}

std::size_t Aggregator::SumsNeeded(std::size_t begin, std::size_t end) const {
  const bool weighted = weighted_;
  std::size_t needed = 0;
  for (std::size_t u = begin; u < end; ++u) {
    needed +=
        counts_[u] > 1 || (weighted && addend_weights_[ends_[u] - 1] != 1.0f);
  }
  return needed;
}

void Aggregator::Group(const Occurrences& occurrences, std::size_t dim) {
  dim_ = dim;
  weighted_ = !occurrences.weights.empty();
  begin_ = end_ = 0;
  sums_.clear();
  FindDistinct(occurrences.ids);
  GroupAddends(occurrences);
}

bool Aggregator::Next() {
  begin_ = end_;
  const std::size_t sums_max = kSumBytesMax / (dim_ * sizeof(float));
  // As many ids at a time as there would be room for if each needed a sum: so
  // they are counted by a loop that nothing ends early.
  std::size_t needed = 0;
  while (end_ < ids_.size() && needed < sums_max) {
    const std::size_t next = std::min(ids_.size(), end_ + sums_max - needed);
    needed += SumsNeeded(end_, next);
    end_ = next;
  }
  sums_.resize(end_ - begin_);
  if (begin_ == end_) return false;
  GrowTo(buffer_, needed * dim_);
  const std::size_t first = begin_ == 0 ? 0 : ends_[begin_ - 1];
  const auto ends = absl::MakeConstSpan(ends_).subspan(begin_, end_ - begin_);
  if (weighted_) {
    HWY_DYNAMIC_DISPATCH(SumWeighted)
    (first, ends, addends_.data(), addend_weights_.data(), dim_, buffer_.data(),
     sums_.data());
  } else {
    HWY_DYNAMIC_DISPATCH(SumPlain)
    (first, ends, addends_.data(), dim_, buffer_.data(), sums_.data());
  }
  return true;
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
