#include "storage/stored_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rowhouse/storage/v1/manifest.pb.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

StoredTable Example() {
  StoredTable table{.incarnation = TableIncarnation(0xab)};
  table.spec.name = "occupation";
  table.spec.dim = 8;
  table.spec.optimizer = AdagradSpec{.learning_rate = 0.1f};
  table.spec.initializer = NormalInitializer{.stddev = 0.3f};
  table.spec.placement = Placement::kWhole;
  return table;
}

TEST(StoredTableTest, ComesBack) {
  v1::StoredTable message;
  EncodeStoredTable(Example(), message);
  EXPECT_THAT(DecodeStoredTable(message, "M"), IsOkAndHolds(Example()));
}

TEST(StoredTableTest, WhatCannotBeIsDamage) {
  v1::StoredTable message;
  EncodeStoredTable(Example(), message);
  message.set_incarnation(0);
  EXPECT_THAT(DecodeStoredTable(message, "d/M"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("d/M: ")));
  EncodeStoredTable(Example(), message);
  message.set_spec_json("{}");
  EXPECT_THAT(DecodeStoredTable(message, "d/M"),
              StatusIs(absl::StatusCode::kDataLoss,
                       AllOf(HasSubstr("d/M: table 00000000000000ab"))));
}

TEST(StoredTableTest, TwoOfOneNameOrOfOneIncarnationAreDamage) {
  DistinctTables tables("d/M");
  ROWHOUSE_EXPECT_OK(tables.Add(Example()));
  StoredTable other = Example();
  other.incarnation = TableIncarnation(0xcd);
  EXPECT_THAT(tables.Add(other),
              StatusIs(absl::StatusCode::kDataLoss,
                       "d/M: tables 00000000000000ab and 00000000000000cd are "
                       "both called 'occupation'"));
  other = Example();
  other.spec.name = "age";
  EXPECT_THAT(tables.Add(other),
              StatusIs(absl::StatusCode::kDataLoss,
                       "d/M: tables 'occupation' and 'age' are both "
                       "00000000000000ab"));
  other.incarnation = TableIncarnation(0xef);
  other.spec.name = "gender";
  ROWHOUSE_EXPECT_OK(tables.Add(other));
}

StoredSteps Steps() {
  return {.first = 3,
          .learning_rates = {0.5f, 0.25f, 0.125f},
          .iterations = {3, 4, 7},
          .owner = 9};
}

TEST(StoredTableTest, StepsComeBack) {
  for (const StoredSteps& steps : {StoredSteps(), Steps()}) {
    v1::TableSteps message;
    EncodeSteps(steps, message);
    EXPECT_THAT(DecodeSteps(message, "M"), IsOkAndHolds(steps));
  }
}

TEST(StoredTableTest, StepsThatCannotBeAreDamage) {
  v1::TableSteps message;
  EncodeSteps(Steps(), message);
  message.add_learning_rates(1);
  EXPECT_THAT(DecodeSteps(message, "d/M"),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("d/M: 4 rates of 3 steps")));
  message.add_iterations(7);
  EXPECT_THAT(DecodeSteps(message, "d/M"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("order")));
}

}  // namespace
}  // namespace rowhouse::storage
