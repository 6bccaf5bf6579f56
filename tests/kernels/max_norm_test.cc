#include "kernels/max_norm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/kernels/random_floats.h"

namespace rowhouse::kernels {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsNan;

std::vector<float> Clip(std::vector<float> row, float max_norm) {
  ClipRow(row.data(), max_norm, row.size(), row.data());
  return row;
}

std::vector<float> Gradient(const std::vector<float>& row, float max_norm,
                            std::vector<float> gradient) {
  ClipRowGradient(row.data(), max_norm, row.size(), gradient.data());
  return gradient;
}

TEST(L2Norm, OfEveryWidth) {
  for (std::size_t dim = 0; dim <= 70; ++dim) {
    const std::vector<float> row = RandomFloats(dim, dim);
    double sum = 0;
    for (const float value : row) sum += double{value} * value;
    EXPECT_NEAR(L2Norm(row.data(), dim), std::sqrt(sum), 1e-6 * std::sqrt(sum));
  }
}

// Squares are floats: what is too small or too great for them is lost, as in
// TensorFlow.
TEST(L2Norm, UnderflowsAndOverflowsWithItsSquares) {
  EXPECT_EQ(L2Norm(std::vector<float>{1e-30f, 1e-30f}.data(), 2), 0.0f);
  EXPECT_EQ(L2Norm(std::vector<float>{1e30f, 0}.data(), 2),
            std::numeric_limits<float>::infinity());
}

TEST(ClipRow, ScalesDownToTheBoundAndNotUp) {
  EXPECT_THAT(Clip({3, 4}, 1), ElementsAre(0.6f, 0.8f));
  EXPECT_THAT(Clip({3, 4}, 5), ElementsAre(3, 4));
  EXPECT_THAT(Clip({3, 4}, 8), ElementsAre(3, 4));
  EXPECT_THAT(Clip({0, 0}, 1), ElementsAre(0, 0));
}

TEST(ClipRow, TakesABoundThatIsNotPositiveAsItIs) {
  EXPECT_THAT(Clip({3, 4}, 0), ElementsAre(0, 0));
  EXPECT_THAT(Clip({3, 4}, -5), ElementsAre(-3, -4));
  EXPECT_THAT(Clip({0, 0}, 0), Each(IsNan()));
}

TEST(ClipRow, RowsWithANanBecomeNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(Clip({3, nan}, 1), Each(IsNan()));
}

// The worked number of tf's formula for v = (3, 5), c = 2, upstream (1, 0).
TEST(ClipRowGradient, LosesThePartAlongTheRow) {
  const std::vector<float> gradient = Gradient({3, 5}, 2, {1, 0});
  EXPECT_NEAR(gradient[0], 0.252204f, 1e-6f);
  EXPECT_NEAR(gradient[1], -0.151322f, 1e-6f);
}

TEST(ClipRowGradient, PassesBelowTheBoundAndThroughZeros) {
  EXPECT_THAT(Gradient({3, 4}, 8, {1, -2}), ElementsAre(1, -2));
  EXPECT_THAT(Gradient({0, 0}, 1, {1, -2}), ElementsAre(1, -2));
}

TEST(ClipRowGradient, ANormAtTheBoundCountsAsAboveIt) {
  const std::vector<float> gradient = Gradient({3, 4}, 5, {1, 0});
  EXPECT_NEAR(gradient[0], 0.64f, 1e-6f);
  EXPECT_NEAR(gradient[1], -0.48f, 1e-6f);
}

TEST(ClipRowGradient, IsZeroForTheBoundZero) {
  EXPECT_THAT(Gradient({3, 4}, 0, {1, 2}), ElementsAre(0, 0));
}

TEST(ClipRowGradient, IsTheDerivativeOfClipRow) {
  for (const std::size_t dim : {1u, 2u, 17u, 64u}) {
    for (const float bound : {0.5f, 100.0f, -3.0f}) {
      std::vector<float> row;
      std::vector<float> upstream;
      for (std::size_t i = 0; i < dim; ++i) {
        row.push_back(std::sin(static_cast<float>(3 * i + 1)));
        upstream.push_back(std::cos(static_cast<float>(5 * i)));
      }
      const std::vector<float> gradient = Gradient(row, bound, upstream);
      for (std::size_t i = 0; i < dim; ++i) {
        const float step = 1e-2f;
        std::vector<float> above = row;
        std::vector<float> below = row;
        above[i] += step;
        below[i] -= step;
        above = Clip(above, bound);
        below = Clip(below, bound);
        double slope = 0;
        for (std::size_t j = 0; j < dim; ++j) {
          slope += upstream[j] * (double{above[j]} - below[j]) / (2 * step);
        }
        EXPECT_NEAR(gradient[i], slope, 5e-3) << dim << " " << bound;
      }
    }
  }
}

}  // namespace
}  // namespace rowhouse::kernels
