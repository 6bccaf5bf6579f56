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

}  // namespace
}  // namespace rowhouse::storage
