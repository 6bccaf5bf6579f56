#include "bench/workload.h"

#include <algorithm>
#include <cmath>

#include "base/hash.h"

namespace rowhouse::bench {
namespace {

constexpr double kExponent = 1.05;

}  // namespace

IdSource::IdSource(IdDistribution distribution, std::uint64_t rows,
                   std::uint64_t seed)
    : distribution_(distribution), rows_(rows), random_(seed) {
  if (distribution_ == IdDistribution::kUniform) return;
  cumulative_.resize(rows_);
  double total = 0;
  for (std::uint64_t rank = 0; rank < rows_; ++rank) {
    total += std::pow(static_cast<double>(rank + 1), -kExponent);
    cumulative_[rank] = total;
  }
  total_weight_ = total;
}

Id IdSource::Draw() {
  if (distribution_ == IdDistribution::kUniform) return random_() % rows_;
  std::uniform_real_distribution<double> uniform(0, total_weight_);
  const auto at = std::upper_bound(cumulative_.begin(), cumulative_.end(),
                                   uniform(random_));
  const auto rank = static_cast<std::uint64_t>(at - cumulative_.begin());
  return Mix64(std::min(rank, rows_ - 1)) % rows_;
}

std::vector<Id> IdSource::Draw(std::size_t count) {
  std::vector<Id> ids(count);
  for (Id& id : ids) id = Draw();
  return ids;
}

}  // namespace rowhouse::bench
