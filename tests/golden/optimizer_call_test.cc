#include "tests/golden/optimizer_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/testing/status_matchers.h"

namespace rowhouse::golden {
namespace {

using ::testing::HasSubstr;
using G = Generation;

absl::StatusOr<OptimizerCall> Read(const std::string& family,
                                   const std::string& name,
                                   const std::string& arguments) {
  return ReadOptimizerCall({{"family", family},
                            {"name", name},
                            {"arguments", Json::parse(arguments)}});
}

OptimizerSpec SpecOf(const std::string& family, const std::string& name,
                     const std::string& arguments) {
  const auto call = Read(family, name, arguments);
  ROWHOUSE_EXPECT_OK(call.status());
  return call.ok() ? call->optimizer : OptimizerSpec();
}

auto Refused(const std::string& message) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message));
}

TEST(OptimizerCall, DefaultsAreThoseOfTheFamily) {
  EXPECT_EQ(SpecOf("tf1", "AdamOptimizer", "{}"),
            OptimizerSpec(AdamSpec{.generation = G::kTf1, .epsilon = 1e-8f}));
  EXPECT_EQ(SpecOf("keras_legacy", "Adagrad", "{}"),
            OptimizerSpec(
                AdagradSpec{.epsilon = 1e-7f, .generation = G::kKerasLegacy}));
  EXPECT_EQ(
      SpecOf("keras", "SGD", "{}"),
      OptimizerSpec(MomentumSpec{.generation = G::kKeras, .momentum = 0}));
  EXPECT_EQ(SpecOf("keras_legacy", "SGD", "{}"), OptimizerSpec(SgdSpec{}));
  EXPECT_EQ(SpecOf("tpu", "Adam", "{}"),
            OptimizerSpec(AdamSpec{
                .generation = G::kTpu, .lazy = true, .sum_inside_sqrt = true}));
}

TEST(OptimizerCall, ALegacyEpsilonOf0IsTheDefault) {
  for (const char* epsilon : {"0", "0.0", "null"}) {
    EXPECT_EQ(SpecOf("keras_legacy", "Adam",
                     std::string("{\"epsilon\": ") + epsilon + "}"),
              OptimizerSpec(AdamSpec{.generation = G::kKerasLegacy}));
  }
  EXPECT_EQ(SpecOf("keras", "Adam", R"({"epsilon": 0})"),
            OptimizerSpec(AdamSpec{.epsilon = 0}));
}

TEST(OptimizerCall, ALegacyDecayIsASchedule) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const OptimizerCall call,
      Read("keras_legacy", "SGD", R"({"learning_rate": 0.5, "decay": 0.25})"));
  EXPECT_EQ(call.update.schedule,
            ScheduleSpec(InverseTimeDecay{.initial_learning_rate = 0.5f,
                                          .decay_steps = 1,
                                          .decay_rate = 0.25f}));
  EXPECT_THAT(Read("keras_legacy", "SGD", R"({"decay": -0.1})"),
              Refused("decay"));
  EXPECT_THAT(Read("keras", "SGD", R"({"decay": 0})"), Refused("decay"));
}

TEST(OptimizerCall, KerasHasWeightDecayAndAverages) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const OptimizerCall adamw,
                                Read("keras", "AdamW", "{}"));
  EXPECT_EQ(adamw.update.weight_decay,
            (WeightDecay{DecayedRows::kEveryRow, 0.004f}));
  EXPECT_THAT(Read("keras", "AdamW", R"({"weight_decay": null})"),
              Refused("weight_decay"));
  EXPECT_THAT(Read("keras_legacy", "Adam", R"({"weight_decay": 0.1})"),
              Refused("weight_decay"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const OptimizerCall average,
      Read("keras", "RMSprop", R"({"use_ema": true, "ema_momentum": 0.5})"));
  EXPECT_EQ(average.update.moving_average,
            (MovingAverage{.momentum = 0.5, .overwrite_frequency = 100}));
  for (const char* frequency : {"-1", "2.0", "\"2\""}) {
    EXPECT_THAT(
        Read("keras", "SGD",
             std::string(R"({"use_ema": true, "ema_overwrite_frequency": )") +
                 frequency + "}"),
        Refused("ema_overwrite_frequency"));
  }
  // Nobody looks at them without use_ema.
  ROWHOUSE_EXPECT_OK(
      Read("keras", "SGD",
           R"({"ema_momentum": 7, "ema_overwrite_frequency": 0})")
          .status());
}

TEST(OptimizerCall, TpuLimits) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const OptimizerCall number,
                                Read("tpu", "SGD", R"({"clipvalue": 0.5})"));
  EXPECT_EQ(number.update.gradient_limits, (ValueLimits{-0.5f, 0.5f}));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const OptimizerCall pair,
      Read("tpu", "SGD",
           R"({"clipvalue": [null, 0.5], "clip_weight_min": 0.0})"));
  EXPECT_EQ(pair.update.gradient_limits, (ValueLimits{{}, 0.5f}));
  EXPECT_EQ(pair.update.weight_limits, (ValueLimits{0.0f, {}}));
  EXPECT_THAT(Read("tpu", "Adam",
                   R"({"lazy_adam": false,
                       "use_gradient_accumulation": false})"),
              Refused("lazy_adam"));
}

TEST(OptimizerCall, WhatPythonRefuses) {
  EXPECT_THAT(Read("tf1", "GradientDescentOptimizer", "{}"),
              Refused("learning_rate"));
  EXPECT_THAT(Read("keras", "SGD", R"({"learning_rate": "fast"})"),
              Refused("learning_rate"));
  EXPECT_THAT(Read("keras", "SGD", R"({"bogus": 1})"), Refused("bogus"));
  EXPECT_THAT(Read("keras", "Sgd", "{}"), Refused("unknown optimizer 'Sgd'"));
  EXPECT_THAT(Read("tf1", "Lion", "{}"), Refused("unknown optimizer 'Lion'"));
  EXPECT_THAT(Read("tf2", "SGD", "{}"), Refused("unknown family"));
  EXPECT_THAT(Read("keras", "Adafactor", "{}"),
              StatusIs(absl::StatusCode::kUnimplemented));
}

TEST(ReadConstraint, AlongTheRowAlone) {
  const auto read = [](const std::string& name, const std::string& arguments) {
    return ReadConstraint(
        {{"name", name}, {"arguments", Json::parse(arguments)}});
  };
  EXPECT_THAT(read("MaxNorm", R"({"max_value": 0.5, "axis": 1})"),
              IsOkAndHolds(ConstraintSpec(MaxNorm{0.5f})));
  EXPECT_THAT(read("UnitNorm", R"({"axis": [-1]})"),
              IsOkAndHolds(ConstraintSpec(UnitNorm{})));
  EXPECT_THAT(read("NonNeg", "{}"), IsOkAndHolds(ConstraintSpec(NonNeg{})));
  for (const char* axis : {"{}", R"({"axis": 0})", R"({"axis": [0, 1]})"}) {
    EXPECT_THAT(read("UnitNorm", axis),
                StatusIs(absl::StatusCode::kUnimplemented));
  }
  EXPECT_THAT(read("Cube", "{}"), Refused("unknown constraint 'Cube'"));
}

}  // namespace
}  // namespace rowhouse::golden
