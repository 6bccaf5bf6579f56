#include "rowhouse/optimizers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>

#include "base/spec_fields.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

using G = Generation;

auto Refused(const std::string& message) {
  return StatusIs(absl::StatusCode::kInvalidArgument, message);
}

// Calls body(spec) with a default spec of each optimizer.
template <std::size_t kIndex = 0, typename Body>
void ForEveryOptimizer(const Body& body) {
  if constexpr (kIndex < std::variant_size_v<OptimizerSpec>) {
    const OptimizerSpec spec(std::in_place_index<kIndex>);
    SCOPED_TRACE(OptimizerName(spec));
    body(spec);
    ForEveryOptimizer<kIndex + 1>(body);
  }
}

TEST(OptimizerName, IsOneEach) {
  std::set<std::string> names;
  ForEveryOptimizer([&](const OptimizerSpec& spec) {
    EXPECT_TRUE(names.insert(std::string(OptimizerName(spec))).second);
  });
  EXPECT_EQ(OptimizerName(SgdSpec{}), "sgd");
  EXPECT_EQ(OptimizerName(FtrlSpec{}), "ftrl");
  EXPECT_EQ(OptimizerName(LambSpec{}), "lamb");
}

TEST(GenerationName, Names) {
  EXPECT_EQ(GenerationName(G::kTf1), "tf1");
  EXPECT_EQ(GenerationName(G::kKerasLegacy), "keras_legacy");
  EXPECT_EQ(GenerationName(G::kKeras), "keras");
  EXPECT_EQ(GenerationName(G::kTpu), "tpu");
  EXPECT_EQ(GenerationName(G{}), "");
}

TEST(ValidateOptimizer, AcceptsDefaults) {
  ForEveryOptimizer(
      [](const OptimizerSpec& spec) { ROWHOUSE_EXPECT_OK(Validate(spec)); });
}

// Every number of every optimizer.
TEST(ValidateOptimizer, RefusesWhatIsNotFinite) {
  for (const float bad : {kNan, kInfinity, -kInfinity}) {
    ForEveryOptimizer([&](const OptimizerSpec& start) {
      std::visit(
          [&](auto spec) {
            Fields(spec, [&](const char* key, auto& field) {
              using Field = std::decay_t<decltype(field)>;
              if constexpr (std::is_floating_point_v<Field>) {
                const Field good = std::exchange(field, bad);
                EXPECT_THAT(
                    Validate(OptimizerSpec(spec)),
                    StatusIs(absl::StatusCode::kInvalidArgument,
                             ::testing::StartsWith(absl::StrCat(
                                 OptimizerName(start), " ", key, " ", bad))));
                field = good;
              }
            });
          },
          start);
    });
  }
}

TEST(ValidateOptimizer, AnyFiniteRateIsTakenAsTensorFlowDoes) {
  ForEveryOptimizer([&](const OptimizerSpec& start) {
    std::visit(
        [&](auto spec) {
          spec.learning_rate = -1;
          if constexpr (!std::is_same_v<decltype(spec), FtrlSpec>) {
            ROWHOUSE_EXPECT_OK(Validate(OptimizerSpec(spec)));
          }
        },
        start);
  });
}

TEST(ValidateOptimizer, KnowsWhichGenerationsThereAre) {
  EXPECT_THAT(Validate(MomentumSpec{.generation = G::kTpu}),
              Refused("momentum has no generation 'tpu'"));
  EXPECT_THAT(Validate(RmsPropSpec{.generation = G::kTpu}),
              Refused("rms_prop has no generation 'tpu'"));
  EXPECT_THAT(Validate(AdadeltaSpec{.generation = G::kTpu}),
              Refused("adadelta has no generation 'tpu'"));
  EXPECT_THAT(Validate(AdamaxSpec{.generation = G::kTf1}),
              Refused("adamax has no generation 'tf1'"));
  EXPECT_THAT(Validate(NadamSpec{.generation = G::kTf1}),
              Refused("nadam has no generation 'tf1'"));
}

TEST(ValidateOptimizer, Momentum) {
  for (const G generation : {G::kKerasLegacy, G::kKeras}) {
    for (const float momentum : {-0.5f, 1.5f}) {
      EXPECT_THAT(Validate(MomentumSpec{.generation = generation,
                                        .momentum = momentum}),
                  Refused(absl::StrCat("momentum momentum ", momentum,
                                       " is not in [0, 1]")));
    }
    for (const float momentum : {0.0f, 1.0f}) {
      ROWHOUSE_EXPECT_OK(Validate(
          MomentumSpec{.generation = generation, .momentum = momentum}));
    }
  }
  ROWHOUSE_EXPECT_OK(Validate(MomentumSpec{.momentum = 1.5f}));
}

TEST(ValidateOptimizer, Adagrad) {
  EXPECT_THAT(Validate(AdagradSpec{.initial_accumulator = -0.5f}),
              Refused("adagrad initial_accumulator -0.5 is not >= 0"));
  EXPECT_THAT(Validate(AdagradSpec{.epsilon = -2}),
              Refused("adagrad epsilon -2 is not >= 0"));
  EXPECT_THAT(Validate(AdagradSpec{.initial_accumulator = 0, .epsilon = 0}),
              Refused("adagrad initial_accumulator 0 with epsilon 0 divides a "
                      "zero gradient by zero"));
  ROWHOUSE_EXPECT_OK(
      Validate(AdagradSpec{.initial_accumulator = 0, .epsilon = 1e-7f}));
  // Keras checks nothing.
  ROWHOUSE_EXPECT_OK(Validate(
      AdagradSpec{.initial_accumulator = -1, .generation = G::kKeras}));
  EXPECT_THAT(
      Validate(AdagradSpec{
          .initial_accumulator = 0, .epsilon = 1, .generation = G::kTpu}),
      Refused("adagrad initial_accumulator 0 is not > 0"));
}

TEST(ValidateOptimizer, AdagradMomentum) {
  EXPECT_THAT(Validate(AdagradMomentumSpec{.exponent = 0}),
              Refused("adagrad_momentum exponent 0 is not > 0"));
  EXPECT_THAT(Validate(AdagradMomentumSpec{.epsilon = 0}),
              Refused("adagrad_momentum epsilon 0 is not > 0"));
  ROWHOUSE_EXPECT_OK(Validate(AdagradMomentumSpec{.beta_2 = 1.5}));
}

TEST(ValidateOptimizer, RowWiseAdagrad) {
  EXPECT_THAT(Validate(RowWiseAdagradSpec{.initial_accumulator = -1}),
              Refused("row_wise_adagrad initial_accumulator -1 is not >= 0"));
  EXPECT_THAT(Validate(RowWiseAdagradSpec{.epsilon = 0}),
              Refused("row_wise_adagrad initial_accumulator 0 with epsilon 0 "
                      "divides a zero gradient by zero"));
}

TEST(ValidateOptimizer, AdamOfATpu) {
  const auto tpu = [](AdamSpec spec) {
    spec.generation = G::kTpu;
    return Validate(OptimizerSpec(spec));
  };
  ROWHOUSE_EXPECT_OK(tpu({.beta_1 = 0, .beta_2 = 0, .sum_inside_sqrt = true}));
  EXPECT_THAT(tpu({.beta_1 = 1}), Refused("adam beta_1 1 is not in [0, 1)"));
  EXPECT_THAT(tpu({.beta_2 = -0.5}),
              Refused("adam beta_2 -0.5 is not in [0, 1)"));
  EXPECT_THAT(tpu({.epsilon = 0}), Refused("adam epsilon 0 is not > 0"));
  EXPECT_THAT(tpu({.amsgrad = true}),
              Refused("adam amsgrad has no generation 'tpu'"));
  // Elsewhere nobody checks.
  ROWHOUSE_EXPECT_OK(
      Validate(AdamSpec{.beta_1 = 2, .beta_2 = -1, .epsilon = 0}));
  EXPECT_THAT(Validate(AdamSpec{.sum_inside_sqrt = true}),
              Refused("adam sum_inside_sqrt is of generation 'tpu' only"));
}

// TensorFlow's rows would all become NaN, those that nobody pushed too.
TEST(ValidateOptimizer, RefusesMomentsWhoseCorrectionIsZero) {
  const std::string why =
      " rounds to 1, so that its correction divides by zero";
  const double almost_one = 1 - 1e-9;
  EXPECT_THAT(Validate(AdamSpec{.beta_1 = almost_one}),
              Refused("adam beta_1 1" + why));
  EXPECT_THAT(Validate(AdamaxSpec{.beta_1 = 1.0}),
              Refused("adamax beta_1 1" + why));
  EXPECT_THAT(Validate(NadamSpec{.beta_2 = 1.0}),
              Refused("nadam beta_2 1" + why));
  ROWHOUSE_EXPECT_OK(Validate(AdamSpec{.beta_2 = 1.0}));
}

TEST(ValidateOptimizer, NadamsMomentaMustVanish) {
  ROWHOUSE_EXPECT_OK(Validate(NadamSpec{.beta_1 = -0.9999}));
  EXPECT_THAT(Validate(NadamSpec{.beta_1 = -1.0}),
              Refused("nadam beta_1 -1 is not in [-0.9999, 0.9999]"));
  EXPECT_THAT(Validate(NadamSpec{.generation = G::kKerasLegacy,
                                 .schedule_decay = -0.1f}),
              Refused("nadam schedule_decay -0.1 is not >= 0"));
}

TEST(ValidateOptimizer, RmsProp) {
  EXPECT_THAT(
      Validate(RmsPropSpec{.generation = G::kKerasLegacy, .momentum = 1.5f}),
      Refused("rms_prop momentum 1.5 is not in [0, 1]"));
  ROWHOUSE_EXPECT_OK(Validate(RmsPropSpec{.rho = 1.5, .momentum = 1.5f}));
}

TEST(ValidateOptimizer, Ftrl) {
  for (const G generation : {G::kTf1, G::kKerasLegacy, G::kKeras}) {
    const auto check = [&](FtrlSpec spec) {
      spec.generation = generation;
      return Validate(OptimizerSpec(spec));
    };
    EXPECT_THAT(check({.learning_rate_power = 0.5f}),
                Refused("ftrl learning_rate_power 0.5 is not <= 0"));
    EXPECT_THAT(check({.initial_accumulator = -1}),
                Refused("ftrl initial_accumulator -1 is not >= 0"));
    EXPECT_THAT(check({.l1 = -2}), Refused("ftrl l1 -2 is not >= 0"));
    EXPECT_THAT(check({.l2 = -3}), Refused("ftrl l2 -3 is not >= 0"));
    EXPECT_THAT(check({.l2_shrinkage = -4}),
                Refused("ftrl l2_shrinkage -4 is not >= 0"));
    ROWHOUSE_EXPECT_OK(
        check({.learning_rate_power = 0, .initial_accumulator = 0}));
  }
  // TensorFlow's kernel refuses these when it runs; Keras has no kernel.
  EXPECT_THAT(Validate(FtrlSpec{.learning_rate = 0}),
              Refused("ftrl learning_rate 0 is not > 0"));
  EXPECT_THAT(Validate(FtrlSpec{.beta = -5}),
              Refused("ftrl beta -5 is not >= 0"));
  ROWHOUSE_EXPECT_OK(Validate(
      FtrlSpec{.learning_rate = -1, .beta = -5, .generation = G::kKeras}));
  // A TPU's arguments are hardly checked.
  EXPECT_THAT(
      Validate(FtrlSpec{.initial_accumulator = 0, .generation = G::kTpu}),
      Refused("ftrl initial_accumulator 0 is not > 0"));
  ROWHOUSE_EXPECT_OK(Validate(
      FtrlSpec{.learning_rate_power = 0.5f, .l1 = -1, .generation = G::kTpu}));
}

TEST(ValidateOptimizer, Lion) {
  EXPECT_THAT(Validate(LionSpec{.beta_1 = 0}),
              Refused("lion beta_1 0 is not in (0, 1]"));
  EXPECT_THAT(Validate(LionSpec{.beta_1 = 1.5}),
              Refused("lion beta_1 1.5 is not in (0, 1]"));
  ROWHOUSE_EXPECT_OK(Validate(LionSpec{.beta_1 = 1}));
}

TEST(ValidateOptimizer, ProximalAndDualAveraging) {
  EXPECT_THAT(Validate(ProximalSgdSpec{.l1 = -1}),
              Refused("proximal_sgd l1 -1 is not >= 0"));
  EXPECT_THAT(Validate(ProximalSgdSpec{.l2 = -1}),
              Refused("proximal_sgd l2 -1 is not >= 0"));
  EXPECT_THAT(Validate(ProximalAdagradSpec{.initial_accumulator = 0}),
              Refused("proximal_adagrad initial_accumulator 0 is not > 0"));
  EXPECT_THAT(Validate(ProximalAdagradSpec{.l1 = -1}),
              Refused("proximal_adagrad l1 -1 is not >= 0"));
  EXPECT_THAT(Validate(AdagradDaSpec{.initial_accumulator = 0}),
              Refused("adagrad_da initial_accumulator 0 is not > 0"));
  EXPECT_THAT(Validate(AdagradDaSpec{.l2 = -1}),
              Refused("adagrad_da l2 -1 is not >= 0"));
}

TEST(ValidateOptimizer, YogiAndLamb) {
  ROWHOUSE_EXPECT_OK(Validate(YogiSpec{}));
  EXPECT_THAT(Validate(YogiSpec{.initial_accumulator = -1}),
              Refused("yogi initial_accumulator -1 is not >= 0"));
  EXPECT_THAT(Validate(YogiSpec{.beta_1 = 1}),
              Refused("yogi beta_1 1 rounds to 1, so that its correction "
                      "divides by zero"));
  EXPECT_THAT(Validate(YogiSpec{.epsilon = 0, .initial_accumulator = 0}),
              Refused("yogi initial_accumulator 0 with epsilon 0 divides a "
                      "zero gradient by zero"));
  ROWHOUSE_EXPECT_OK(Validate(LambSpec{}));
  EXPECT_THAT(Validate(LambSpec{.beta_1 = 1}),
              Refused("lamb beta_1 1 rounds to 1, so that its correction "
                      "divides by zero"));
  EXPECT_THAT(Validate(LambSpec{.beta_2 = 1}),
              Refused("lamb beta_2 1 rounds to 1, so that its correction "
                      "divides by zero"));
  EXPECT_THAT(Validate(LambSpec{.epsilon = 0}),
              Refused("lamb epsilon 0 divides a zero gradient by zero"));
}

TEST(ValidateRate, FtrlDividesByIt) {
  ROWHOUSE_EXPECT_OK(ValidateRate(SgdSpec{}, 0));
  EXPECT_THAT(ValidateRate(SgdSpec{}, kNan),
              Refused("sgd learning_rate nan is not finite"));
  for (const G generation : {G::kTf1, G::kKerasLegacy}) {
    const FtrlSpec ftrl{.generation = generation};
    ROWHOUSE_EXPECT_OK(ValidateRate(ftrl, 0.1f));
    EXPECT_THAT(ValidateRate(ftrl, 0),
                Refused("ftrl learning_rate 0 is not > 0"));
    EXPECT_THAT(ValidateRate(ftrl, -1),
                Refused("ftrl learning_rate -1 is not > 0"));
  }
  EXPECT_THAT(ValidateRate(ProximalAdagradSpec{}, 0),
              Refused("proximal_adagrad learning_rate 0 is not > 0"));
  ROWHOUSE_EXPECT_OK(ValidateRate(FtrlSpec{.generation = G::kKeras}, 0));
  FtrlSpec tpu{.generation = G::kTpu};
  ROWHOUSE_EXPECT_OK(ValidateRate(tpu, -1));
  EXPECT_THAT(ValidateRate(tpu, 0),
              Refused("ftrl learning_rate 0 divides by zero"));
  tpu.multiply_linear_by_learning_rate = true;
  ROWHOUSE_EXPECT_OK(ValidateRate(tpu, 0));
}

TEST(LearningRate, IsTheConstantOne) {
  EXPECT_EQ(LearningRate(LionSpec{.learning_rate = 0.5f}), 0.5f);
  EXPECT_EQ(LearningRate(SgdSpec{}), 0.01f);
}

}  // namespace
}  // namespace rowhouse
