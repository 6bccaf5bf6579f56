#include "kernels/optimizers/decay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "tests/kernels/optimizers/recorded_steps.h"

namespace rowhouse::kernels {
namespace {

using G = Generation;

TEST(Decay, RoundedAndExactDiffer) {
  const DecayRate rounded = RoundedDecay(0.999);
  EXPECT_EQ(rounded.rate, 0.999f);
  EXPECT_EQ(rounded.complement, 1.0f - 0.999f);
  EXPECT_FALSE(rounded.subtracts);
  const DecayRate exact = ExactDecay(0.999);
  EXPECT_EQ(exact.rate, 0.999f);
  EXPECT_EQ(exact.complement, 0.001f);
  EXPECT_NE(exact.complement, rounded.complement);
}

TEST(Decay, OfMomentsGoesByGeneration) {
  for (const G generation : {G::kTf1, G::kKerasLegacy, G::kTpu}) {
    EXPECT_EQ(MomentDecay(0.999, generation).complement, 1.0f - 0.999f);
    EXPECT_FALSE(MomentDecay(0.999, generation).subtracts);
  }
  EXPECT_EQ(MomentDecay(0.999, G::kKeras).complement, 0.001f);
  EXPECT_TRUE(MomentDecay(0.999, G::kKeras).subtracts);
}

TEST(Decay, PowersCountTheStep) {
  EXPECT_EQ(PowerAtStep(0.5, {.step = 0}), 0.5f);
  EXPECT_EQ(PowerAtStep(0.5, {.step = 9}), 0x1p-10f);
  EXPECT_EQ(PowerAtStep(0.999, {.step = 0}), 0.999f);
  EXPECT_EQ(PowerAtStep(0.5, {.step = 1000}), 0.0f);
}

TEST(Decay, RunningPowersRoundAtEveryStep) {
  const float beta = 0.9999f;
  float power = 1;
  std::vector<float> powers;
  for (std::uint64_t step = 0; step < 1000; ++step) {
    power *= beta;
    powers.push_back(power);
    EXPECT_EQ(RunningPowerAtStep(0.9999, {.step = step}), power);
    // Of a step before, too, and between those of others.
    EXPECT_EQ(RunningPowerAtStep(0.9999, {.step = step / 2}), powers[step / 2]);
    for (int other = 0; other < 3; ++other) {
      EXPECT_EQ(RunningPowerAtStep(0.5 + other, {.step = 0}), 0.5f + other);
    }
  }
  EXPECT_NE(power, PowerAtStep(0.9999, {.step = 999}));
  for (int other = 0; other < 100; ++other) {  // more than are kept
    RunningPowerAtStep(2.5 + other, {.step = 3});
  }
  EXPECT_EQ(RunningPowerAtStep(0.9999, {.step = 999}), power);
  const StepTerms late{.step = kRunningPowersMax};
  EXPECT_EQ(RunningPowerAtStep(0.9999999, late), PowerAtStep(0.9999999, late));
  EXPECT_GT(PowerAtStep(0.9999999, late), 0.5f);
}

TEST(Decay, CorrectedRateByHand) {
  // sqrt(1 - 0.75) / (1 - 0.5) = 1, then sqrt(1 - 0.5625) / 0.75.
  EXPECT_EQ(CorrectedRate(0.5, 0.75, {3, 0}, G::kKeras), 3.0f);
  EXPECT_FLOAT_EQ(CorrectedRate(0.5, 0.75, {3, 1}, G::kKeras), 3 * 0.88191710f);
  EXPECT_EQ(CorrectedRate(0.9, 0.999, {3, 1000000}, G::kKeras), 3.0f);
}

}  // namespace
}  // namespace rowhouse::kernels
