#include "kernels/optimizers/ftrl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/kernels/optimizers/recorded_steps.h"
#include "tests/kernels/optimizers/reference.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;

TEST(Ftrl, TwoStepsByHand) {
  const FtrlSpec spec{
      .learning_rate = 0.5f, .initial_accumulator = 9, .l1 = 1, .l2 = 0.25f};
  std::vector<float> row = NewRow(spec, {2});
  // A 9 -> 25, sigma = (5 - 3) / 0.5 = 4, z = 4 - 4 * 2 = -4,
  // w = (-1 + 4) / (5 / 0.5 + 2 * 0.25) = 3 / 10.5.
  Step(spec, {4}, row);
  EXPECT_THAT(row, ElementsAre(FloatEq(3 / 10.5f), 25, -4));
  // A 25 -> 169, sigma = 16, z = -4 + 12 - 16 * 3 / 10.5 = 24 / 7,
  // w = (1 - 24 / 7) / (26 + 0.5).
  Step(spec, {12}, row);
  EXPECT_THAT(
      row, ElementsAre(FloatEq(-17 / 7.0f / 26.5f), 169, FloatEq(24 / 7.0f)));
}

TEST(Ftrl, BetaAndShrinkageByHand) {
  const FtrlSpec spec{.learning_rate = 0.5f,
                      .initial_accumulator = 9,
                      .l1 = 1,
                      .l2 = 0.25f,
                      .l2_shrinkage = 0.5f,
                      .beta = 2};
  std::vector<float> row = NewRow(spec, {2});
  // l2' = 0.25 + 2 / (2 * 0.5) = 2.25; the gradient becomes 4 + 2 * 0.5 * 2 =
  // 6, but A grows by 4^2: z = 6 - 4 * 2 = -2, w = (-1 + 2) / (10 + 4.5).
  Step(spec, {4}, row);
  EXPECT_THAT(row, ElementsAre(FloatEq(1 / 14.5f), 25, -2));
}

TEST(Ftrl, SmallLinearBecomesZero) {
  const FtrlSpec spec{.learning_rate = 0.5f, .initial_accumulator = 9, .l1 = 4};
  std::vector<float> row = NewRow(spec, {2});
  Step(spec, {4}, row);  // z = -4, at the bound
  EXPECT_EQ(Bits(row), Bits({0.0f, 25.0f, -4.0f}));
}

TEST(Ftrl, AnotherPowerByHand) {
  const FtrlSpec spec{.learning_rate = 0.5f,
                      .learning_rate_power = -1,
                      .initial_accumulator = 9};
  std::vector<float> row = NewRow(spec, {0.125f});
  // sigma = (25 - 9) / 0.5 = 32, z = 4 - 32 / 8 = 0; then A 25 -> 26,
  // sigma = 2 on w = 0, z = 1, w = -1 / 52.
  Step(spec, {4}, row);
  EXPECT_THAT(row, ElementsAre(0, 25, 0));
  Step(spec, {1}, row);
  EXPECT_THAT(row, ElementsAre(FloatEq(-1 / 52.0f), 26, 1));
}

TEST(Ftrl, EqualsItsFormulaToTheBit) {
  for (const FtrlSpec& spec :
       {FtrlSpec{.learning_rate = 0.02f, .l1 = 1, .l2 = 1},
        FtrlSpec{.learning_rate = 0.1f},
        FtrlSpec{.learning_rate = 0.3f,
        .l1 = 0.5f,
        .l2 = 0.1f,
        .l2_shrinkage = 0.07f,
        .beta = 0.9f}}) {
    const float l2 = spec.l2 + spec.beta / (2 * spec.learning_rate);
    ExpectReferenceBits(spec, [&](float g, float* value, const StepTerms&) {
      float& w = value[0];
      float& a = value[1];
      float& z = value[2];
      const float square = g * g;
      const float after = a + square;
      const float decay = 2 * spec.l2_shrinkage * w;
      const float shrunk = g + decay;
      const float sigma =
          (std::sqrt(after) - std::sqrt(a)) / spec.learning_rate;
      const float pull = sigma * w;
      z = (z + shrunk) - pull;
      const float clamped =
          std::fabs(z) > spec.l1 ? std::copysign(spec.l1, z) : z;
      w = (clamped - z) / (std::sqrt(after) / spec.learning_rate + 2 * l2);
      a = after;
    });
  }
}

// tf.compat.v1.train.FtrlOptimizer, the second step repeated.
TEST(Ftrl, RecordedTensorFlowDefaults) {
  ExpectRecorded(FtrlSpec{.learning_rate = 0.1f}, {-0.153f, -0.649f},
                 {
                     {{{-0.505f, 0.094f}},
                      {0.012955443f, -0.05539577f, 0.355025f, 0.108836f,
                       -0.07719368f, 0.18275231f}},
                     {{{-0.979f, 0.905f}, {-0.206f, 0.546f}},
                      {0.10229723f, -0.15290716f, 1.7592499f, 2.214237f,
                       -1.3568368f, 2.2753065f}},
                     {{{0.448f, 0.584f}},
                      {0.070296854f, -0.18944077f, 1.9599539f, 2.555293f,
                       -0.98414433f, 3.0282645f}},
                     {{{0.353f, -0.081f}},
                      {0.04584751f, -0.1843801f, 2.0845628f, 2.5618541f,
                       -0.661947f, 2.9511497f}},
                 });
}

TEST(Ftrl, RecordedTensorFlowBeta) {
  ExpectRecorded(
      FtrlSpec{.learning_rate = 0.1f, .l1 = 0.05f, .beta = 0.5f}, {0.136f},
      {
          {{{-0.552f}, {0.328f}, {0.041f}, {-0.039f}, {-0.969f}},
           {0.13778554f, 1.518481f, -2.4368129f}},
          {{{-0.605f}, {0.511f}, {-0.86f}},
           {0.18413231f, 2.4285972f, -3.8401716f}},
          {{{0.926f}, {0.153f}}, {0.13908912f, 3.5928383f, -3.3818495f}},
          {{{0.306f}, {0.564f}, {-0.206f}},
           {0.112618215f, 4.0337343f, -2.8749332f}},
      });
}

TEST(Ftrl, RecordedTensorFlowL1AndL2) {
  ExpectRecorded(
      FtrlSpec{.learning_rate = 0.2f, .l1 = 0.1f, .l2 = 0.2f},
      {0.603f, -0.259f, 0.177f, 0.226f, 0.645f},
      {{{{-0.399f, -0.404f, 0.391f, -0.223f, 0.738f}},
        {0.29894307f, 0.016565531f, -0.043172088f, 0.08691079f, 0.16570647f,
         0.259201f, 0.26321602f, 0.252881f, 0.149729f, 0.64464396f, -0.9805635f,
         -0.1491206f, 0.22581919f, -0.30291423f, -0.83150893f}}});
}

// tf.keras.optimizers.legacy.Ftrl.
TEST(Ftrl, RecordedKerasLegacyShrinkage) {
  ExpectRecorded(FtrlSpec{.learning_rate = 0.1f, .l2_shrinkage = 0.1f},
                 {-0.013f, 0.7f},
                 {
                     {{{0.086f, 0.771f}},
                      {-0.025904695f, 0.32504776f, 0.107396f, 0.6944411f,
                       0.08489312f, -2.7087247f}},
                     {{{-0.833f, -0.704f}},
                      {0.06773162f, 0.38362256f, 0.801285f, 1.190057f,
                       -0.60629636f, -4.184928f}},
                     {{{0.005f, 0.275f}},
                      {0.06565978f, 0.35235882f, 0.80131f, 1.265682f,
                       -0.5877595f, -3.9641259f}},
                 });
}

TEST(Ftrl, RecordedKerasLegacyPower) {
  ExpectRecorded(
      FtrlSpec{.learning_rate = 0.1f,
               .learning_rate_power = -0.7f,
               .initial_accumulator = 0.2f},
      {0.317f, 0.622f, -0.929f, -0.182f, 0.015f},
      {
          {{{-0.821f, 0.521f, -0.275f, 0.162f, 0.502f}},
           {0.29430974f, 0.19252495f, -0.11903111f, -0.060896236f, -0.08099578f,
            0.87404096f, 0.47144103f, 0.275625f, 0.226244f, 0.45200396f,
            -2.6784086f, -1.1373292f, 0.48292926f, 0.2151763f, 0.46458158f}},
          {{{-0.914f, -0.264f, 0.455f, -0.355f, 0.769f}},
           {0.3571082f, 0.23310277f, -0.19479614f, 0.012795069f, -0.15564427f,
            1.7094369f, 0.54113704f, 0.48264998f, 0.352269f, 1.043365f,
            -5.19753f, -1.5165703f, 1.1698306f, -0.061638877f, 1.6033875f}},
          {{{0.406f, 0.22f, -0.114f, -0.684f, 0.679f}},
           {0.3309539f, 0.20125605f, -0.17616305f, 0.09138016f, -0.20666121f,
            1.8742728f, 0.589537f, 0.49564597f, 0.820125f, 1.504406f,
            -5.1374836f, -1.3902942f, 1.0777919f, -0.7953676f, 2.7505178f}},
      });
}

// A power of 0 is a constant rate, an accumulator of 0 is legal: both are
// corners that TensorFlow accepts.
TEST(Ftrl, RecordedTensorFlowCorners) {
  ExpectRecorded(
      FtrlSpec{.learning_rate = 0.1f, .learning_rate_power = 0},
      {-0.187f, -0.784f},
      {
          {{{0.667f, -0.301f}, {0.479f, -0.672f}},
           {-0.1146f, 0.0973f, 1.4133161f, 1.046729f, 1.146f, -0.973f}},
          {{{0.805f, -0.124f}},
           {-0.1951f, 0.1097f, 2.0613413f, 1.062105f, 1.951f, -1.097f}},
      });
  ExpectRecorded(
      FtrlSpec{.learning_rate = 0.1f, .initial_accumulator = 0},
      {0.38f, -0.851f},
      {
          {{{-0.763f, -0.522f}, {-0.371f, -0.53f}},
           {0.48f, -0.751f, 1.2859561f, 1.1067041f, -5.4432f, 7.9005203f}},
          {{{-0.308f, 0.753f}},
           {0.5062109f, -0.8092042f, 1.3808202f, 1.6737132f, -5.9483986f,
            10.4688425f}},
      });
}

TEST(Ftrl, LinearInUnitsOfTheRateByHand) {
  const FtrlSpec spec{.learning_rate = 0.5f,
                      .initial_accumulator = 9,
                      .l1 = 1,
                      .l2 = 0.25f,
                      .multiply_linear_by_learning_rate = true};
  std::vector<float> row = NewRow(spec, {2});
  // z = 0.5 * 4 - (5 - 3) * 2 = -2, w = (-0.5 + 2) / (5 + 2 * 0.5 * 0.25).
  Step(spec, {4}, row);
  EXPECT_THAT(row, ElementsAre(FloatEq(1.5f / 5.25f), 25, -2));
}

TEST(Ftrl, InKerasARowGoesOnWithoutAGradient) {
  FtrlSpec spec{.learning_rate = 0.5f, .initial_accumulator = 9};
  std::vector<float> row = {2, 9, -4};
  Miss(spec, 1, row);
  EXPECT_THAT(row, ElementsAre(2, 9, -4));
  spec.generation = Generation::kKeras;
  Miss(spec, 1, row);  // w = 4 / (3 / 0.5)
  EXPECT_THAT(row, ElementsAre(FloatEq(2 / 3.0f), 9, -4));
  spec.l2_shrinkage = 0.75f;
  Miss(spec, 1, row);  // z = -4 + 2 * 0.75 * 2 / 3
  EXPECT_THAT(row, ElementsAre(FloatEq(0.5f), 9, FloatEq(-3)));
}

}  // namespace
}  // namespace rowhouse::kernels
