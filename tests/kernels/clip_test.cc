#include "kernels/clip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace rowhouse::kernels {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsNan;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Two variables, the first in two pieces of norm 5 and 12, together 13; the
// second of norm 84, all of them 85.
class ClipTest : public ::testing::Test {
 protected:
  void Clip(const GradientClipping& clipping) {
    const std::vector<GradientPieces> variables = {
        {absl::MakeSpan(a_), absl::MakeSpan(b_)}, {absl::MakeSpan(c_)}};
    ClipGradients(clipping, variables);
  }
  std::vector<float> a_ = {3, -4};
  std::vector<float> b_ = {12};
  std::vector<float> c_ = {84, 0, 0};
};

TEST_F(ClipTest, NothingSetChangesNothing) {
  EXPECT_FALSE(Clips({}));
  Clip({});
  EXPECT_THAT(a_, ElementsAre(3, -4));
}

TEST_F(ClipTest, ValuesOneByOne) {
  Clip({.clipvalue = 3.5f});
  EXPECT_THAT(a_, ElementsAre(3, -3.5f));
  EXPECT_THAT(b_, ElementsAre(3.5f));
  EXPECT_THAT(c_, ElementsAre(3.5f, 0, 0));
}

TEST_F(ClipTest, TheNormOfAVariableIsThatOfAllItsPieces) {
  Clip({.clipnorm = 26.0f});
  EXPECT_THAT(a_, ElementsAre(3, -4));
  EXPECT_THAT(c_, ElementsAre(26, 0, 0));
  Clip({.clipnorm = 6.5f});
  EXPECT_THAT(a_, ElementsAre(1.5f, -2));
  EXPECT_THAT(b_, ElementsAre(6));
}

TEST_F(ClipTest, TheGlobalNormIsThatOfAllVariables) {
  Clip({.global_clipnorm = 170.0f});
  EXPECT_THAT(c_, ElementsAre(84, 0, 0));
  Clip({.global_clipnorm = 42.5f});
  EXPECT_THAT(a_, ElementsAre(1.5f, -2));
  EXPECT_THAT(b_, ElementsAre(6));
  EXPECT_THAT(c_, ElementsAre(42, 0, 0));
}

TEST_F(ClipTest, AGlobalNormThatIsNotFiniteMakesNanEverywhere) {
  c_[1] = kInfinity;
  Clip({.global_clipnorm = 1.0f});
  EXPECT_THAT(a_, Each(IsNan()));
  EXPECT_THAT(c_, Each(IsNan()));
}

TEST_F(ClipTest, ANanValueStaysOne) {
  c_[1] = kNan;
  Clip({.clipvalue = 1.0f});
  EXPECT_THAT(c_, ElementsAre(1, IsNan(), 0));
}

TEST_F(ClipTest, SquaresBeyondFloatMakeAnInfiniteNorm) {
  c_[0] = 1e30f;
  Clip({.clipnorm = 1.0f});
  EXPECT_THAT(c_, ElementsAre(0, 0, 0));
}

// Keras since 2.11: the first that is above 0 acts.
TEST_F(ClipTest, OnlyOneActsInTheNewGeneration) {
  Clip({.clipvalue = 1.0f, .clipnorm = 6.5f});
  EXPECT_THAT(a_, ElementsAre(1.5f, -2));
  Clip({.clipvalue = 1.0f, .clipnorm = 0.0f, .global_clipnorm = -1.0f});
  EXPECT_THAT(a_, ElementsAre(1, -1));
  Clip({.clipvalue = 0.0f});
  EXPECT_THAT(a_, ElementsAre(1, -1));
  EXPECT_FALSE(Clips({.clipvalue = 0.0f, .clipnorm = -1.0f}));
  EXPECT_TRUE(Clips({.global_clipnorm = 1.0f}));
}

TEST_F(ClipTest, EachActsInTheLegacyGeneration) {
  c_ = {0, 0, 0};
  Clip({.generation = Generation::kKerasLegacy,
        .clipvalue = 4.0f,
        .global_clipnorm = 2.0f});
  // (3, -4), (4): norm sqrt(41).
  EXPECT_THAT(a_, ElementsAre(::testing::FloatNear(0.937043f, 1e-6f),
                              ::testing::FloatNear(-1.249390f, 1e-6f)));
  Clip({.generation = Generation::kKerasLegacy, .clipvalue = 0.0f});
  EXPECT_THAT(a_, Each(0.0f));
  EXPECT_TRUE(
      Clips({.generation = Generation::kKerasLegacy, .clipvalue = 0.0f}));
}

TEST_F(ClipTest, NoSlicesHaveNoNorm) {
  a_.clear();
  b_.clear();
  Clip({.clipnorm = 1.0f});
  EXPECT_THAT(c_, ElementsAre(1, 0, 0));
}

}  // namespace
}  // namespace rowhouse::kernels
