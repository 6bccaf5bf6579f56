#include "client/keras/regularizer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::internal {
namespace {

using keras::L1L2;
using keras::OrthogonalRegularizer;

absl::Status CheckCoefficient(absl::string_view argument,
                              absl::string_view name, float value) {
  if (std::isfinite(value)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(argument, ": ", name, " ", value, " is not finite"));
}

// Vectors of a matrix, its rows or its columns.
struct Vectors {
  const float* values;
  std::size_t count;
  std::size_t length;
  std::size_t step;    // from a vector to the next
  std::size_t stride;  // from an element to the next

  double at(std::size_t vector, std::size_t i) const {
    return values[vector * step + i * stride];
  }
};

// Sums of squares below this count as this, so that a zero vector stays one.
constexpr double kLeastSquares = 1e-12;

// By vector: 1 / its norm.
std::vector<double> InverseNorms(const Vectors& x) {
  std::vector<double> inverse(x.count);
  for (std::size_t v = 0; v < x.count; ++v) {
    double squares = 0;
    for (std::size_t i = 0; i < x.length; ++i)
      squares += x.at(v, i) * x.at(v, i);
    inverse[v] = 1 / std::sqrt(std::max(squares, kLeastSquares));
  }
  return inverse;
}

double Dot(const Vectors& x, std::size_t a, std::size_t b) {
  double sum = 0;
  for (std::size_t i = 0; i < x.length; ++i) sum += x.at(a, i) * x.at(b, i);
  return sum;
}

double SignOf(double value) { return value > 0 ? 1 : value < 0 ? -1 : 0; }

// Adds d loss / d vector v. With y = x / |x|, the loss is the sum of |y_a y_b|
// over pairs, so d loss / d y_v = e = the sum of sign(y_v y_b) y_b over the
// other vectors, and d loss / d x_v = (e - (e y_v) y_v) / |x_v|. For a vector
// so short that its norm is a constant, the part that turns it is missing.
void AddOrthogonalGradient(const Vectors& x, const std::vector<double>& inverse,
                           std::size_t v, double scale, float* gradient) {
  std::vector<double> e(x.length);
  for (std::size_t b = 0; b < x.count; ++b) {
    if (b == v) continue;
    const double sign = SignOf(Dot(x, v, b)) * inverse[b];
    for (std::size_t i = 0; i < x.length; ++i) e[i] += sign * x.at(b, i);
  }
  double along = 0;
  for (std::size_t i = 0; i < x.length; ++i) along += e[i] * x.at(v, i);
  along *= inverse[v] * inverse[v];
  if (inverse[v] == 1 / std::sqrt(kLeastSquares)) along = 0;
  for (std::size_t i = 0; i < x.length; ++i) {
    gradient[v * x.step + i * x.stride] =
        static_cast<float>(scale * (e[i] - along * x.at(v, i)) * inverse[v]);
  }
}

absl::StatusOr<Penalty> Orthogonal(const OrthogonalRegularizer& regularizer,
                                   absl::Span<const std::int64_t> shape,
                                   absl::Span<const float> values,
                                   double weight) {
  if (shape.size() != 2) {
    return absl::InvalidArgumentError(absl::StrCat(
        "an OrthogonalRegularizer takes a matrix, not a tensor of rank ",
        shape.size()));
  }
  const auto rows = static_cast<std::size_t>(shape[0]);
  const auto columns = static_cast<std::size_t>(shape[1]);
  const Vectors x = regularizer.mode == OrthogonalRegularizer::Mode::kRows
                        ? Vectors{values.data(), rows, columns, columns, 1}
                        : Vectors{values.data(), columns, rows, 1, columns};
  const double count = static_cast<double>(x.count);
  // One vector has no pairs: 0 / 0, as in Keras.
  const double scale = weight * regularizer.factor / (count * (count - 1) / 2);
  const std::vector<double> inverse = InverseNorms(x);
  Penalty penalty;
  penalty.gradient.resize(values.size());
  double sum = 0;
  for (std::size_t a = 0; a < x.count; ++a) {
    for (std::size_t b = a + 1; b < x.count; ++b) {
      sum += std::abs(Dot(x, a, b)) * inverse[a] * inverse[b];
    }
    AddOrthogonalGradient(x, inverse, a, scale, penalty.gradient.data());
  }
  penalty.loss = scale * sum;
  return penalty;
}

Penalty PenaltyOfL1L2(const L1L2& regularizer, absl::Span<const float> values,
                      double weight) {
  Penalty penalty;
  if (regularizer == L1L2{}) return penalty;
  penalty.loss = weight * LossOf(regularizer, values);
  penalty.gradient.reserve(values.size());
  for (const float value : values) {
    const double slope =
        regularizer.l1 * SignOf(value) + 2.0 * regularizer.l2 * value;
    penalty.gradient.push_back(static_cast<float>(weight * slope));
  }
  return penalty;
}

}  // namespace

absl::Status CheckRegularizer(absl::string_view argument,
                              const keras::Regularizer& regularizer) {
  if (const auto* sums = std::get_if<L1L2>(&regularizer)) {
    ROWHOUSE_RETURN_IF_ERROR(CheckCoefficient(argument, "l1", sums->l1));
    return CheckCoefficient(argument, "l2", sums->l2);
  }
  if (const auto* products = std::get_if<OrthogonalRegularizer>(&regularizer)) {
    return CheckCoefficient(argument, "factor", products->factor);
  }
  return absl::OkStatus();
}

absl::StatusOr<keras::Regularizer> ResolveRegularizer(
    absl::string_view argument, const keras::Regularizer& regularizer) {
  const auto* name = std::get_if<std::string>(&regularizer);
  if (name == nullptr) return regularizer;
  // Class and function names. The class L1L2 has no default coefficients, the
  // function l1_l2 has.
  static const std::pair<absl::string_view, keras::Regularizer> kNames[] = {
      {"L1", keras::L1()},
      {"l1", keras::L1()},
      {"L2", keras::L2()},
      {"l2", keras::L2()},
      {"L1L2", L1L2{}},
      {"l1_l2", L1L2{keras::kPenalty, keras::kPenalty}},
      {"OrthogonalRegularizer", OrthogonalRegularizer{}},
      {"orthogonal_regularizer", OrthogonalRegularizer{}},
  };
  for (const auto& [known, meaning] : kNames) {
    if (known == *name) return meaning;
  }
  return absl::InvalidArgumentError(
      absl::StrCat(argument, ": unknown regularizer '", *name, "'"));
}

absl::StatusOr<Penalty> PenaltyOf(const keras::Regularizer& regularizer,
                                  absl::Span<const std::int64_t> shape,
                                  absl::Span<const float> values,
                                  std::int64_t batch) {
  const double weight = batch == 0 ? 0 : 1 / static_cast<double>(batch);
  if (const auto* sums = std::get_if<L1L2>(&regularizer)) {
    return PenaltyOfL1L2(*sums, values, weight);
  }
  if (const auto* products = std::get_if<OrthogonalRegularizer>(&regularizer)) {
    return Orthogonal(*products, shape, values, weight);
  }
  return Penalty{};
}

double LossOf(const L1L2& regularizer, absl::Span<const float> values) {
  double magnitudes = 0, squares = 0;
  for (const float value : values) {
    magnitudes += std::abs(value);
    squares += static_cast<double>(value) * value;
  }
  return regularizer.l1 * magnitudes + regularizer.l2 * squares;
}

}  // namespace rowhouse::internal
