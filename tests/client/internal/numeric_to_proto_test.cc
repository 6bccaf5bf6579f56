#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "client/internal/columns_from_proto.h"
#include "client/internal/columns_to_proto.h"
#include "tests/client/internal/spec_text.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

TEST(NumericToProto, IsTheWayBack) {
  for (const std::string text : {
           R"(key: "n")",
           R"(key: "n" shape: [2, 3] dtype: "int8")",
           R"(key: "n" default_value { values { integer: 1 } })",
           R"(key: "n" default_value { values { real: nan } shape: 1 })",
       }) {
    const auto message = Parse<v1::NumericColumn>(text);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto column, NumericFromProto(message));
    v1::NumericColumn out;
    ROWHOUSE_ASSERT_OK(NumericToProto(column, out));
    EXPECT_EQ(TextOf(out), TextOf(message));
  }
}

TEST(SequenceNumericToProto, IsTheWayBack) {
  for (const std::string text : {
           R"(key: "n")",
           R"(key: "n" shape: 2 default_value { integer: 0 } dtype: "int8")",
       }) {
    const auto message = Parse<v1::SequenceNumericColumn>(text);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto column,
                                  SequenceNumericFromProto(message));
    v1::SequenceNumericColumn out;
    ROWHOUSE_ASSERT_OK(SequenceNumericToProto(column, out));
    EXPECT_EQ(TextOf(out), TextOf(message));
  }
}

TEST(NumericToProto, RefusesAFunction) {
  v1::NumericColumn out;
  EXPECT_THAT(
      NumericToProto({.key = "n", .normalizer_fn = [](float) { return 0.0f; }},
                     out),
      StatusIs(absl::StatusCode::kInvalidArgument));
}

// It would be read as the default.
TEST(NumericToProto, RefusesAShapeWithoutAxes) {
  v1::NumericColumn out;
  EXPECT_THAT(NumericToProto({.key = "n", .shape = {}}, out),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace rowhouse::internal
