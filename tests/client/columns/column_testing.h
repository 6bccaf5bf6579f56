// What the tests of columns have in common.
#ifndef ROWHOUSE_TESTS_CLIENT_COLUMNS_COLUMN_TESTING_H_
#define ROWHOUSE_TESTS_CLIENT_COLUMNS_COLUMN_TESTING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/columns/categorical.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse {

// A Status or StatusOr that is INVALID_ARGUMENT and says `text`.
inline auto InvalidWith(const std::string& text) {
  return StatusIs(absl::StatusCode::kInvalidArgument,
                  ::testing::HasSubstr(text));
}

// Ids of a column, or what it says against itself or its features.
template <typename Column>
absl::StatusOr<internal::SparseIds> Transform(const Column& column,
                                              const Features& features) {
  auto compiled = internal::Compile(column);
  if (!compiled.ok()) return compiled.status();
  return (*compiled)->Transform(features);
}

template <typename Column>
std::vector<std::int64_t> IdsOf(const Column& column,
                                const Features& features) {
  auto ids = Transform(column, features);
  EXPECT_TRUE(ids.ok()) << ids.status();
  return ids.ok() ? ids->values : std::vector<std::int64_t>{};
}

}  // namespace rowhouse

#endif  // ROWHOUSE_TESTS_CLIENT_COLUMNS_COLUMN_TESTING_H_
