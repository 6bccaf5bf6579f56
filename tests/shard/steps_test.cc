#include "shard/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::HasSubstr;
constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;

Table Make(OptimizerSpec optimizer, ScheduleSpec schedule = {}) {
  TableSpec spec{.name = "t", .dim = 1, .optimizer = optimizer};
  spec.update.schedule = schedule;
  return Table(spec, TableIncarnation(1), 2);
}

PushHeader Header(std::uint64_t step, std::uint64_t session = 1) {
  PushHeader header;
  header.step = step;
  header.session.number = session;
  return header;
}

TEST(StepsTest, TheRateSentGoesBeforeTheScheduleAndThatBeforeTheConstant) {
  const Table constant = Make(SgdSpec{.learning_rate = 0.25f});
  EXPECT_EQ(NextStep(constant, {}, Header(9))->learning_rate, 0.25f);
  const Table schedule =
      Make(SgdSpec{.learning_rate = 0.25f},
           PiecewiseConstantDecay{.boundaries = {5}, .values = {1.0f, 0.5f}});
  EXPECT_EQ(NextStep(schedule, {}, Header(5))->learning_rate, 1.0f);
  EXPECT_EQ(NextStep(schedule, {}, Header(6))->learning_rate, 0.5f);
  EXPECT_EQ(
      NextStep(schedule, {.learning_rate = 0.125f}, Header(6))->learning_rate,
      0.125f);
}

TEST(StepsTest, WherePushedRowsAloneMoveTheGreatestStepCounts) {
  Table table = Make(SgdSpec{});
  EXPECT_EQ(NextStep(table, {}, Header(4))->step, 4u);
  CountStep(table, {0.1f, 4}, 1);
  EXPECT_EQ(NextStep(table, {}, Header(3, 2))->step, 4u);
  EXPECT_EQ(NextStep(table, {}, Header(4))->step, 4u);
  EXPECT_EQ(NextStep(table, {}, Header(5))->step, 5u);
  for (std::uint64_t i = 0; i < 100; ++i) CountStep(table, {0.1f, 5 + i}, 1);
  EXPECT_EQ(table.steps().log.count(), 101u);
  EXPECT_EQ(table.steps().log.size(), 1u);
}

TEST(StepsTest, AStepOfASteppedTableIsItsNextOfItsOwner) {
  Table table = Make(AdamSpec{});
  ASSERT_TRUE(table.stepped());
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const kernels::StepTerms first,
      NextStep(table, {.table_step = 0}, Header(7, /*session=*/3)));
  EXPECT_EQ(first.step, 7u);
  EXPECT_THAT(NextStep(table, {.table_step = 1}, Header(7)),
              StatusIs(kPrecondition, HasSubstr("step 1 of the table")));
  CountStep(table, first, 3);
  EXPECT_THAT(
      NextStep(table, {.table_step = 0}, Header(8, 3)),
      StatusIs(kPrecondition, HasSubstr("next one of this shard is 1")));
  EXPECT_THAT(NextStep(table, {.table_step = 1}, Header(7, 3)),
              StatusIs(kPrecondition, HasSubstr("has had step 7")));
  EXPECT_THAT(NextStep(table, {.table_step = 1}, Header(8, 2)),
              StatusIs(kPrecondition, HasSubstr("session 2")));
  EXPECT_THAT(NextStep(table, {.table_step = 1}, Header(8, 3)), IsOk());
  EXPECT_THAT(NextStep(table, {.table_step = 1}, Header(8, 4)), IsOk());
}

TEST(StepsTest, WhatWouldSpoilRowsIsRefused) {
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  const Table ftrl = Make(FtrlSpec{});
  EXPECT_THAT(NextStep(ftrl, {.learning_rate = 0.0f}, Header(7)),
              StatusIs(kInvalid, HasSubstr("table 't', step 7: ftrl "
                                           "learning_rate 0 is not > 0")));
  const Table counts = Make(AdamSpec{.lazy = true});
  EXPECT_THAT(NextStep(counts, {}, Header(kTrainerStepMax)), IsOk());
  EXPECT_THAT(NextStep(counts, {}, Header(kTrainerStepMax + 1)),
              StatusIs(kInvalid, HasSubstr("the trainer's step is 46116")));
}

TEST(StepsTest, PlainTermsAreTheConstantRate) {
  const Table table = Make(AdagradSpec{.learning_rate = 0.5f});
  EXPECT_EQ(PlainTerms(table, 9).learning_rate, 0.5f);
  EXPECT_EQ(PlainTerms(table, 9).step, 9u);
}

}  // namespace
}  // namespace rowhouse::shard
