// Duplicates of an id become one summed gradient, before the optimizer sees it.
#ifndef ROWHOUSE_KERNELS_AGGREGATE_H_
#define ROWHOUSE_KERNELS_AGGREGATE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "rowhouse/ids.h"

namespace rowhouse::kernels {

// One gradient row per occurrence, in batch position order.
struct Occurrences {
  absl::Span<const Id> ids;
  absl::Span<const float* const> gradients;  // one row of dim floats per id
  absl::Span<const float> weights;           // empty: all 1; else one per id
};

// Sums gradients by id. The sum of an id is defined to the bit: its occurrences
// in order, each product weight * gradient rounded, added one after the other
// within chunks of 32 occurrences, then the chunk sums one after the other. So
// it depends neither on the shard nor on what other ids are in the batch.
//
// The sums come in portions of kSumBytesMax, so that memory grows with the
// occurrences and not with occurrences x dim:
//
//   aggregator.Group(occurrences, dim);
//   while (aggregator.Next()) Use(aggregator.ids(), aggregator.sums());
//
// Keeps its memory from call to call. Not thread-safe: one per lane.
class Aggregator {
 public:
  // Finds which occurrences belong together; nothing is summed yet. REQUIRES:
  // 1 <= dim <= kDimMax; the gradients stay until the last Next().
  void Group(const Occurrences& occurrences, std::size_t dim);

  // Sums the next ids in order of first occurrence. False: there are no more.
  bool Next();

  // Distinct ids and their sums, valid until the next call of either. A sum is
  // the gradient itself where an id occurs once with weight 1.
  absl::Span<const Id> ids() const {
    return absl::MakeConstSpan(ids_).subspan(begin_, end_ - begin_);
  }
  absl::Span<const float* const> sums() const { return sums_; }

 private:
  void FindDistinct(absl::Span<const Id> ids);
  void GroupAddends(const Occurrences& occurrences);
  // Of the ids begin .. end.
  std::size_t SumsNeeded(std::size_t begin, std::size_t end) const;

  std::vector<Id> ids_;
  std::vector<const float*> sums_;
  std::vector<std::uint32_t> slots_;     // open addressing: index + 1, 0: free
  std::vector<std::uint32_t> distinct_;  // by occurrence: index into ids_
  std::vector<std::uint32_t> counts_;    // by id: its occurrences
  // The gradients and weights of all occurrences, brought together by id, and
  // by id the end of its own.
  std::vector<const float*> addends_;
  std::vector<float> addend_weights_;
  std::vector<std::uint32_t> ends_;
  std::vector<float> buffer_;  // at most kSumBytesMax

  std::size_t dim_ = 0;
  bool weighted_ = false;
  std::size_t begin_ = 0;  // of the portion, in ids_
  std::size_t end_ = 0;
};

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_AGGREGATE_H_
