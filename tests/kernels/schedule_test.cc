#include "kernels/schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace rowhouse::kernels {
namespace {

constexpr std::uint64_t kForever = std::numeric_limits<std::uint64_t>::max();

float At(const ScheduleSpec& schedule, std::uint64_t step) {
  const std::optional<float> rate = LearningRate(schedule, 7, step);
  EXPECT_TRUE(rate.has_value()) << step;
  return rate.value_or(-1);
}

TEST(LearningRate, OfNoScheduleIsTheConstant) {
  EXPECT_EQ(At({}, 0), 7);
  EXPECT_EQ(At({}, kForever), 7);
}

TEST(LearningRate, ExponentialDecay) {
  const ScheduleSpec smooth = ExponentialDecay{8, 2, 0.25f};
  EXPECT_EQ(At(smooth, 0), 8);
  EXPECT_EQ(At(smooth, 1), 4);
  EXPECT_EQ(At(smooth, 4), 0.5f);
  EXPECT_EQ(At(smooth, kForever), 0);
  const ScheduleSpec stairs = ExponentialDecay{8, 2, 0.25f, true};
  EXPECT_EQ(At(stairs, 1), 8);
  EXPECT_EQ(At(stairs, 2), 2);
  EXPECT_EQ(At(stairs, 3), 2);
}

TEST(LearningRate, InverseTimeDecay) {
  EXPECT_EQ(At(InverseTimeDecay{1, 2, 2}, 3), 0.25f);
  EXPECT_EQ(At(InverseTimeDecay{1, 2, 3, true}, 3), 0.25f);
  EXPECT_EQ(At(InverseTimeDecay{1, 2, 3, true}, 1), 1);
}

TEST(LearningRate, NaturalExpDecay) {
  EXPECT_NEAR(At(NaturalExpDecay{2, 4, 0.5f}, 8), 2 * std::exp(-1.0), 2e-7);
  EXPECT_EQ(At(NaturalExpDecay{2, 4, 0.5f, true}, 3), 2);
  EXPECT_EQ(At(NaturalExpDecay{2, 4, 0.5f, true}, 7),
            At(NaturalExpDecay{2, 4, 0.5f}, 4));
}

TEST(LearningRate, PolynomialDecayStopsAtItsEnd) {
  const ScheduleSpec square = PolynomialDecay{5, 4, 1, 2};
  EXPECT_EQ(At(square, 0), 5);
  EXPECT_EQ(At(square, 2), 2);
  EXPECT_EQ(At(square, 4), 1);
  EXPECT_EQ(At(square, kForever), 1);
}

TEST(LearningRate, PolynomialDecayInCyclesGrows) {
  const ScheduleSpec cycle = PolynomialDecay{5, 4, 1, 1, true};
  EXPECT_EQ(At(cycle, 0), 5);
  EXPECT_EQ(At(cycle, 4), 1);
  EXPECT_EQ(At(cycle, 6), 2);  // a quarter of 8 left
  EXPECT_EQ(At(cycle, 8), 1);
  EXPECT_EQ(At(cycle, 9), 2);  // a quarter of 12 left
  // TensorFlow's multiplier rounds -1/4 up to zero: the cycle has no length.
  EXPECT_EQ(At(PolynomialDecay{5, -4, 1, -1, true}, 1), 1);
}

TEST(LearningRate, ABoundaryBelongsToThePieceOnItsLeft) {
  const ScheduleSpec pieces = PiecewiseConstantDecay{{5, 10}, {1, 2, 3}};
  EXPECT_EQ(At(pieces, 0), 1);
  EXPECT_EQ(At(pieces, 5), 1);
  EXPECT_EQ(At(pieces, 6), 2);
  EXPECT_EQ(At(pieces, 10), 2);
  EXPECT_EQ(At(pieces, 11), 3);
  EXPECT_EQ(At(pieces, kForever), 3);
  EXPECT_EQ(At(PiecewiseConstantDecay{{-1}, {1, 2}}, 0), 2);
}

// The comparison is of whole numbers: a float would take 2^24 + 1 for 2^24.
TEST(LearningRate, BoundariesAreExact) {
  const std::int64_t boundary = 1LL << 24;
  const ScheduleSpec pieces = PiecewiseConstantDecay{{boundary}, {1, 2}};
  EXPECT_EQ(At(pieces, boundary), 1);
  EXPECT_EQ(At(pieces, boundary + 1), 2);
}

TEST(LearningRate, IsNothingWhereTwoPiecesClaimTheStep) {
  const ScheduleSpec falling = PiecewiseConstantDecay{{9, 3}, {1, 2, 3}};
  EXPECT_EQ(At(falling, 3), 1);
  EXPECT_EQ(LearningRate(falling, 7, 4), std::nullopt);
  EXPECT_EQ(LearningRate(falling, 7, 9), std::nullopt);
  EXPECT_EQ(At(falling, 10), 3);
  const ScheduleSpec dip = PiecewiseConstantDecay{{5, 9, 7}, {1, 2, 3, 4}};
  EXPECT_EQ(At(dip, 7), 2);
  EXPECT_EQ(LearningRate(dip, 7, 8), std::nullopt);
  EXPECT_EQ(At(dip, 10), 4);
  const ScheduleSpec equal = PiecewiseConstantDecay{{7, 7}, {1, 2, 3}};
  EXPECT_EQ(At(equal, 7), 1);
  EXPECT_EQ(At(equal, 8), 3);
}

TEST(LearningRate, CosineDecay) {
  const ScheduleSpec cosine = CosineDecay{8, 4, 0.25f};
  EXPECT_EQ(At(cosine, 0), 8);
  EXPECT_NEAR(At(cosine, 2), 5, 1e-6);
  EXPECT_EQ(At(cosine, 4), 2);
  EXPECT_EQ(At(cosine, 400), 2);
}

TEST(LearningRate, CosineDecayWarmsUpToItsTarget) {
  const ScheduleSpec warm = CosineDecay{1, 4, 0, 3.0f, 2};
  EXPECT_EQ(At(warm, 0), 1);
  EXPECT_EQ(At(warm, 1), 2);
  EXPECT_EQ(At(warm, 2), 3);
  EXPECT_NEAR(At(warm, 4), 1.5, 1e-6);
  EXPECT_EQ(At(warm, 6), 0);
  EXPECT_EQ(At(warm, 7), 0);
  EXPECT_EQ(At(CosineDecay{1, 4, 0, std::nullopt, 2}, 0), 1);
}

TEST(LearningRate, RestartsBeginAtTheirStep) {
  // Periods of 5, 15 and 45 steps, each at half the rate of the one before.
  const ScheduleSpec s = CosineDecayRestarts{8, 5, 3, 0.5f};
  EXPECT_EQ(At(s, 0), 8);
  EXPECT_LT(At(s, 4), 1);
  EXPECT_EQ(At(s, 5), 4);
  EXPECT_LT(At(s, 19), 0.1);
  EXPECT_NEAR(At(s, 20), 2, 1e-6);
  EXPECT_NEAR(At(s, 65), 1, 1e-6);
  // Periods of equal length.
  const ScheduleSpec equal = CosineDecayRestarts{8, 5, 1, 0.5f, 0.5f};
  EXPECT_EQ(At(equal, 5), 6);
  EXPECT_EQ(At(equal, 10), 5);
}

TEST(LearningRate, LinearCosineDecay) {
  const ScheduleSpec s = LinearCosineDecay{4, 8, 1, 0.5f, 0.25f};
  EXPECT_EQ(At(s, 0), 7);
  EXPECT_NEAR(At(s, 4), 1, 1e-6);  // (.5 + .5) * 0 + .25
  EXPECT_NEAR(At(s, 8), 3, 1e-6);  // (.5 + 0) * 1 + .25
  EXPECT_NEAR(At(s, 800), 3, 1e-6);
}

TEST(LearningRate, DividesByZeroAsTensorFlowDoes) {
  EXPECT_TRUE(std::isnan(At(ExponentialDecay{1, 0, 0.5f}, 0)));
  EXPECT_EQ(At(ExponentialDecay{1, 0, 0.5f}, 1), 0);
  EXPECT_TRUE(std::isnan(At(InverseTimeDecay{1, 0, 0.5f}, 0)));
  EXPECT_TRUE(std::isnan(At(PolynomialDecay{1, 0}, 3)));
  EXPECT_TRUE(std::isnan(At(PolynomialDecay{1, 0, 0, 1, true}, 3)));
  EXPECT_TRUE(std::isnan(At(CosineDecay{1, 0}, 3)));
  EXPECT_TRUE(std::isnan(At(CosineDecayRestarts{1, 0}, 3)));
  EXPECT_TRUE(std::isnan(At(LinearCosineDecay{1, 0}, 3)));
}

// A shard's rate must be the same bits on every machine: worked out apart from
// this code, rounding every step to float32.
TEST(LearningRate, BitsAreTheSameEverywhere) {
  EXPECT_EQ(At(ExponentialDecay{0.1f, 1000, 0.96f}, 123457), 0x1.537db6p-11f);
  EXPECT_EQ(At(ExponentialDecay{0.003f, 7, 1.0001f}, 99999), 0x1.9a422cp-7f);
  EXPECT_EQ(At(NaturalExpDecay{0.1f, 30, 0.7f}, 77), 0x1.0fbaep-6f);
  EXPECT_EQ(At(PolynomialDecay{0.3f, 1000, 1e-4f, 0.7f}, 613), 0x1.3c379ep-3f);
  EXPECT_EQ(At(CosineDecay{0.1f, 1000, 0.05f}, 777), 0x1.0937b6p-6f);
  EXPECT_EQ(At(CosineDecayRestarts{0.5f, 7, 1.5f, 0.9f, 0.01f}, 1234),
            0x1.4570e2p-3f);
  EXPECT_EQ(At(CosineDecayRestarts{0.5f, 1000, 2, 0.9f, 0.01f}, 123456),
            0x1.c9ca3ap-8f);
  EXPECT_EQ(At(LinearCosineDecay{0.5f, 1000, 2.5f, 0.1f, 0.01f}, 771),
            0x1.49f57ep-3f);
}

}  // namespace
}  // namespace rowhouse::kernels
