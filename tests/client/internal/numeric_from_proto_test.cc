#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/internal/columns_from_proto.h"
#include "tests/client/internal/spec_text.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<NumericColumn> Numeric(const std::string& text) {
  return NumericFromProto(Parse<v1::NumericColumn>(text));
}

auto InvalidWith(const char* text) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text));
}

TEST(NumericFromProto, UnsetFieldsAreTensorFlowsDefaults) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const NumericColumn column,
                                Numeric(R"(key: "age")"));
  EXPECT_EQ(column.key, "age");
  EXPECT_THAT(column.shape, ElementsAre(1));
  EXPECT_FALSE(column.default_value.has_value());
  EXPECT_EQ(column.dtype, DType::kFloat32);
}

TEST(NumericFromProto, KeepsHowANumberWasWritten) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const NumericColumn column,
                                Numeric(R"(key: "" shape: [2, 1] dtype: "int64"
                 default_value {
                   values { integer: 3 } values { real: 0.5 } shape: [2, 1]
                 })"));
  EXPECT_EQ(column.key, "");
  EXPECT_THAT(column.shape, ElementsAre(2, 1));
  EXPECT_EQ(column.dtype, DType::kInt64);
  EXPECT_THAT(column.default_value->values(),
              ElementsAre(Number(std::int64_t{3}), Number(0.5)));
  EXPECT_THAT(*column.default_value->shape(), ElementsAre(2, 1));
}

TEST(NumericFromProto, RefusesWithThePlace) {
  EXPECT_THAT(Numeric(""), InvalidWith("key: missing"));
  EXPECT_THAT(Numeric(R"(key: "a" dtype: "float")"),
              InvalidWith("dtype: \"float\" is no type"));
  EXPECT_THAT(Numeric(R"(key: "a" default_value {})"),
              InvalidWith("default_value.values: 0 without a shape"));
  EXPECT_THAT(Numeric(R"(key: "a" default_value {
                           values { integer: 1 } values {} shape: 2 })"),
              InvalidWith("default_value.values[1].number: neither"));
  EXPECT_THAT(Numeric(R"(key: "a" default_value {
                           values { integer: 1 }
                           shape: [4294967296, 4294967296] })"),
              InvalidWith("default_value.values: 1 for a shape of"));
}

TEST(SequenceNumericFromProto, ReadsAndRefuses) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const SequenceNumericColumn column,
      SequenceNumericFromProto(Parse<v1::SequenceNumericColumn>(
          R"(key: "s" shape: 3 default_value { integer: -1 }
             dtype: "int32")")));
  EXPECT_THAT(column.shape, ElementsAre(3));
  EXPECT_EQ(column.default_value, Number(std::int64_t{-1}));
  EXPECT_EQ(column.dtype, DType::kInt32);
  EXPECT_THAT(SequenceNumericFromProto(Parse<v1::SequenceNumericColumn>(
                  R"(key: "s" default_value {})")),
              InvalidWith("default_value.number"));
}

}  // namespace
}  // namespace rowhouse::internal
