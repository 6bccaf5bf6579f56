#include "examples/census/metrics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

namespace rowhouse::census {

double LogLoss(double logit, double label) {
  return std::max(logit, 0.0) - logit * label +
         std::log1p(std::exp(-std::abs(logit)));
}

double AreaUnderCurve(absl::Span<const float> logits,
                      absl::Span<const float> labels) {
  std::vector<std::size_t> order(logits.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return logits[a] < logits[b];
  });
  // Walks groups of equal logits from the least up.
  double negatives_below = 0;
  double positives = 0;
  double wins = 0;
  for (std::size_t begin = 0; begin < order.size();) {
    double group_positives = 0;
    double group_negatives = 0;
    std::size_t end = begin;
    for (; end < order.size() && logits[order[end]] == logits[order[begin]];
         ++end) {
      (labels[order[end]] > 0.5f ? group_positives : group_negatives) += 1;
    }
    wins += group_positives * (negatives_below + group_negatives / 2);
    negatives_below += group_negatives;
    positives += group_positives;
    begin = end;
  }
  const double pairs = positives * negatives_below;
  return pairs == 0 ? 0.5 : wins / pairs;
}

Metrics Measure(absl::Span<const float> logits,
                absl::Span<const float> labels) {
  double right = 0;
  double loss = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    right += (logits[i] > 0) == (labels[i] > 0.5f) ? 1 : 0;
    loss += LogLoss(logits[i], labels[i]);
  }
  const auto rows = static_cast<double>(logits.size());
  return {.accuracy = right / rows,
          .auc = AreaUnderCurve(logits, labels),
          .loss = loss / rows};
}

}  // namespace rowhouse::census
