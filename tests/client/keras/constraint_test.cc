#include "client/keras/constraint.h"

#include "tests/client/keras/keras_testing.h"

namespace rowhouse::internal {
namespace {

using keras::AxisConstraint;

TEST(ResolveConstraint, NamesStandForDefaults) {
  for (const char* name : {"MaxNorm", "max_norm", "maxnorm"}) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const AxisConstraint constraint,
                                  ResolveConstraint(name));
    EXPECT_EQ(constraint, (AxisConstraint{.rule = MaxNorm{2.0f}, .axis = {0}}))
        << name;
  }
  EXPECT_EQ(ResolveConstraint("non_neg")->rule, ConstraintSpec(NonNeg{}));
  EXPECT_EQ(ResolveConstraint("UnitNorm")->rule, ConstraintSpec(UnitNorm{}));
  EXPECT_EQ(ResolveConstraint("min_max_norm")->rule,
            ConstraintSpec(MinMaxNorm{}));
  EXPECT_THAT(ResolveConstraint("nope"), InvalidWith("'nope'"));
  // Of convolutions.
  EXPECT_THAT(ResolveConstraint("radial_constraint"), InvalidWith("unknown"));
}

TEST(ResolveConstraint, AConstraintStandsForItself) {
  const AxisConstraint constraint{.rule = MaxNorm{1.0f}, .axis = {1}};
  EXPECT_EQ(*ResolveConstraint(constraint), constraint);
}

TEST(RowConstraint, TheAxisOfARow) {
  const ConstraintSpec rule = MinMaxNorm{0.1f, 0.5f, 0.25};
  EXPECT_EQ(*RowConstraint({.rule = rule, .axis = {1}}), rule);
  EXPECT_EQ(*RowConstraint({.rule = rule, .axis = {-1}}), rule);
}

TEST(RowConstraint, NonNegHasNoAxis) {
  EXPECT_EQ(*RowConstraint({.rule = NonNeg{}, .axis = {0}}),
            ConstraintSpec(NonNeg{}));
  EXPECT_EQ(*RowConstraint({}), ConstraintSpec());
}

TEST(RowConstraint, RowsDoNotDependOnOneAnother) {
  using Axes = std::vector<std::int64_t>;
  for (const Axes& axis : {Axes{0}, Axes{-2}, Axes{0, 1}, Axes{}}) {
    EXPECT_THAT(RowConstraint({.rule = UnitNorm{}, .axis = axis}),
                FailsWith(absl::StatusCode::kUnimplemented, "unit_norm"));
  }
}

TEST(RowConstraint, AnAxisThatIsNone) {
  EXPECT_THAT(RowConstraint({.rule = UnitNorm{}, .axis = {2}}),
              InvalidWith("axis 2"));
  EXPECT_THAT(RowConstraint({.rule = UnitNorm{}, .axis = {-3}}),
              InvalidWith("axis -3"));
  EXPECT_THAT(RowConstraint({.rule = UnitNorm{}, .axis = {1, -1}}),
              InvalidWith("twice"));
}

}  // namespace
}  // namespace rowhouse::internal
