#include "kernels/optimizers/optimizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "tests/kernels/optimizers/recorded_steps.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::Pointwise;

TEST(InitialSlots, AreThoseOfTheSpec) {
  EXPECT_THAT(NewRow(SgdSpec{}, {1, 2}), ElementsAre(1, 2));
  EXPECT_THAT(NewRow(AdagradSpec{.initial_accumulator = 0.5f}, {1, 2}),
              ElementsAre(1, 2, 0.5f, 0.5f));
  EXPECT_THAT(NewRow(FtrlSpec{.initial_accumulator = 0.25f}, {1, 2}),
              ElementsAre(1, 2, 0.25f, 0.25f, 0, 0));
}

TEST(ApplyGradients, StepsEachRowByItsOwnGradient) {
  std::vector<float> a = {1, 2}, b = {3, 4}, untouched = {5, 6};
  const float ga[] = {1, 0}, gb[] = {0, 10};
  ApplyGradients(SgdSpec{.learning_rate = 0.5f}, 2, {a.data(), b.data()},
                 {ga, gb});
  EXPECT_THAT(a, ElementsAre(0.5f, 2));
  EXPECT_THAT(b, ElementsAre(3, -1));
  EXPECT_THAT(untouched, ElementsAre(5, 6));
}

TEST(ApplyGradients, NoRowsAreFine) {
  for (const OptimizerSpec& spec :
       {OptimizerSpec(SgdSpec{}), OptimizerSpec(AdagradSpec{}),
        OptimizerSpec(FtrlSpec{})}) {
    ApplyGradients(spec, 4, {}, {});
  }
}

// TensorFlow lets a NaN spread, weight by weight; so does a table whose policy
// is PROPAGATE.
TEST(ApplyGradients, NanSpreadsToItsColumnOnly) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  for (const OptimizerSpec& spec :
       {OptimizerSpec(SgdSpec{}), OptimizerSpec(AdagradSpec{}),
        OptimizerSpec(FtrlSpec{.l1 = 1})}) {
    SCOPED_TRACE(OptimizerName(spec));
    std::vector<float> bad = NewRow(spec, {1, 2, 3});
    std::vector<float> good = bad;
    Step(spec, {1, kNan, 1}, bad);
    Step(spec, {1, 1, 1}, good);
    for (std::size_t i = 0; i < bad.size(); ++i) {
      if (i % 3 == 1) {
        EXPECT_NE(bad[i], bad[i]) << i;
      } else {
        EXPECT_EQ(bad[i], good[i]) << i;
      }
    }
  }
}

}  // namespace
}  // namespace rowhouse::kernels
