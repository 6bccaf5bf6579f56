#include "kernels/optimizers/adadelta.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/kernels/optimizers/recorded_steps.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using G = Generation;

TEST(Adadelta, TwoStepsByHand) {
  for (const G generation : {G::kTf1, G::kKerasLegacy, G::kKeras}) {
    const AdadeltaSpec spec{generation, 0.75f, 0.75, 0.5f};
    std::vector<float> row = NewRow(spec, {2});
    // a = 4, d = sqrt(0.5) / sqrt(4.5) * 4 = 4 / 3, u = 0.25 * d^2 = 4 / 9.
    Step(spec, {4}, row);
    EXPECT_THAT(row, ElementsAre(FloatEq(1), 4, FloatEq(4 / 9.0f)));
    // a = 3 + 0.25 * 2 = 3.5, d^2 = (4/9 + 1/2) / 4 * 2 = 17 / 36.
    Step(spec, {std::sqrt(2.0f)}, row);
    EXPECT_THAT(row,
                ElementsAre(FloatEq(1 - 0.75f * std::sqrt(17 / 36.0f)),
                            FloatEq(3.5f), FloatEq(1 / 3.0f + 17 / 144.0f)));
  }
}

TEST(Adadelta, InKerasTheSlotsOfEveryRowDecay) {
  AdadeltaSpec spec{G::kKeras, 0.75f, 0.75, 0.5f};
  std::vector<float> row = {1, 4, 8};
  Miss(spec, 1, row);
  EXPECT_THAT(row, ElementsAre(1, 3, 6));
  for (const G generation : {G::kTf1, G::kKerasLegacy}) {
    spec.generation = generation;
    Miss(spec, 1, row);
    EXPECT_THAT(row, ElementsAre(1, 3, 6));
  }
}

}  // namespace
}  // namespace rowhouse::kernels
