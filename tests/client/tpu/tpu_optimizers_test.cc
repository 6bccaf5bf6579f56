#include "rowhouse/tpu_optimizers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>

#include "tests/testing/status_matchers.h"

namespace rowhouse {
namespace {

using ::testing::HasSubstr;

auto InvalidWith(const std::string& text) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text));
}

OptimizerSpec SpecOf(const TpuOptimizer& optimizer) {
  const auto rules = TableRulesOf(optimizer);
  EXPECT_TRUE(rules.ok()) << rules.status();
  return rules.ok() ? rules->optimizer : OptimizerSpec();
}

TEST(TableRulesOf, DefaultsAreTensorFlows) {
  EXPECT_EQ(SpecOf(TpuSgd{}), OptimizerSpec(SgdSpec{.learning_rate = 0.01f}));
  EXPECT_EQ(SpecOf(TpuAdagrad{}),
            OptimizerSpec(AdagradSpec{.learning_rate = 0.001f,
                                      .initial_accumulator = 0.1f,
                                      .epsilon = 0.0f,
                                      .generation = Generation::kTpu}));
  EXPECT_EQ(SpecOf(TpuAdagradMomentum{}),
            OptimizerSpec(AdagradMomentumSpec{.learning_rate = 0.001f,
                                              .momentum = 0.0f,
                                              .nesterov = false,
                                              .exponent = 2.0f,
                                              .beta_2 = 1.0,
                                              .epsilon = 1e-10f}));
  EXPECT_EQ(SpecOf(TpuFtrl{}),
            OptimizerSpec(FtrlSpec{.learning_rate = 0.001f,
                                   .learning_rate_power = -0.5f,
                                   .initial_accumulator = 0.1f,
                                   .generation = Generation::kTpu}));
  EXPECT_EQ(SpecOf(TpuAdam{}),
            OptimizerSpec(AdamSpec{.generation = Generation::kTpu,
                                   .learning_rate = 0.001f,
                                   .beta_1 = 0.9,
                                   .beta_2 = 0.999,
                                   .epsilon = 1e-7f,
                                   .lazy = true,
                                   .sum_inside_sqrt = true}));
  const auto rules = TableRulesOf(TpuSgd{});
  ASSERT_TRUE(rules.ok()) << rules.status();
  EXPECT_EQ(rules->update, UpdateSpec());
  EXPECT_FALSE(rules->learning_rate);
}

TEST(TableRulesOf, CarriesEveryArgument) {
  EXPECT_EQ(
      SpecOf(TpuAdagradMomentum{.learning_rate = 1.0f,
                                .momentum = 2.0f,
                                .use_nesterov = true,
                                .exponent = 3.0f,
                                .beta2 = 4.0,
                                .epsilon = 5.0f}),
      OptimizerSpec(AdagradMomentumSpec{1.0f, 2.0f, true, 3.0f, 4.0, 5.0f}));
  EXPECT_EQ(SpecOf(TpuFtrl{.learning_rate = 1.0f,
                           .learning_rate_power = 2.0f,
                           .l1_regularization_strength = -3.0f,
                           .l2_regularization_strength = 4.0f,
                           .beta = 5.0f,
                           .initial_accumulator_value = 6.0f,
                           .multiply_linear_by_learning_rate = true}),
            OptimizerSpec(FtrlSpec{.learning_rate = 1.0f,
                                   .learning_rate_power = 2.0f,
                                   .initial_accumulator = 6.0f,
                                   .l1 = -3.0f,
                                   .l2 = 4.0f,
                                   .beta = 5.0f,
                                   .multiply_linear_by_learning_rate = true,
                                   .generation = Generation::kTpu}));
  const auto adam =
      std::get<AdamSpec>(SpecOf(TpuAdam{.learning_rate = 1.0f,
                                        .beta_1 = 0.0,
                                        .beta_2 = 0.25,
                                        .epsilon = 2.0f,
                                        .lazy_adam = false,
                                        .sum_inside_sqrt = false}));
  EXPECT_EQ(adam.beta_1, 0.0);
  EXPECT_EQ(adam.beta_2, 0.25);
  EXPECT_EQ(adam.epsilon, 2.0f);
  EXPECT_FALSE(adam.lazy);
  EXPECT_FALSE(adam.sum_inside_sqrt);
}

TEST(TableRulesOf, SaysLimitsAndDecay) {
  const auto update = [](TpuUpdateOptions options) {
    const auto rules = TableRulesOf(TpuAdagrad{.options = std::move(options)});
    EXPECT_TRUE(rules.ok()) << rules.status();
    return rules.ok() ? rules->update : UpdateSpec();
  };
  EXPECT_EQ(update({.clip_weight_max = 0.0f}).weight_limits,
            (ValueLimits{.max = 0.0f}));
  EXPECT_EQ(
      update({.clip_weight_min = -1.0f, .clip_weight_max = 2.0f}).weight_limits,
      (ValueLimits{-1.0f, 2.0f}));
  EXPECT_EQ(update({.clipvalue = ValueLimits{.min = -0.5f}}).gradient_limits,
            (ValueLimits{.min = -0.5f}));
  EXPECT_EQ(update({.weight_decay_factor = 0.25f}).weight_decay,
            (WeightDecay{DecayedRows::kTouchedRows, 0.25f,
                         /*multiply_by_learning_rate=*/false}));
  EXPECT_TRUE(update({.weight_decay_factor = 0.25f,
                      .multiply_weight_decay_factor_by_learning_rate = true})
                  .weight_decay.multiply_by_learning_rate);
  // The flag alone decays nothing.
  EXPECT_EQ(update({.weight_decay_factor = 0.0f,
                    .multiply_weight_decay_factor_by_learning_rate = true})
                .weight_decay,
            WeightDecay());
}

TEST(TableRulesOf, ARateMayBeAFunction) {
  const auto rules = TableRulesOf(
      TpuSgd{.learning_rate = std::function<float()>([] { return 0.75f; })});
  ASSERT_TRUE(rules.ok()) << rules.status();
  ASSERT_TRUE(rules->learning_rate);
  EXPECT_EQ(rules->learning_rate(), 0.75f);
  // A push that does not ask it trains nothing.
  EXPECT_EQ(LearningRate(rules->optimizer), 0.0f);
  EXPECT_THAT(TableRulesOf(TpuSgd{.learning_rate = std::function<float()>()}),
              InvalidWith("learning_rate is an empty function"));
}

TEST(TableRulesOf, RefusesWhatTensorFlowRefuses) {
  const auto error = [](const TpuOptimizer& optimizer) {
    return TableRulesOf(optimizer).status();
  };
  EXPECT_THAT(error(TpuAdagrad{.initial_accumulator_value = 0.0f}),
              InvalidWith("initial_accumulator"));
  EXPECT_THAT(error(TpuFtrl{.initial_accumulator_value = 0.0f,
                            .allow_zero_accumulator = true}),
              InvalidWith("initial_accumulator"));
  EXPECT_THAT(error(TpuAdagradMomentum{.exponent = 0.0f}),
              InvalidWith("exponent"));
  EXPECT_THAT(error(TpuAdagradMomentum{.epsilon = -1.0f}),
              InvalidWith("epsilon"));
  EXPECT_THAT(error(TpuAdam{.beta_1 = 1.0}), InvalidWith("beta_1"));
  EXPECT_THAT(error(TpuAdam{.beta_2 = -0.1}), InvalidWith("beta_2"));
  EXPECT_THAT(error(TpuAdam{.epsilon = 0.0f}), InvalidWith("epsilon"));
  EXPECT_THAT(error(TpuAdam{.lazy_adam = false,
                            .options = {.use_gradient_accumulation = false}}),
              InvalidWith("lazy_adam and use_gradient_accumulation"));
  ROWHOUSE_EXPECT_OK(
      error(TpuAdam{.options = {.use_gradient_accumulation = false}}));
  // Limits without a side are limits all the same.
  EXPECT_THAT(error(TpuSgd{.options = {.use_gradient_accumulation = false,
                                       .clipvalue = ValueLimits{}}}),
              InvalidWith("clipvalue is set"));
  EXPECT_THAT(
      error(TpuSgd{.options = {.clip_weight_min =
                                   std::numeric_limits<float>::quiet_NaN()}}),
      InvalidWith("weight_limits"));
}

}  // namespace
}  // namespace rowhouse
