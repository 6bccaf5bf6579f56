#include "rowhouse/update.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "tests/testing/status_matchers.h"

namespace rowhouse {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

auto Refused(const std::string& message) {
  return StatusIs(absl::StatusCode::kInvalidArgument, message);
}

TEST(ValidateUpdate, AcceptsDefaultsOfEachPart) {
  UpdateSpec update;
  ROWHOUSE_EXPECT_OK(Validate(update));
  update.moving_average = MovingAverage{};
  for (const ConstraintSpec& constraint :
       {ConstraintSpec(MaxNorm{}), ConstraintSpec(NonNeg{}),
        ConstraintSpec(UnitNorm{}), ConstraintSpec(MinMaxNorm{})}) {
    update.constraint = constraint;
    ROWHOUSE_EXPECT_OK(Validate(update));
  }
}

TEST(ValidateUpdate, ChecksTheSchedule) {
  EXPECT_THAT(Validate(UpdateSpec{.schedule = CosineDecay{.alpha = kNan}}),
              Refused("cosine_decay alpha nan is not finite"));
}

TEST(ValidateUpdate, Clipping) {
  using Clipping = GradientClipping;
  const auto check = [](Generation generation, Clipping clipping) {
    clipping.generation = generation;
    return Validate(UpdateSpec{.clipping = clipping});
  };
  for (const Generation generation :
       {Generation::kKeras, Generation::kKerasLegacy}) {
    EXPECT_THAT(check(generation, {.clipnorm = 1.0f, .global_clipnorm = 2.0f}),
                Refused("update.clipping.clipnorm 1 stands beside a "
                        "global_clipnorm; only one may be set"));
    EXPECT_THAT(check(generation, {.clipvalue = kNan}),
                Refused("update.clipping.clipvalue nan is no number"));
    ROWHOUSE_EXPECT_OK(
        check(generation, {.clipvalue = 0.0f, .clipnorm = kInfinity}));
  }
  // Not above 0 is off in Keras, an error in the legacy one.
  ROWHOUSE_EXPECT_OK(check(Generation::kKeras, {.clipnorm = -1.0f}));
  EXPECT_THAT(check(Generation::kKerasLegacy, {.clipvalue = -0.5f}),
              Refused("update.clipping.clipvalue -0.5 is not >= 0"));
  EXPECT_THAT(check(Generation::kKerasLegacy, {.global_clipnorm = -2.0f}),
              Refused("update.clipping.global_clipnorm -2 is not >= 0"));
  EXPECT_THAT(check(Generation::kTf1, {}),
              Refused("update.clipping.generation 'tf1' is neither 'keras' nor "
                      "'keras_legacy'"));
}

TEST(ValidateUpdate, NormsBesideARegularizerAreRefused) {
  EXPECT_THAT(Validate(UpdateSpec{.clipping = {.clipnorm = 1.0f},
                                  .regularizer = {.l2 = 0.1f}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       ::testing::HasSubstr("a norm beside a regularizer")));
  ROWHOUSE_EXPECT_OK(Validate(UpdateSpec{.clipping = {.clipvalue = 1.0f},
                                         .regularizer = {.l2 = -0.1f}}));
}

TEST(ValidateUpdate, Numbers) {
  EXPECT_THAT(Validate(UpdateSpec{.regularizer = {.l1 = kInfinity}}),
              Refused("update.regularizer.l1 inf is not finite"));
  EXPECT_THAT(Validate(UpdateSpec{.regularizer = {.l2 = kNan}}),
              Refused("update.regularizer.l2 nan is not finite"));
  EXPECT_THAT(Validate(UpdateSpec{.weight_decay = {.factor = kNan}}),
              Refused("update.weight_decay.factor nan is not finite"));
  EXPECT_THAT(Validate(UpdateSpec{.constraint = MaxNorm{kNan}}),
              Refused("update.constraint.max_value nan is not finite"));
  EXPECT_THAT(Validate(UpdateSpec{.constraint = MinMaxNorm{.rate = kInfinity}}),
              Refused("update.constraint.rate inf is not finite"));
}

TEST(ValidateUpdate, Limits) {
  EXPECT_THAT(Validate(UpdateSpec{.gradient_limits = {.min = 1, .max = -1}}),
              Refused("update.gradient_limits.min 1 is above max -1"));
  EXPECT_THAT(Validate(UpdateSpec{.weight_limits = {.max = kNan}}),
              Refused("update.weight_limits nan is no number"));
  ROWHOUSE_EXPECT_OK(
      Validate(UpdateSpec{.weight_limits = {.min = 0, .max = 0}}));
}

TEST(ValidateUpdate, MovingAverage) {
  for (const float momentum : {-0.5f, 1.5f, kNan}) {
    EXPECT_THAT(Validate(UpdateSpec{.moving_average = MovingAverage{momentum}}),
                Refused(absl::StrCat("update.moving_average.momentum ",
                                     momentum, " is not in [0, 1]")));
  }
}

}  // namespace
}  // namespace rowhouse
