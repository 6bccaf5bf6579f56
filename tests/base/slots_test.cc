#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rowhouse/table_spec.h"

namespace rowhouse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using G = Generation;

TableSpec With(const OptimizerSpec& optimizer) {
  return {.name = "t", .dim = 7, .optimizer = optimizer};
}

auto NamesOf(const OptimizerSpec& optimizer) {
  return SlotNames(With(optimizer));
}

TEST(SlotNames, AreTensorFlowsOfTheGeneration) {
  EXPECT_THAT(NamesOf(SgdSpec{}), IsEmpty());
  EXPECT_THAT(NamesOf(MomentumSpec{}), ElementsAre("momentum"));
  EXPECT_THAT(NamesOf(MomentumSpec{.generation = G::kKeras}), ElementsAre("m"));
  EXPECT_THAT(NamesOf(AdagradSpec{}), ElementsAre("accumulator"));
  EXPECT_THAT(NamesOf(AdagradMomentumSpec{}),
              ElementsAre("accumulators", "momenta"));
  EXPECT_THAT(NamesOf(AdamSpec{}), ElementsAre("m", "v"));
  EXPECT_THAT(NamesOf(AdamSpec{.amsgrad = true}),
              ElementsAre("m", "v", "vhat"));
  EXPECT_THAT(NamesOf(AdamSpec{.generation = G::kTpu}),
              ElementsAre("momenta", "velocities"));
  EXPECT_THAT(NamesOf(AdadeltaSpec{.generation = G::kTf1}),
              ElementsAre("accum", "accum_update"));
  EXPECT_THAT(NamesOf(AdadeltaSpec{.generation = G::kKerasLegacy}),
              ElementsAre("accum_grad", "accum_var"));
  EXPECT_THAT(NamesOf(AdadeltaSpec{}),
              ElementsAre("accumulated_grad", "accumulated_delta_var"));
  EXPECT_THAT(NamesOf(AdamaxSpec{}), ElementsAre("m", "u"));
  EXPECT_THAT(NamesOf(AdamaxSpec{.generation = G::kKerasLegacy}),
              ElementsAre("m", "v"));
  EXPECT_THAT(NamesOf(FtrlSpec{}), ElementsAre("accum", "linear"));
  EXPECT_THAT(NamesOf(FtrlSpec{.generation = G::kKeras}),
              ElementsAre("accumulator", "linear"));
  EXPECT_THAT(NamesOf(FtrlSpec{.generation = G::kTpu}),
              ElementsAre("accumulators", "linears"));
  EXPECT_THAT(
      NamesOf(AdagradDaSpec{}),
      ElementsAre("gradient_accumulator", "gradient_squared_accumulator"));
}

TEST(SlotNames, OfRmsPropDependOnItsArguments) {
  EXPECT_THAT(NamesOf(RmsPropSpec{.generation = G::kTf1, .centered = true}),
              ElementsAre("rms", "momentum", "mg"));
  EXPECT_THAT(NamesOf(RmsPropSpec{.generation = G::kKerasLegacy}),
              ElementsAre("rms"));
  EXPECT_THAT(NamesOf(RmsPropSpec{.momentum = 0.5f, .centered = true}),
              ElementsAre("velocity", "momentum", "average_gradient"));
  EXPECT_THAT(NamesOf(RmsPropSpec{.momentum = -0.5f}), ElementsAre("velocity"));
}

TEST(Slots, AnAverageComesLast) {
  TableSpec spec = With(AdagradSpec{});
  spec.update.moving_average = MovingAverage{};
  EXPECT_THAT(Slots(spec),
              ElementsAre(Slot{"accumulator", 7}, Slot{"average", 7}));
  EXPECT_EQ(SlotFloats(spec), 14u);
  spec.optimizer = RowWiseAdagradSpec{};
  EXPECT_THAT(Slots(spec),
              ElementsAre(Slot{"accumulator", 1}, Slot{"average", 7}));
  EXPECT_EQ(SlotFloats(spec), 8u);
}

TEST(SlotFloats, CountEverySlot) {
  EXPECT_EQ(SlotFloats(With(SgdSpec{})), 0u);
  EXPECT_EQ(SlotFloats(With(AdagradSpec{})), 7u);
  EXPECT_EQ(SlotFloats(With(FtrlSpec{})), 14u);
  EXPECT_EQ(SlotFloats(With(AdamSpec{.amsgrad = true})), 21u);
}

TEST(MovesEveryRow, ByTheOptimizer) {
  const auto moves = [](const OptimizerSpec& optimizer) {
    return MovesEveryRow(With(optimizer));
  };
  for (const OptimizerSpec& rests : std::initializer_list<OptimizerSpec>{
           SgdSpec{},
           MomentumSpec{},
           AdagradSpec{.generation = G::kKeras},
           MomentumSpec{.generation = G::kKerasLegacy},
           AdagradMomentumSpec{},
           RowWiseAdagradSpec{},
           AdamSpec{.lazy = true},
           AdamSpec{.generation = G::kTpu, .lazy = true},
           RmsPropSpec{.generation = G::kTf1},
           RmsPropSpec{.generation = G::kKerasLegacy, .momentum = 0.5f},
           AdadeltaSpec{.generation = G::kTf1},
           AdadeltaSpec{.generation = G::kKerasLegacy},
           AdamaxSpec{.generation = G::kKerasLegacy},
           FtrlSpec{},
           FtrlSpec{.generation = G::kKerasLegacy},
           ProximalSgdSpec{},
           ProximalAdagradSpec{},
           AdagradDaSpec{},
           YogiSpec{},
           LambSpec{}}) {
    EXPECT_FALSE(moves(rests)) << OptimizerName(rests);
  }
  for (const OptimizerSpec& mover : std::initializer_list<OptimizerSpec>{
           MomentumSpec{.generation = G::kKeras, .momentum = 0}, AdamSpec{},
           AdamSpec{.generation = G::kTf1}, AdamSpec{.generation = G::kTpu},
           RmsPropSpec{}, RmsPropSpec{.momentum = 0.5f},
           RmsPropSpec{.generation = G::kKerasLegacy}, AdadeltaSpec{},
           AdamaxSpec{}, NadamSpec{}, NadamSpec{.generation = G::kKerasLegacy},
           FtrlSpec{.generation = G::kKeras}, LionSpec{}}) {
    EXPECT_TRUE(moves(mover)) << OptimizerName(mover);
  }
}

TEST(MovesEveryRow, ByWhatStandsAroundIt) {
  const auto moves = [](const UpdateSpec& update) {
    TableSpec spec = With(SgdSpec{});
    spec.update = update;
    return MovesEveryRow(spec);
  };
  EXPECT_TRUE(moves({.regularizer = {.l1 = 0.1f}}));
  EXPECT_TRUE(moves({.regularizer = {.l2 = -0.1f}}));
  EXPECT_TRUE(moves({.weight_decay = {DecayedRows::kEveryRow, 0.1f}}));
  EXPECT_TRUE(moves({.moving_average = MovingAverage{}}));
  EXPECT_TRUE(moves({.constraint = NonNeg{}}));
  EXPECT_FALSE(moves({.schedule = ExponentialDecay{},
                      .clipping = {.clipnorm = 1.0f},
                      .gradient_limits = {.min = 0},
                      .weight_decay = {DecayedRows::kTouchedRows, 0.1f},
                      .weight_limits = {.max = 1}}));
  EXPECT_FALSE(moves({.weight_decay = {DecayedRows::kEveryRow, 0}}));
}

TEST(MovesUntouchedRows, WhereZeroIsDividedByZero) {
  EXPECT_FALSE(MovesUntouchedRows(With(AdamSpec{})));
  EXPECT_TRUE(MovesUntouchedRows(With(AdamSpec{.epsilon = 0})));
  EXPECT_TRUE(MovesUntouchedRows(With(AdadeltaSpec{.epsilon = 0})));
  AdamSpec tpu{.generation = Generation::kTpu, .epsilon = 1e-30f};
  EXPECT_FALSE(MovesUntouchedRows(With(tpu)));
  tpu.sum_inside_sqrt = true;  // its square is 0
  EXPECT_TRUE(MovesUntouchedRows(With(tpu)));
}

}  // namespace
}  // namespace rowhouse
