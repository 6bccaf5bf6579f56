#include "client/internal/unpooled.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "kernels/combine.h"
#include "kernels/max_norm.h"

namespace rowhouse::internal {

bool HasEmptyBag(const IdBatch& batch) {
  return std::adjacent_find(batch.row_splits.begin(), batch.row_splits.end()) !=
         batch.row_splits.end();
}

FeatureIds Unpool(FeatureIds feature, Unpooled& unpooled) {
  FeatureIds asked;
  asked.table = feature.table;
  asked.dim = feature.dim;
  asked.combiner = Combiner::kNone;
  const std::vector<Id>& ids = feature.batch.ids;
  if (feature.combiner == Combiner::kNone) {
    asked.batch.ids = ids;
  } else {
    absl::flat_hash_map<Id, std::uint32_t> seen;
    seen.reserve(ids.size());
    const auto place_of = [&](Id id) {
      const auto next = static_cast<std::uint32_t>(asked.batch.ids.size());
      const auto [at, is_new] = seen.try_emplace(id, next);
      if (is_new) asked.batch.ids.push_back(id);
      return at->second;
    };
    unpooled.places.reserve(ids.size());
    for (const Id id : ids) unpooled.places.push_back(place_of(id));
    // TensorFlow looks this row up too, and then hides it behind zeros.
    if (feature.empty_bag_id.has_value() && HasEmptyBag(feature.batch)) {
      place_of(*feature.empty_bag_id);
    }
  }
  unpooled.feature = std::move(feature);
  return asked;
}

Activation Pool(Activation rows, Unpooled& unpooled) {
  const FeatureIds& feature = unpooled.feature;
  const std::size_t dim = feature.dim;
  std::vector<float> clipped(rows.values.size());
  for (std::size_t row = 0; row < rows.rows; ++row) {
    kernels::ClipRow(rows.values.data() + row * dim, *feature.max_norm, dim,
                     clipped.data() + row * dim);
  }
  Activation out;
  out.dim = feature.dim;
  unpooled.rows = std::move(rows.values);
  if (feature.combiner == Combiner::kNone) {
    out.rows = rows.rows;
    out.values = std::move(clipped);
    return out;
  }
  std::vector<const float*> entries;
  entries.reserve(unpooled.places.size());
  for (const std::uint32_t place : unpooled.places) {
    entries.push_back(clipped.data() + place * dim);
  }
  std::vector<std::uint32_t> one_each;
  absl::Span<const std::uint32_t> splits = feature.batch.row_splits;
  if (splits.empty()) {
    one_each.resize(entries.size() + 1);
    std::iota(one_each.begin(), one_each.end(), 0);
    splits = one_each;
  }
  out.rows = feature.batch.bags();
  out.values.resize(out.rows * dim);
  kernels::CombineBags(entries, feature.batch.weights, splits, dim,
                       out.values.data());
  return out;
}

}  // namespace rowhouse::internal
