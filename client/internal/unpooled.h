// Features with a max_norm: their rows are asked for one by one, and clipped
// and combined here, since a sum of rows cannot be clipped row by row.
#ifndef ROWHOUSE_CLIENT_INTERNAL_UNPOOLED_H_
#define ROWHOUSE_CLIENT_INTERNAL_UNPOOLED_H_

#include <cstdint>
#include <vector>

#include "rowhouse/client.h"
#include "rowhouse/id_batch.h"

namespace rowhouse::internal {

// True when a bag has no ids.
bool HasEmptyBag(const IdBatch& batch);

// One such feature.
struct Unpooled {
  FeatureIds feature;  // as it was given
  // By id of the feature: which row of `rows` is its own. Empty for kNone: each
  // id has a row to itself.
  std::vector<std::uint32_t> places;
  // As they were looked up, unclipped: the gradient needs them.
  std::vector<float> rows;
};

// Takes the feature apart: what is to be looked up instead, row by row, and
// what puts the answer together. With bags that is every id once, in the order
// of first occurrence, the id of empty bags last. REQUIRES: feature.max_norm.
FeatureIds Unpool(FeatureIds feature, Unpooled& unpooled);

// The activation of the feature, not divided yet, from the rows that the lookup
// gave, which `unpooled` keeps.
Activation Pool(Activation rows, Unpooled& unpooled);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_UNPOOLED_H_
