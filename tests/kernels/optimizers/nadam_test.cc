#include "kernels/optimizers/nadam.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernels/optimizers/recorded_steps.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using G = Generation;

TEST(Nadam, KerasByHand) {
  const NadamSpec spec{G::kKeras, 1, 0.5, 0.75, 0, 0};
  std::vector<float> row = NewRow(spec, {2});
  // M_1 = 0.5 * (1 - 0.48) = 0.26, M_2 = 0.5 * (1 - 0.4608) = 0.2696, m = 2,
  // v = 4, v / (1 - 0.75) = 16, w = 2 - (0.74 * 4 / 0.74 + 0.2696 * 2 /
  // (1 - 0.26 * 0.2696)) / 4 = 2 - (4 + 0.5798448) / 4.
  Step(spec, {4}, row, 0);
  EXPECT_THAT(row, ElementsAre(FloatEq(0.85503880f), 2, 4));
  // M_3 = 0.5 * (1 - 0.442368) = 0.278816, P = 0.26 * 0.2696 = 0.070096, m = 1,
  // v = 3, root = sqrt(3 / 0.4375) = 2.6186147; w -= 0.278816 / (1 - 0.070096 *
  // 0.278816) / root = 0.2843737 / 2.6186147.
  Miss(spec, 1, row, 1);
  EXPECT_THAT(row, ElementsAre(FloatEq(0.74644183f), 1, 3));
}

TEST(Nadam, LegacyByHand) {
  const NadamSpec spec{G::kKerasLegacy, 1, 0.5, 0.75, 0, 1};
  std::vector<float> row = NewRow(spec, {2});
  Step(spec, {4}, row, 0);  // a decay of 1 is Keras's
  EXPECT_THAT(row, ElementsAre(FloatEq(0.85503880f), 2, 4));
  Miss(spec, 1, row, 1);  // the weight rests, its slots do not
  EXPECT_THAT(row, ElementsAre(FloatEq(0.85503880f), 1, 3));
}

}  // namespace
}  // namespace rowhouse::kernels
