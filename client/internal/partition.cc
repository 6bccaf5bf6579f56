#include "client/internal/partition.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::internal {
namespace {

BagsView View(const IdBatch& batch) {
  return {batch.ids, batch.weights, batch.row_splits};
}

}  // namespace

absl::Status Validate(const FeatureIds& feature) {
  if (feature.dim == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("table '", feature.table, "': dim is 0"));
  }
  if (feature.combiner == Combiner::kNone &&
      (!feature.batch.weights.empty() || !feature.batch.row_splits.empty())) {
    return absl::InvalidArgumentError(absl::StrCat(
        "table '", feature.table, "': one row per id takes no bags, but got ",
        feature.batch.weights.size(), " weights and ",
        feature.batch.row_splits.size(), " row_splits"));
  }
  return rowhouse::Validate(View(feature.batch), feature.table);
}

std::size_t OutputRows(const FeatureIds& feature) {
  return feature.combiner == Combiner::kNone ? feature.batch.ids.size()
                                             : feature.batch.bags();
}

// Two passes: the first counts, so that the second appends to arrays that never
// move and the views can be taken as it goes.
class Partition::Builder {
 public:
  Builder(Partition& partition, absl::Span<const BucketFunction> buckets,
          const ShardMap& map)
      : partition_(partition), buckets_(buckets), map_(map) {}

  void Build() {
    Reserve();
    std::size_t first = 0;
    for (std::size_t f = 0; f < partition_.features_.size(); ++f) {
      Append(static_cast<std::uint32_t>(f), first);
      first += partition_.features_[f].batch.ids.size();
    }
  }

 private:
  struct Count {
    std::size_t ids = 0;
    std::size_t weights = 0;
    std::size_t splits = 0;
    std::size_t rows = 0;
  };

  // Finds the shard of every id of the batch and sizes the arrays. Bags are
  // counted from above: a bag has at least one id, so ids bound them.
  void Reserve() {
    std::size_t ids = 0;
    for (const FeatureIds& feature : partition_.features_) {
      ids += feature.batch.ids.size();
    }
    shard_of_.reserve(ids);
    std::vector<Count> counts(partition_.shards_.size());
    std::vector<std::size_t> here(partition_.shards_.size());
    for (std::size_t f = 0; f < partition_.features_.size(); ++f) {
      const IdBatch& batch = partition_.features_[f].batch;
      here.assign(here.size(), 0);
      for (const Id id : batch.ids) {
        const ShardIndex shard = map_.ShardOf(buckets_[f](id));
        shard_of_.push_back(static_cast<std::uint16_t>(shard.value()));
        ++here[shard.value()];
      }
      for (std::size_t s = 0; s < here.size(); ++s) {
        if (here[s] == 0) continue;
        counts[s].ids += here[s];
        counts[s].rows += here[s];
        if (!batch.weights.empty()) counts[s].weights += here[s];
        if (!batch.row_splits.empty()) counts[s].splits += here[s] + 1;
      }
    }
    for (std::size_t s = 0; s < counts.size(); ++s) {
      ShardBatch& to = partition_.shards_[s];
      to.ids.reserve(counts[s].ids);
      to.weights.reserve(counts[s].weights);
      to.row_splits.reserve(counts[s].splits);
      to.rows.reserve(counts[s].rows);
    }
  }

  // Marks where each shard's arrays end now, appends the feature, views what
  // was added.
  void Append(std::uint32_t f, std::size_t first) {
    const IdBatch& batch = partition_.features_[f].batch;
    std::vector<Count> before(partition_.shards_.size());
    for (std::size_t s = 0; s < before.size(); ++s) {
      const ShardBatch& at = partition_.shards_[s];
      before[s] = {at.ids.size(), at.weights.size(), at.row_splits.size(),
                   at.rows.size()};
    }
    if (batch.row_splits.empty()) {
      for (std::size_t i = 0; i < batch.ids.size(); ++i) {
        AppendId(batch, i, first).rows.push_back(static_cast<std::uint32_t>(i));
      }
    } else {
      AppendBags(batch, first, before);
    }
    for (std::size_t s = 0; s < before.size(); ++s) View(f, s, before[s]);
  }

  ShardBatch& AppendId(const IdBatch& batch, std::size_t i, std::size_t first) {
    ShardBatch& to = partition_.shards_[shard_of_[first + i]];
    to.ids.push_back(batch.ids[i]);
    if (!batch.weights.empty()) to.weights.push_back(batch.weights[i]);
    return to;
  }

  // The splits of an input are offsets into its own ids, from 0.
  void AppendBags(const IdBatch& batch, std::size_t first,
                  const std::vector<Count>& before) {
    for (std::uint32_t bag = 0; bag < batch.bags(); ++bag) {
      for (std::size_t i = batch.row_splits[bag]; i < batch.row_splits[bag + 1];
           ++i) {
        const std::size_t s = shard_of_[first + i];
        ShardBatch& to = AppendId(batch, i, first);
        const bool began = to.rows.size() == before[s].rows;
        if (began) to.row_splits.push_back(0);
        const auto end =
            static_cast<std::uint32_t>(to.ids.size() - before[s].ids);
        if (began || to.rows.back() != bag) {
          to.rows.push_back(bag);
          to.row_splits.push_back(end);
        } else {
          to.row_splits.back() = end;
        }
      }
    }
  }

  void View(std::uint32_t f, std::size_t s, const Count& before) {
    ShardBatch& at = partition_.shards_[s];
    if (at.ids.size() == before.ids) return;
    ShardInput input;
    input.feature = f;
    input.bags.ids = absl::MakeConstSpan(at.ids).subspan(before.ids);
    input.bags.weights =
        absl::MakeConstSpan(at.weights).subspan(before.weights);
    input.bags.row_splits =
        absl::MakeConstSpan(at.row_splits).subspan(before.splits);
    input.rows = absl::MakeConstSpan(at.rows).subspan(before.rows);
    at.inputs.push_back(input);
  }

  Partition& partition_;
  absl::Span<const BucketFunction> buckets_;
  const ShardMap& map_;
  std::vector<std::uint16_t> shard_of_;  // of every id, features in a row
};

Partition::Partition(std::vector<FeatureIds> features,
                     absl::Span<const BucketFunction> buckets,
                     const ShardMap& map)
    : features_(std::move(features)), shards_(map.shard_count()) {
  if (shards_.size() == 1) {
    TakeWhole();
  } else {
    Builder(*this, buckets, map).Build();
  }
}

void Partition::TakeWhole() {
  ShardBatch& all = shards_.front();
  for (std::uint32_t f = 0; f < features_.size(); ++f) {
    if (features_[f].batch.ids.empty()) continue;
    ShardInput input;
    input.feature = f;
    input.bags = View(features_[f].batch);
    input.whole = true;
    all.inputs.push_back(input);
  }
}

std::vector<std::vector<std::size_t>> PositionsByShard(
    absl::Span<const Id> ids, const BucketFunction& buckets,
    const ShardMap& map) {
  std::vector<std::vector<std::size_t>> positions(map.shard_count());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    positions[map.ShardOf(buckets(ids[i])).value()].push_back(i);
  }
  return positions;
}

}  // namespace rowhouse::internal
