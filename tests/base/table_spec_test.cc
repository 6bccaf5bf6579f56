#include "rowhouse/table_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "base/limits.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

TableSpec Spec() { return {.name = "words", .dim = 8}; }

TableSpec Named(std::string name) {
  TableSpec spec = Spec();
  spec.name = std::move(name);
  return spec;
}

TableSpec With(const OptimizerSpec& optimizer) {
  TableSpec spec = Spec();
  spec.optimizer = optimizer;
  return spec;
}

TableSpec With(const InitializerSpec& initializer) {
  TableSpec spec = Spec();
  spec.initializer = initializer;
  return spec;
}

// The message names the table, the field and its value.
auto Refused(const std::string& field, const std::string& value) {
  return StatusIs(
      absl::StatusCode::kInvalidArgument,
      AllOf(HasSubstr("table 'words'"), HasSubstr(field + " " + value)));
}

TEST(ValidateTableSpec, AcceptsDefaults) {
  ROWHOUSE_EXPECT_OK(Validate(Spec()));
  ROWHOUSE_EXPECT_OK(Validate(With(AdagradSpec{})));
  ROWHOUSE_EXPECT_OK(Validate(With(FtrlSpec{})));
  ROWHOUSE_EXPECT_OK(Validate(With(UniformInitializer{})));
  ROWHOUSE_EXPECT_OK(Validate(With(NormalInitializer{})));
}

TEST(ValidateTableSpec, NameLength) {
  EXPECT_THAT(Validate(Named("")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "table name has 0 bytes, expected 1 to 256"));
  ROWHOUSE_EXPECT_OK(Validate(Named(std::string(256, 'n'))));
  EXPECT_THAT(Validate(Named(std::string(257, 'n'))),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "table name has 257 bytes, expected 1 to 256"));
}

TEST(ValidateTableSpec, NameIsPrintableUtf8) {
  for (const char* name :
       {"a b/c:d", "na\xc3\xafve", "\xe6\xbc\xa2\xe5\xad\x97",
        "\xf0\x9f\x98\x80", "\xc2\xa0", "\xe0\xa0\x80", "\xed\x9f\xbf",
        "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    ROWHOUSE_EXPECT_OK(Validate(Named(name))) << name;
  }
  const std::string bad[] = {
      std::string("a\0b", 3),  // control characters
      "a\nb",
      "\x1f",
      "\x7f",
      "\xc2\x80",
      "\xc2\x9f",
      "\x80",
      "a\xbf",
      "\xff",
      "\xfe",  // no beginning
      "\xc3",
      "\xe6\xbc",
      "\xf0\x9f\x98",  // cut short
      "\xc3(",
      "\xe6(\xa2",
      "\xf0\x9f\x98(",  // no tail
      "\xc0\xaf",
      "\xc1\x81",
      "\xe0\x80\x80",  // longer than need be
      "\xe0\x9f\xbf",
      "\xf0\x80\x80\x80",
      "\xf0\x8f\xbf\xbf",
      "\xed\xa0\x80",
      "\xed\xbf\xbf",  // surrogates
      "\xf4\x90\x80\x80",
      "\xf5\x80\x80\x80",  // above U+10FFFF
  };
  for (const std::string& name : bad) {
    EXPECT_THAT(Validate(Named(name)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         "table name is not printable UTF-8"))
        << ::testing::PrintToString(name);
  }
}

TEST(ValidateTableSpec, Dim) {
  TableSpec spec = Spec();
  for (const std::uint32_t dim : {1u, kDimMax}) {
    spec.dim = dim;
    ROWHOUSE_EXPECT_OK(Validate(spec));
  }
  for (const std::uint32_t dim : {0u, kDimMax + 1}) {
    spec.dim = dim;
    EXPECT_THAT(Validate(spec), Refused("dim", std::to_string(dim)));
  }
}

// Each of them becomes a row in memory: a claim must not stop a shard for good.
TEST(ValidateTableSpec, RowsThatMoveUntouchedAreKnownAndBounded) {
  TableSpec spec = Spec();
  spec.optimizer = FtrlSpec{.generation = Generation::kKeras};
  spec.rows = 0;
  EXPECT_THAT(Validate(spec), Refused("must know its ids:", "rows is 0"));
  spec.rows = kUntouchedRowsMax;
  ROWHOUSE_EXPECT_OK(Validate(spec));
  spec.rows = std::uint64_t{1} << 40;
  EXPECT_THAT(Validate(spec), Refused("so all", "1099511627776 will be made"));
  spec.optimizer = SgdSpec{};
  ROWHOUSE_EXPECT_OK(Validate(spec));
}

TEST(ValidateTableSpec, PartsAreCheckedAndNameTheTable) {
  EXPECT_THAT(Validate(With(SgdSpec{.learning_rate = kNan})),
              Refused("sgd learning_rate", "nan"));
  TableSpec spec = Spec();
  spec.update.moving_average = MovingAverage{.momentum = 2};
  EXPECT_THAT(Validate(spec), Refused("update.moving_average.momentum", "2"));
}

TEST(ValidateTableSpec, Initializers) {
  EXPECT_THAT(Validate(With(UniformInitializer{1, 1})),
              Refused("uniform initializer", "[1, 1)"));
  EXPECT_THAT(Validate(With(UniformInitializer{2, 1})),
              Refused("uniform initializer", "[2, 1)"));
  EXPECT_THAT(Validate(With(UniformInitializer{kNan, 1})),
              Refused("uniform initializer", "[nan, 1)"));
  EXPECT_THAT(Validate(With(UniformInitializer{0, kInfinity})),
              Refused("uniform initializer", "[0, inf)"));
  EXPECT_THAT(Validate(With(NormalInitializer{0, -1})),
              Refused("normal initializer", "mean 0 stddev -1"));
  EXPECT_THAT(Validate(With(NormalInitializer{kNan, 1})),
              Refused("normal initializer", "mean nan stddev 1"));
  ROWHOUSE_EXPECT_OK(Validate(With(NormalInitializer{3, 0})));
}

}  // namespace
}  // namespace rowhouse
