#include "kernels/optimizers/optimizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "tests/kernels/every_target.h"
#include "tests/kernels/optimizers/recorded_steps.h"
#include "tests/kernels/random_floats.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using G = Generation;

// Every optimizer in every generation and form.
std::vector<OptimizerSpec> EveryOptimizer() {
  std::vector<OptimizerSpec> specs = {
      SgdSpec{},
      AdagradSpec{},
      AdagradSpec{.epsilon = 1e-7f, .generation = G::kKeras},
      AdagradMomentumSpec{.momentum = 0.5f},
      AdagradMomentumSpec{.nesterov = true, .exponent = 3, .beta_2 = 0.9},
      RowWiseAdagradSpec{},
      AdamSpec{.generation = G::kTf1},
      AdamSpec{.generation = G::kTpu},
      AdamSpec{.generation = G::kTpu, .sum_inside_sqrt = true},
      FtrlSpec{.l1 = 0.1f},
      FtrlSpec{.learning_rate_power = -0.7f},
      FtrlSpec{.multiply_linear_by_learning_rate = true},
      FtrlSpec{.l2_shrinkage = 0.1f, .beta = 1, .generation = G::kKeras},
      LionSpec{},
      LionSpec{.dense_gradients = true},
      ProximalSgdSpec{.l1 = 0.1f, .l2 = 0.1f},
      ProximalAdagradSpec{.l1 = 0.1f, .l2 = 0.1f},
      AdagradDaSpec{.l1 = 0.1f, .l2 = 0.1f},
      YogiSpec{},
      LambSpec{.weight_decay = 0.1f}};
  for (const G generation : {G::kTf1, G::kKerasLegacy, G::kKeras}) {
    specs.push_back(MomentumSpec{.generation = generation});
    specs.push_back(MomentumSpec{.generation = generation, .nesterov = true});
    specs.push_back(AdadeltaSpec{.generation = generation});
    for (const bool centered : {false, true}) {
      for (const float momentum : {0.0f, 0.5f}) {
        specs.push_back(RmsPropSpec{.generation = generation,
                                    .momentum = momentum,
                                    .centered = centered});
      }
    }
    if (generation == G::kTf1) continue;
    specs.push_back(AdamSpec{.generation = generation});
    specs.push_back(AdamSpec{.generation = generation, .amsgrad = true});
    specs.push_back(AdamSpec{.generation = generation, .lazy = true});
    specs.push_back(AdamaxSpec{.generation = generation});
    specs.push_back(NadamSpec{.generation = generation});
  }
  return specs;
}

// Every rule around an optimizer at once.
UpdateSpec EveryRule(const ConstraintSpec& constraint) {
  return {.regularizer = {.l1 = 0.01f, .l2 = 0.02f},
          .gradient_limits = {.min = -3, .max = 2},
          .weight_decay = {DecayedRows::kEveryRow, 0.1f},
          .moving_average = MovingAverage{.overwrite_frequency = 2},
          .constraint = constraint,
          .weight_limits = {.min = -2, .max = 2}};
}

// The values of nine rows, guards between them, after two steps and a missed
// one.
std::vector<float> AfterThreeSteps(const TableSpec& table) {
  constexpr std::size_t kRows = 9;
  const std::size_t stride = table.dim + SlotFloats(table) + 1;
  std::vector<float> values = RandomFloats(kRows * stride, table.dim);
  std::vector<float*> rows;
  for (std::size_t r = 0; r < kRows; ++r) {
    rows.push_back(&values[r * stride]);
    InitialSlots(table, rows.back());
    rows.back()[stride - 1] = 12345;
  }
  for (const std::uint64_t step : {0, 1}) {
    const std::vector<float> gradients =
        RandomFloats(kRows * table.dim, 100 + step);
    ApplyGradients(table, TermsAt(table.optimizer, step), rows,
                   RowsOf(gradients, table.dim));
  }
  MissedStep(table, TermsAt(table.optimizer, 2), rows);
  for (std::size_t r = 0; r < kRows; ++r) {
    EXPECT_EQ(rows[r][stride - 1], 12345) << "beyond row " << r;
  }
  return values;
}

// The same bits with every instruction set.
void ExpectTargetsAgree(TableSpec table) {
  for (const std::uint32_t dim : {1, 2, 3, 7, 8, 15, 16, 17, 33, 64, 67}) {
    SCOPED_TRACE(dim);
    table.dim = dim;
    std::vector<std::uint32_t> first;
    ForEveryTarget([&] {
      const std::vector<std::uint32_t> bits = Bits(AfterThreeSteps(table));
      if (first.empty()) first = bits;
      ASSERT_EQ(bits, first);
    });
  }
}

TEST(ApplyGradients, EveryOptimizerHasTheSameBitsEverywhere) {
  for (const OptimizerSpec& spec : EveryOptimizer()) {
    SCOPED_TRACE(OptimizerName(spec));
    ROWHOUSE_EXPECT_OK(Validate(spec));
    ExpectTargetsAgree(TableOf(spec, 1));
  }
}

TEST(ApplyGradients, EveryRuleHasTheSameBitsEverywhere) {
  for (const ConstraintSpec& constraint :
       {ConstraintSpec(MaxNorm{1}), ConstraintSpec(NonNeg{}),
        ConstraintSpec(UnitNorm{}),
        ConstraintSpec(MinMaxNorm{.min_value = 0.5f, .rate = 0.3})}) {
    TableSpec table = TableOf(AdamSpec{}, 1);
    table.update = EveryRule(constraint);
    ROWHOUSE_EXPECT_OK(Validate(table.update));
    ExpectTargetsAgree(table);
  }
}

TEST(MissedStep, MovesRowsExactlyWhereTheSpecSaysSo) {
  for (const OptimizerSpec& spec : EveryOptimizer()) {
    SCOPED_TRACE(OptimizerName(spec));
    const TableSpec table = TableOf(spec, 4);
    std::vector<float> row = {1, -2, 3, 0.5f};
    row.resize(4 + SlotFloats(table));
    InitialSlots(table, row.data());
    const std::vector<float> gradient = {1, 2, -1, 0.5f};
    ApplyGradients(table, TermsAt(spec, 0), {row.data()}, {gradient.data()});
    const std::vector<float> before = row;
    MissedStep(table, TermsAt(spec, 1), {row.data()});
    EXPECT_EQ(row != before, MovesEveryRow(table));
  }
}

// A row that nobody has stored is not there to be moved.
TEST(MissedStep, MovesNewRowsOnlyWhereTheSpecSaysSo) {
  std::vector<OptimizerSpec> specs = EveryOptimizer();
  for (const G generation : {G::kKerasLegacy, G::kKeras}) {
    specs.push_back(AdamSpec{.generation = generation, .epsilon = 0});
    specs.push_back(AdamaxSpec{.generation = generation, .epsilon = 0});
    specs.push_back(NadamSpec{.generation = generation, .epsilon = 0});
    specs.push_back(RmsPropSpec{.generation = generation, .epsilon = 0});
    specs.push_back(AdadeltaSpec{.generation = generation, .epsilon = 0});
  }
  for (const OptimizerSpec& spec : specs) {
    SCOPED_TRACE(OptimizerName(spec));
    const TableSpec table = TableOf(spec, 4);
    std::vector<float> row = {1, -2, 3, 0.5f};
    row.resize(4 + SlotFloats(table));
    InitialSlots(table, row.data());
    const std::vector<float> before = row;
    MissedStep(table, TermsAt(spec, 0), {row.data()});
    const auto weights = [](const std::vector<float>& of) {
      return std::vector<float>(of.begin(), of.begin() + 4);
    };
    EXPECT_EQ(weights(row) != weights(before), MovesUntouchedRows(table));
  }
}

TEST(InitialSlots, AreThoseOfTheSpec) {
  EXPECT_THAT(NewRow(SgdSpec{}, {1, 2}), ElementsAre(1, 2));
  EXPECT_THAT(NewRow(AdagradSpec{.initial_accumulator = 0.5f}, {1, 2}),
              ElementsAre(1, 2, 0.5f, 0.5f));
  EXPECT_THAT(NewRow(FtrlSpec{.initial_accumulator = 0.25f}, {1, 2}),
              ElementsAre(1, 2, 0.25f, 0.25f, 0, 0));
  EXPECT_THAT(NewRow(AdamSpec{.amsgrad = true}, {1}), ElementsAre(1, 0, 0, 0));
}

// All of them are written, none beyond them.
TEST(InitialSlots, FillWhatSlotFloatsCounts) {
  for (const OptimizerSpec& spec : EveryOptimizer()) {
    SCOPED_TRACE(OptimizerName(spec));
    for (const bool averages : {false, true}) {
      TableSpec table = TableOf(spec, 3);
      if (averages) table.update.moving_average = MovingAverage{};
      const std::size_t floats = 3 + SlotFloats(table);
      std::vector<float> row(floats + 1, -1e30f);
      row[0] = 1;
      row[1] = 2;
      row[2] = 3;
      InitialSlots(table, row.data());
      for (std::size_t i = 0; i < floats; ++i) EXPECT_NE(row[i], -1e30f) << i;
      EXPECT_EQ(row[floats], -1e30f);
      if (averages) {
        EXPECT_THAT(std::vector<float>(row.end() - 4, row.end() - 1),
                    ElementsAre(1, 2, 3));
      }
    }
  }
}

TEST(ApplyGradients, StepsEachRowByItsOwnGradient) {
  std::vector<float> a = {1, 2}, b = {3, 4}, untouched = {5, 6};
  const float ga[] = {1, 0}, gb[] = {0, 10};
  ApplyGradients(TableOf(SgdSpec{}, 2), {.learning_rate = 0.5f},
                 {a.data(), b.data()}, {ga, gb});
  EXPECT_THAT(a, ElementsAre(0.5f, 2));
  EXPECT_THAT(b, ElementsAre(3, -1));
  EXPECT_THAT(untouched, ElementsAre(5, 6));
}

// The rate of the terms counts, not that of the spec.
TEST(ApplyGradients, TakesTheRateOfTheStep) {
  for (const OptimizerSpec& spec : EveryOptimizer()) {
    SCOPED_TRACE(OptimizerName(spec));
    std::vector<float> one = NewRow(spec, {1});
    std::vector<float> other = one;
    const float g = 0.5f;
    ApplyGradients(TableOf(spec, 1), {.learning_rate = 0.125f}, {one.data()},
                   {&g});
    ApplyGradients(TableOf(spec, 1), {.learning_rate = 0.25f}, {other.data()},
                   {&g});
    EXPECT_NE(one[0], other[0]);
  }
}

TEST(ApplyGradients, NoRowsAreFine) {
  for (const OptimizerSpec& spec : EveryOptimizer()) {
    TableSpec table = TableOf(spec, 4);
    table.update = EveryRule(UnitNorm{});
    ApplyGradients(table, {}, {}, {});
    MissedStep(table, {}, {});
  }
}

// TensorFlow lets a NaN spread, weight by weight; so does a table whose policy
// is PROPAGATE.
TEST(ApplyGradients, NanSpreadsToItsColumnOnly) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  for (const OptimizerSpec& spec : EveryOptimizer()) {
    const bool by_row = std::holds_alternative<RowWiseAdagradSpec>(spec) ||
                        std::holds_alternative<LambSpec>(spec);
    if (by_row) continue;
    SCOPED_TRACE(OptimizerName(spec));
    std::vector<float> bad = NewRow(spec, {1, 2, 3});
    std::vector<float> good = bad;
    Step(spec, {1, kNan, 1}, bad);
    Step(spec, {1, 1, 1}, good);
    EXPECT_NE(bad[1], bad[1]);
    for (std::size_t i = 0; i < bad.size(); ++i) {
      if (i % 3 == 1) continue;
      EXPECT_EQ(bad[i], good[i]) << i;
    }
  }
}

// One weight through everything, in TensorFlow's order.
TEST(ApplyGradients, RulesInTheirOrder) {
  TableSpec table = TableOf(SgdSpec{}, 1);
  table.update = {.regularizer = {.l2 = 0.5f},
                  .gradient_limits = {.max = 5},
                  .weight_decay = {DecayedRows::kEveryRow, 0.25f},
                  .moving_average =
                      MovingAverage{.momentum = 0.5, .overwrite_frequency = 2},
                  .constraint = NonNeg{},
                  .weight_limits = {.max = 3.5f}};
  std::vector<float> row = {8, 0};
  InitialSlots(table, row.data());
  const float g = 1;
  // g = 1 + 2 * 0.5 * 8 = 9, limited to 5; w = 8 - 8 * 0.25 * 0.5 = 7, then
  // 7 - 0.5 * 5 = 4.5; average = (8 + 4.5) / 2; w is limited to 3.5.
  ApplyGradients(table, {0.5f, 0}, {row.data()}, {&g});
  EXPECT_THAT(row, ElementsAre(3.5f, 6.25f));
  // No gradient but the regularizer's: g = 3.5; w = 3.5 * (1 - 0.125) - 1.75;
  // average = (6.25 + 1.3125) / 2 overwrites w, which is limited then.
  MissedStep(table, {0.5f, 1}, {row.data()});
  EXPECT_THAT(row, ElementsAre(3.5f, 3.78125f));
}

TEST(ApplyGradients, ATpuDecaysTouchedRowsAlone) {
  TableSpec table = TableOf(SgdSpec{}, 1);
  table.update.weight_decay = {DecayedRows::kTouchedRows, 0.25f, false};
  std::vector<float> row = {8};
  const float g = 1;
  ApplyGradients(table, {0.5f, 0}, {row.data()}, {&g});
  EXPECT_THAT(row, ElementsAre(5.5f));
  MissedStep(table, {0.5f, 1}, {row.data()});
  EXPECT_THAT(row, ElementsAre(5.5f));
}

// A regularizer's gradient is part of what Keras clips.
TEST(ApplyGradients, ClipvalueBesideARegularizer) {
  TableSpec table = TableOf(SgdSpec{}, 1);
  table.update = {.clipping = {.clipvalue = 2.0f}, .regularizer = {.l2 = 0.5f}};
  std::vector<float> row = {8};
  const float g = -1;
  ApplyGradients(table, {1, 0}, {row.data()}, {&g});  // -1 + 8, clipped
  EXPECT_THAT(row, ElementsAre(6));
  table.update.clipping.clipvalue = -2.0f;  // off
  ApplyGradients(table, {1, 0}, {row.data()}, {&g});
  EXPECT_THAT(row, ElementsAre(1));
  // Without one it is the client's business.
  table.update = {.clipping = {.clipvalue = 0.5f}};
  ApplyGradients(table, {1, 0}, {row.data()}, {&g});
  EXPECT_THAT(row, ElementsAre(2));
}

TEST(MissedStep, AveragesAndConstrainsRestingRows) {
  TableSpec table = TableOf(AdagradSpec{}, 2);
  table.update = {.moving_average = MovingAverage{.momentum = 0.5},
                  .constraint = UnitNorm{}};
  std::vector<float> row = {3, 4, 1, 1, 5, 0};
  MissedStep(table, {0.5f, 1}, {row.data()});
  EXPECT_THAT(row, ElementsAre(FloatEq(0.6f), FloatEq(0.8f), 1, 1, 4, 2));
}

// A row of Keras's FTRL that nobody ever touched is 0 after the first step.
TEST(MissedStep, OfKerasFtrlForgetsTheFirstWeights) {
  const FtrlSpec spec{.generation = G::kKeras};
  std::vector<float> row = NewRow(spec, {3});
  Miss(spec, 1, row);
  EXPECT_EQ(row[0], 0);
  EXPECT_EQ(row[1], spec.initial_accumulator);
}

}  // namespace
}  // namespace rowhouse::kernels
