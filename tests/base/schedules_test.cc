#include "rowhouse/schedules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "base/limits.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

auto Refused(const std::string& message) {
  return StatusIs(absl::StatusCode::kInvalidArgument, message);
}

TEST(ValidateSchedule, AcceptsWhatTensorFlowTakes) {
  ROWHOUSE_EXPECT_OK(Validate(ScheduleSpec{}));
  ROWHOUSE_EXPECT_OK(Validate(ExponentialDecay{0.1f, 10, 0.96f}));
  ROWHOUSE_EXPECT_OK(Validate(InverseTimeDecay{0.1f, 10, 0.96f, true}));
  ROWHOUSE_EXPECT_OK(Validate(PolynomialDecay{0.1f, 10}));
  ROWHOUSE_EXPECT_OK(Validate(PiecewiseConstantDecay{{5, 10}, {1, 2, 3}}));
  ROWHOUSE_EXPECT_OK(Validate(CosineDecay{0.1f, 10}));
  ROWHOUSE_EXPECT_OK(Validate(CosineDecayRestarts{0.1f, 10}));
  ROWHOUSE_EXPECT_OK(Validate(NaturalExpDecay{0.1f, 10, 0.96f}));
  ROWHOUSE_EXPECT_OK(Validate(LinearCosineDecay{0.1f, 10}));
}

// Odd arguments are TensorFlow's affair as long as they are numbers.
TEST(ValidateSchedule, DoesNotCheckSigns) {
  ROWHOUSE_EXPECT_OK(Validate(ExponentialDecay{-0.1f, -10, -0.96f}));
  ROWHOUSE_EXPECT_OK(Validate(PolynomialDecay{0.1f, 0}));
  ROWHOUSE_EXPECT_OK(Validate(CosineDecay{0, 0, 2, -1.0f, -5}));
}

TEST(ValidateSchedule, NamesTheArgumentThatIsNotFinite) {
  EXPECT_THAT(Validate(ExponentialDecay{kNan, 10, 1}),
              Refused("exponential_decay initial_learning_rate nan is not "
                      "finite"));
  EXPECT_THAT(Validate(InverseTimeDecay{1, kInfinity, 1}),
              Refused("inverse_time_decay decay_steps inf is not finite"));
  EXPECT_THAT(Validate(NaturalExpDecay{1, 1, -kInfinity}),
              Refused("natural_exp_decay decay_rate -inf is not finite"));
  EXPECT_THAT(Validate(PolynomialDecay{1, 1, kNan}),
              Refused("polynomial_decay end_learning_rate nan is not finite"));
  EXPECT_THAT(Validate(PolynomialDecay{1, 1, 1, kNan}),
              Refused("polynomial_decay power nan is not finite"));
  EXPECT_THAT(Validate(CosineDecay{1, 1, 0, kNan}),
              Refused("cosine_decay warmup_target nan is not finite"));
  EXPECT_THAT(Validate(CosineDecay{1, 1, 0, 1.0f, kNan}),
              Refused("cosine_decay warmup_steps nan is not finite"));
  EXPECT_THAT(Validate(CosineDecayRestarts{1, 1, kNan}),
              Refused("cosine_decay_restarts t_mul nan is not finite"));
  EXPECT_THAT(Validate(LinearCosineDecay{1, 1, 1, 1, kNan}),
              Refused("linear_cosine_decay beta nan is not finite"));
  EXPECT_THAT(Validate(PiecewiseConstantDecay{{1}, {1, kNan}}),
              Refused("piecewise_constant_decay value nan is not finite"));
}

TEST(ValidateSchedule, PiecewiseLengthsDifferByOne) {
  const std::string expected =
      ", expected a boundary or more and one value more than that";
  EXPECT_THAT(Validate(PiecewiseConstantDecay{}),
              Refused("piecewise_constant_decay has 0 boundaries and 0 values" +
                      expected));
  EXPECT_THAT(Validate(PiecewiseConstantDecay{{1, 2}, {1, 2}}),
              Refused("piecewise_constant_decay has 2 boundaries and 2 values" +
                      expected));
  EXPECT_THAT(Validate(PiecewiseConstantDecay{{1}, {1, 2, 3}}),
              Refused("piecewise_constant_decay has 1 boundaries and 3 values" +
                      expected));
  EXPECT_THAT(Validate(PiecewiseConstantDecay{{}, {1}}),
              Refused("piecewise_constant_decay has 0 boundaries and 1 values" +
                      expected));
}

TEST(ValidateSchedule, PiecesAreBounded) {
  PiecewiseConstantDecay schedule;
  schedule.boundaries.resize(kSchedulePiecesMax - 1);
  schedule.values.resize(kSchedulePiecesMax);
  ROWHOUSE_EXPECT_OK(Validate(schedule));
  schedule.boundaries.push_back(0);
  schedule.values.push_back(0);
  EXPECT_THAT(Validate(schedule),
              Refused("piecewise_constant_decay has 1025 values, at most 1024 "
                      "are allowed"));
}

TEST(ScheduleName, IsTheStructsOwn) {
  EXPECT_EQ(ScheduleName({}), "");
  EXPECT_EQ(ScheduleName(ExponentialDecay{}), "exponential_decay");
  EXPECT_EQ(ScheduleName(InverseTimeDecay{}), "inverse_time_decay");
  EXPECT_EQ(ScheduleName(PolynomialDecay{}), "polynomial_decay");
  EXPECT_EQ(ScheduleName(PiecewiseConstantDecay{}), "piecewise_constant_decay");
  EXPECT_EQ(ScheduleName(CosineDecay{}), "cosine_decay");
  EXPECT_EQ(ScheduleName(CosineDecayRestarts{}), "cosine_decay_restarts");
  EXPECT_EQ(ScheduleName(NaturalExpDecay{}), "natural_exp_decay");
  EXPECT_EQ(ScheduleName(LinearCosineDecay{}), "linear_cosine_decay");
}

}  // namespace
}  // namespace rowhouse
