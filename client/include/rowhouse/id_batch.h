// The ids of one feature for one batch, ready to be looked up: what a
// FeaturePlan resolves features into, and what Client::Lookup takes.
#ifndef ROWHOUSE_ID_BATCH_H_
#define ROWHOUSE_ID_BATCH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rowhouse/ids.h"

namespace rowhouse {

// How the rows of a bag become one output row. Only sums cross the wire: mean
// and sqrtn are a scale per bag that the client applies.
enum class Combiner {
  kNone = 0,   // one output row per id, no bags
  kSum = 1,    // sum of w * row
  kMean = 2,   // sum of w * row / sum of w; 0 where the denominator is 0
  kSqrtn = 3,  // sum of w * row / sqrt(sum of w^2); likewise
};

// Bags of ids as compressed sparse rows, owned.
struct IdBatch {
  std::vector<Id> ids;
  std::vector<float> weights;  // empty: all 1; else one per id
  std::vector<std::uint32_t>
      row_splits;  // empty: one id per bag; else bags + 1
  std::size_t bags() const {
    return row_splits.empty() ? ids.size() : row_splits.size() - 1;
  }
};

// One feature's ids against one table. `batch.weights` and `batch.row_splits`
// must be empty for kNone.
struct FeatureIds {
  std::string table;
  std::uint32_t dim = 0;
  Combiner combiner = Combiner::kSum;
  IdBatch batch;
  // Each row is looked up as row * max_norm / max(|row|, max_norm), |row| its
  // L2 norm, before it is weighted and combined. Gradients pass through that.
  std::optional<float> max_norm = {};
  // Bags without ids give zeros. If one is there, the gradient also names this
  // id, with the value 0, which makes an optimizer touch its row: what
  // TensorFlow's safe lookup does with row 0.
  std::optional<Id> empty_bag_id = {};
  // False: gradients given to a push are not sent.
  bool trainable = true;
};

}  // namespace rowhouse

#endif  // ROWHOUSE_ID_BATCH_H_
