#include "kernels/aggregate.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "base/hash.h"

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
  float* out;

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
    HWY_UNROLL(4)
    for (std::size_t v = 0; v < kCount; ++v) {
      sum[v] = Product(d, begin, column + v * lanes);
    }
    for (std::size_t j = begin + 1; j < end; ++j) {
      HWY_UNROLL(4)
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
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kCount; ++v) {
        total[v] = hn::Add(total[v], chunk[v]);
      }
    }
    HWY_UNROLL(4)
    for (std::size_t v = 0; v < kCount; ++v) {
      hn::StoreU(total[v], d, out + column + v * lanes);
    }
  }
};

template <bool kWeighted>
HWY_INLINE void SumEachGroup(absl::Span<const std::uint32_t> group_ends,
                             const float* const* addends, const float* weights,
                             std::size_t dim, float* out) {
  std::size_t begin = 0;
  for (const std::size_t end : group_ends) {
    CoverColumns(dim,
                 SumChunks<kWeighted>{addends + begin,
                                      kWeighted ? weights + begin : nullptr,
                                      end - begin, out});
    begin = end;
    out += dim;
  }
}

// out[k] = the sum of group k, dim floats. `weights` null: all 1.
void SumGroups(absl::Span<const std::uint32_t> group_ends,
               const float* const* addends, const float* weights,
               std::size_t dim, float* out) {
  if (weights == nullptr) {
    SumEachGroup<false>(group_ends, addends, nullptr, dim, out);
  } else {
    SumEachGroup<true>(group_ends, addends, weights, dim, out);
  }
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(SumGroups);

namespace {

// In cursors_: an id whose sum is its one gradient.
constexpr std::uint32_t kNoGroup = std::numeric_limits<std::uint32_t>::max();

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
  ids_.clear();
  firsts_.clear();
  counts_.clear();
  distinct_.resize(ids.size());
  constexpr std::size_t kAhead = 8;  // probes whose slot is on its way
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const Id next = ids[std::min(i + kAhead, ids.size() - 1)];
    hwy::Prefetch(&slots_[Mix64(next) & mask]);
    std::size_t at = Mix64(ids[i]) & mask;
    while (slots_[at] != 0 && ids_[slots_[at] - 1] != ids[i]) {
      at = (at + 1) & mask;
    }
    if (slots_[at] == 0) {
      ids_.push_back(ids[i]);
      firsts_.push_back(static_cast<std::uint32_t>(i));
      counts_.push_back(0);
      slots_[at] = static_cast<std::uint32_t>(ids_.size());
    }
    const std::uint32_t index = slots_[at] - 1;
    distinct_[i] = index;
    ++counts_[index];
  }
}

void Aggregator::LayOutGroups(const Occurrences& occurrences, std::size_t dim) {
  group_ids_.clear();
  group_ends_.clear();
  sums_.resize(ids_.size());
  cursors_.resize(ids_.size());
  std::uint32_t end = 0;
  for (std::uint32_t u = 0; u < ids_.size(); ++u) {
    const std::uint32_t first = firsts_[u];
    if (counts_[u] == 1 &&
        (occurrences.weights.empty() || occurrences.weights[first] == 1.0f)) {
      sums_[u] = occurrences.gradients[first];
      cursors_[u] = kNoGroup;
      continue;
    }
    cursors_[u] = end;
    end += counts_[u];
    group_ids_.push_back(u);
    group_ends_.push_back(end);
  }
  GrowTo(addends_, end);
  if (!occurrences.weights.empty()) GrowTo(addend_weights_, end);
  GrowTo(buffer_, group_ids_.size() * dim);
  for (std::size_t k = 0; k < group_ids_.size(); ++k) {
    sums_[group_ids_[k]] = buffer_.data() + k * dim;
  }
}

void Aggregator::CollectAddends(const Occurrences& occurrences) {
  for (std::size_t i = 0; i < distinct_.size(); ++i) {
    std::uint32_t& cursor = cursors_[distinct_[i]];
    if (cursor == kNoGroup) continue;
    addends_[cursor] = occurrences.gradients[i];
    if (!occurrences.weights.empty()) {
      addend_weights_[cursor] = occurrences.weights[i];
    }
    ++cursor;
  }
}

void Aggregator::Aggregate(const Occurrences& occurrences, std::size_t dim) {
  FindDistinct(occurrences.ids);
  LayOutGroups(occurrences, dim);
  if (group_ids_.empty()) return;
  CollectAddends(occurrences);
  HWY_DYNAMIC_DISPATCH(SumGroups)
  (group_ends_, addends_.data(),
   occurrences.weights.empty() ? nullptr : addend_weights_.data(), dim,
   buffer_.data());
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
