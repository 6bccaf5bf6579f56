#include "client/keras/regularizer.h"

#include <cmath>
#include <limits>
#include <string>

#include "tests/client/keras/keras_testing.h"

namespace rowhouse::internal {
namespace {

using keras::L1;
using keras::L1L2;
using keras::L2;
using keras::OrthogonalRegularizer;
using keras::Regularizer;
using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::FloatNear;
using ::testing::IsEmpty;

constexpr float kInf = std::numeric_limits<float>::infinity();

TEST(CheckRegularizer, CoefficientsAreFinite) {
  ROWHOUSE_EXPECT_OK(CheckRegularizer("r", Regularizer()));
  ROWHOUSE_EXPECT_OK(CheckRegularizer("r", "whatever"));
  ROWHOUSE_EXPECT_OK(CheckRegularizer("r", L1L2{-1.0f, 0.0f}));
  EXPECT_THAT(CheckRegularizer("r", L1(std::nanf(""))), InvalidWith("r: l1"));
  EXPECT_THAT(CheckRegularizer("r", L2(kInf)), InvalidWith("r: l2 inf"));
  EXPECT_THAT(CheckRegularizer("r", OrthogonalRegularizer{.factor = -kInf}),
              InvalidWith("factor"));
}

TEST(ResolveRegularizer, ClassesAndFunctions) {
  const std::pair<const char*, Regularizer> kNames[] = {
      {"L1", L1L2{0.01f, 0}},
      {"l1", L1L2{0.01f, 0}},
      {"L2", L1L2{0, 0.01f}},
      {"l2", L1L2{0, 0.01f}},
      {"L1L2", L1L2{0, 0}},
      {"l1_l2", L1L2{0.01f, 0.01f}},
      {"OrthogonalRegularizer", OrthogonalRegularizer{}},
      {"orthogonal_regularizer", OrthogonalRegularizer{}},
  };
  for (const auto& [name, meaning] : kNames) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Regularizer got,
                                  ResolveRegularizer("r", name));
    EXPECT_EQ(got, meaning) << name;
  }
  EXPECT_EQ(*ResolveRegularizer("r", L2(3)), Regularizer(L2(3)));
  EXPECT_EQ(*ResolveRegularizer("r", {}), Regularizer());
  EXPECT_THAT(ResolveRegularizer("r", "L3"), InvalidWith("r: unknown"));
}

TEST(PenaltyOf, SumsOfMagnitudesAndSquares) {
  const std::vector<float> values = {1, -2, 0, 4};
  const L1L2 regularizer{0.5f, 0.25f};
  EXPECT_EQ(LossOf(regularizer, values), 0.5 * 7 + 0.25 * 21);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Penalty penalty,
                                PenaltyOf(regularizer, {2, 2}, values, 2));
  EXPECT_EQ(penalty.loss, (0.5 * 7 + 0.25 * 21) / 2);
  // (0.5 sign(x) + 0.5 x) / 2; a zero stays.
  EXPECT_THAT(penalty.gradient, ElementsAre(0.5f, -0.75f, 0.0f, 1.25f));
}

TEST(PenaltyOf, ABatchOfNoneLosesNothing) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Penalty penalty,
                                PenaltyOf(L2(1), {0, 2}, {}, 0));
  EXPECT_EQ(penalty.loss, 0);
  EXPECT_THAT(penalty.gradient, IsEmpty());
}

TEST(PenaltyOf, WithoutCoefficientsThereIsNone) {
  const std::vector<float> values = {1, 2};
  EXPECT_THAT(PenaltyOf(L1L2{}, {1, 2}, values, 1)->gradient, IsEmpty());
  EXPECT_THAT(PenaltyOf({}, {1, 2}, values, 1)->gradient, IsEmpty());
}

// Three vectors in the plane, at 0, 90 and 45 degrees: products 0, h, h.
TEST(PenaltyOf, ProductsOfRows) {
  const double h = std::sqrt(0.5);
  const std::vector<float> values = {2, 0, 0, 3, 1, 1};
  const OrthogonalRegularizer regularizer{.factor = 0.6f};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Penalty penalty,
                                PenaltyOf(regularizer, {3, 2}, values, 3));
  // factor / 3 pairs, / 3 of the batch.
  const double scale = 0.6f / 3.0 / 3.0;
  EXPECT_NEAR(penalty.loss, scale * 2 * h, 1e-9);
  // Row 0 turns against row 2, row 1 likewise; row 2 is pulled both ways.
  const auto expected = static_cast<float>(scale * h);
  EXPECT_THAT(penalty.gradient,
              ElementsAre(FloatNear(0, 1e-9f), FloatNear(expected / 2, 1e-8f),
                          FloatNear(expected / 3, 1e-8f), FloatNear(0, 1e-9f),
                          FloatNear(0, 1e-8f), FloatNear(0, 1e-8f)));
}

TEST(PenaltyOf, ProductsOfColumnsAreThoseOfTheTransposedRows) {
  const std::vector<float> values = {1, 2, -1, 0.5f, 3, -2};
  const std::vector<float> transposed = {1, 0.5f, 2, 3, -1, -2};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Penalty columns,
      PenaltyOf(
          OrthogonalRegularizer{.mode = OrthogonalRegularizer::Mode::kColumns},
          {2, 3}, values, 1));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Penalty rows,
      PenaltyOf(OrthogonalRegularizer{}, {3, 2}, transposed, 1));
  EXPECT_EQ(columns.loss, rows.loss);
  for (std::size_t row = 0; row < 2; ++row) {
    for (std::size_t column = 0; column < 3; ++column) {
      EXPECT_EQ(columns.gradient[row * 3 + column],
                rows.gradient[column * 2 + row]);
    }
  }
}

// The gradient is what the loss does when a value moves.
TEST(PenaltyOf, GradientOfProductsIsThatOfTheLoss) {
  const std::vector<float> values = {0.3f, -0.8f, 0.5f, 1.5f, 0.25f, -0.75f,
                                     0.1f, 0.2f,  0.9f, -1,   0.4f,  0.6f};
  const OrthogonalRegularizer regularizer{.factor = 1.0f};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Penalty at,
                                PenaltyOf(regularizer, {4, 3}, values, 1));
  constexpr float kStep = 1.0f / 1024;
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::vector<float> above = values, below = values;
    above[i] += kStep;
    below[i] -= kStep;
    const double slope = (PenaltyOf(regularizer, {4, 3}, above, 1)->loss -
                          PenaltyOf(regularizer, {4, 3}, below, 1)->loss) /
                         (double{above[i]} - double{below[i]});
    EXPECT_NEAR(at.gradient[i], slope, 1e-5) << i;
  }
}

TEST(PenaltyOf, AZeroVectorHasNoDirection) {
  const std::vector<float> values = {0, 0, 3, 4};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Penalty penalty,
      PenaltyOf(OrthogonalRegularizer{}, {2, 2}, values, 1));
  EXPECT_EQ(penalty.loss, 0);
  EXPECT_THAT(penalty.gradient, ElementsAre(0, 0, 0, 0));
}

TEST(PenaltyOf, ProductsNeedAMatrixAndTwoVectors) {
  const std::vector<float> values = {1, 2};
  EXPECT_THAT(PenaltyOf(OrthogonalRegularizer{}, {1, 1, 2}, values, 1),
              InvalidWith("rank 3"));
  // 0 / 0, as in Keras.
  EXPECT_TRUE(
      std::isnan(PenaltyOf(OrthogonalRegularizer{}, {1, 2}, values, 1)->loss));
}

}  // namespace
}  // namespace rowhouse::internal
