#include "kernels/optimizers/adamax.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernels/optimizers/recorded_steps.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using G = Generation;

TEST(Adamax, TwoStepsByHand) {
  for (const G generation : {G::kKerasLegacy, G::kKeras}) {
    const AdamaxSpec spec{generation, 1, 0.5, 0.75, 0};
    std::vector<float> row = NewRow(spec, {2});
    Step(spec, {4}, row, 0);  // m = 2, u = 4, w = 2 - 1 / 0.5 * 2 / 4
    EXPECT_THAT(row, ElementsAre(1, 2, 4));
    // m = 1 - 1 = 0, u = max(3, 2).
    Step(spec, {-2}, row, 1);
    EXPECT_THAT(row, ElementsAre(1, 0, 3));
  }
}

TEST(Adamax, InKerasARowGoesOnWithoutAGradient) {
  AdamaxSpec spec{G::kKeras, 1, 0.5, 0.75, 0};
  std::vector<float> row = {1, 2, 4};
  Miss(spec, 1, row, 1);  // m = 1, u = 3, w = 1 - 1 / 0.75 * 1 / 3
  EXPECT_THAT(row, ElementsAre(FloatEq(5 / 9.0f), 1, 3));
  spec.generation = G::kKerasLegacy;
  Miss(spec, 1, row, 2);
  EXPECT_THAT(row, ElementsAre(FloatEq(5 / 9.0f), 1, 3));
}

}  // namespace
}  // namespace rowhouse::kernels
