#include "kernels/optimizers/row_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/kernels/every_target.h"
#include "tests/kernels/random_floats.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(RowRules, RegularizerByHand) {
  const std::vector<float> row = {2, -2, 0};
  std::vector<float> gradient = {1, 1, 1};
  AddRegularizer({.l1 = 0.5f, .l2 = 0.25f}, 3, {row.data()}, {gradient.data()});
  EXPECT_THAT(gradient, ElementsAre(2.5f, -0.5f, 1));
}

TEST(RowRules, Limits) {
  std::vector<float> values = {-2, -1, 0, 1, 2, kInfinity};
  Limit({.min = -1}, 6, {values.data()});
  EXPECT_THAT(values, ElementsAre(-1, -1, 0, 1, 2, kInfinity));
  Limit({.max = 1}, 6, {values.data()});
  EXPECT_THAT(values, ElementsAre(-1, -1, 0, 1, 1, 1));
  Limit({}, 6, {values.data()});
  EXPECT_THAT(values, ElementsAre(-1, -1, 0, 1, 1, 1));
  values = {kNan};
  Limit({.min = -1, .max = 1}, 1, {values.data()});
  EXPECT_TRUE(std::isnan(values[0]));
}

TEST(RowRules, DecayByHand) {
  std::vector<float> a = {8, -4}, b = {2, 0};
  DecayWeights({DecayedRows::kEveryRow, 0.25f, true}, {.learning_rate = 0.5f},
               2, {a.data(), b.data()});
  EXPECT_THAT(a, ElementsAre(7, -3.5f));
  EXPECT_THAT(b, ElementsAre(1.75f, 0));
  DecayWeights({DecayedRows::kTouchedRows, 0.25f, false},
               {.learning_rate = 0.5f}, 2, {a.data()});
  EXPECT_THAT(a, ElementsAre(5.25f, -2.625f));
}

TEST(RowRules, AverageByHand) {
  std::vector<float> row = {8, /*a slot*/ 99, /*average*/ 4};
  const MovingAverage average{.momentum = 0.75, .overwrite_frequency = 2};
  MoveAverage(average, {.step = 0}, 1, 2, {row.data()});
  EXPECT_THAT(row, ElementsAre(8, 99, 5));
  MoveAverage(average, {.step = 1}, 1, 2, {row.data()});
  EXPECT_THAT(row, ElementsAre(5.75f, 99, 5.75f));
}

TEST(RowRules, AverageSubtractsInDouble) {
  std::vector<float> row = {1, 0};
  MoveAverage({.momentum = 0.999}, {}, 1, 1, {row.data()});
  EXPECT_EQ(row[1], 0.001f);
  EXPECT_EQ(row[0], 1);  // never overwritten
}

TEST(RowRules, MaxNormByHand) {
  std::vector<float> longer = {3, 4}, shorter = {0.6f, 0.8f}, zero = {0, 0};
  Constrain(MaxNorm{2}, 2, {longer.data(), shorter.data(), zero.data()});
  EXPECT_THAT(longer, ElementsAre(FloatEq(1.2f), FloatEq(1.6f)));
  // 1 / (1 + 1e-7) is the float below 1.
  EXPECT_THAT(shorter, ElementsAre(FloatEq(0.6f), FloatEq(0.8f)));
  EXPECT_LT(shorter[0], 0.6f);
  EXPECT_THAT(zero, ElementsAre(0, 0));
}

TEST(RowRules, UnitNormByHand) {
  std::vector<float> row = {3, 4}, zero = {0, 0};
  Constrain(UnitNorm{}, 2, {row.data(), zero.data()});
  EXPECT_THAT(row, ElementsAre(FloatEq(0.6f), FloatEq(0.8f)));
  EXPECT_THAT(zero, ElementsAre(0, 0));
}

// The order of a norm's additions that norm-inl.h gives, spelled out.
float SquareSumInPartials(const std::vector<float>& values) {
  float partial[16] = {};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float square = values[i] * values[i];
    partial[i % 16] += square;
  }
  for (const std::size_t half : {8, 4, 2, 1}) {
    for (std::size_t p = 0; p < half; ++p) partial[p] += partial[p + half];
  }
  return partial[0];
}

TEST(RowRules, NormsHaveTheSameBitsEverywhere) {
  for (std::size_t dim = 1; dim <= 100; ++dim) {
    const std::vector<float> start = RandomFloats(dim, dim);
    const float divisor = 1e-7f + std::sqrt(SquareSumInPartials(start));
    std::vector<float> expected;
    for (const float w : start) expected.push_back(w / divisor);
    ForEveryTarget([&] {
      std::vector<float> row = start;
      Constrain(UnitNorm{}, dim, {row.data()});
      ASSERT_EQ(Bits(row), Bits(expected)) << dim;
    });
  }
}

TEST(RowRules, MinMaxNormByHand) {
  std::vector<float> longer = {3, 4}, shorter = {0.3f, 0.4f};
  // Half way to the bound: 5 -> 4.5 with max 4, 0.5 -> 0.75 with min 1.
  const MinMaxNorm constraint{.min_value = 1, .max_value = 4, .rate = 0.5};
  Constrain(constraint, 2, {longer.data(), shorter.data()});
  EXPECT_THAT(longer, ElementsAre(FloatEq(2.7f), FloatEq(3.6f)));
  EXPECT_THAT(shorter, ElementsAre(FloatEq(0.45f), FloatEq(0.6f)));
}

TEST(RowRules, NonNeg) {
  std::vector<float> row = {-1, 0, 2, kNan};
  Constrain(NonNeg{}, 4, {row.data()});
  EXPECT_EQ(row[0], 0);
  EXPECT_EQ(row[1], 0);
  EXPECT_EQ(row[2], 2);
  EXPECT_TRUE(std::isnan(row[3]));
}

TEST(RowRules, NoConstraintIsNone) {
  std::vector<float> row = {-1, 5};
  Constrain(std::monostate{}, 2, {row.data()});
  EXPECT_THAT(row, ElementsAre(-1, 5));
}

}  // namespace
}  // namespace rowhouse::kernels
