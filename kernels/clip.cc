#include "kernels/clip.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace rowhouse::kernels {
namespace {

// Double, since float would lose digits over a batch; fixed partial sums, since
// one sum would wait for each of its additions.
constexpr std::size_t kPartialSums = 16;

double SquareSum(absl::Span<const float> values) {
  double sums[kPartialSums] = {};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = values[i];
    sums[i % kPartialSums] += value * value;
  }
  double sum = 0;
  for (const double partial : sums) sum += partial;
  return sum;
}

double SquareSum(const GradientPieces& pieces) {
  double sum = 0;
  for (const absl::Span<const float> piece : pieces) sum += SquareSum(piece);
  return sum;
}

float Norm(double square_sum) {
  return std::sqrt(static_cast<float>(square_sum));
}

template <typename Change>
void ForEachValue(const GradientPieces& pieces, const Change& change) {
  for (const absl::Span<float> piece : pieces) {
    for (float& value : piece) value = change(value);
  }
}

// NaN stays.
void ClipValues(float bound, absl::Span<const GradientPieces> variables) {
  for (const GradientPieces& pieces : variables) {
    ForEachValue(pieces, [bound](float value) {
      return value < -bound ? -bound : value > bound ? bound : value;
    });
  }
}

void ClipNorms(float bound, absl::Span<const GradientPieces> variables) {
  for (const GradientPieces& pieces : variables) {
    const float divisor = std::max(Norm(SquareSum(pieces)), bound);
    ForEachValue(pieces, [&](float value) { return value * bound / divisor; });
  }
}

void ClipGlobalNorm(float bound, absl::Span<const GradientPieces> variables) {
  double square_sum = 0;
  for (const GradientPieces& pieces : variables) {
    square_sum += SquareSum(pieces);
  }
  const float norm = Norm(square_sum);
  const float scale = std::isfinite(norm)
                          ? bound * std::min(1.0f / norm, 1.0f / bound)
                          : std::numeric_limits<float>::quiet_NaN();
  for (const GradientPieces& pieces : variables) {
    ForEachValue(pieces, [scale](float value) { return value * scale; });
  }
}

bool IsOn(const std::optional<float>& bound) {
  return bound.has_value() && *bound > 0.0f;
}

}  // namespace

void ClipGradients(const GradientClipping& clipping,
                   absl::Span<const GradientPieces> variables) {
  if (clipping.generation != Generation::kKerasLegacy) {
    if (IsOn(clipping.clipnorm)) {
      ClipNorms(*clipping.clipnorm, variables);
    } else if (IsOn(clipping.global_clipnorm)) {
      ClipGlobalNorm(*clipping.global_clipnorm, variables);
    } else if (IsOn(clipping.clipvalue)) {
      ClipValues(*clipping.clipvalue, variables);
    }
    return;
  }
  if (clipping.clipvalue) ClipValues(*clipping.clipvalue, variables);
  if (clipping.clipnorm) ClipNorms(*clipping.clipnorm, variables);
  if (clipping.global_clipnorm) {
    ClipGlobalNorm(*clipping.global_clipnorm, variables);
  }
}

bool Clips(const GradientClipping& clipping) {
  if (clipping.generation == Generation::kKerasLegacy) {
    return clipping.clipvalue || clipping.clipnorm || clipping.global_clipnorm;
  }
  return IsOn(clipping.clipvalue) || IsOn(clipping.clipnorm) ||
         IsOn(clipping.global_clipnorm);
}

}  // namespace rowhouse::kernels
