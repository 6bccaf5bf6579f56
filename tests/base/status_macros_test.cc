#include "base/status_macros.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "tests/testing/status_matchers.h"

namespace rowhouse {
namespace {

absl::Status ReturnIfError(const absl::Status& status, int& reached) {
  ROWHOUSE_RETURN_IF_ERROR(status);
  ++reached;
  return absl::OkStatus();
}

TEST(ReturnIfError, ReturnsErrorsOnly) {
  int reached = 0;
  ROWHOUSE_EXPECT_OK(ReturnIfError(absl::OkStatus(), reached));
  EXPECT_EQ(reached, 1);
  EXPECT_THAT(ReturnIfError(absl::DataLossError("row 7"), reached),
              StatusIs(absl::StatusCode::kDataLoss, "row 7"));
  EXPECT_EQ(reached, 1);
}

absl::StatusOr<int> Sum(absl::StatusOr<std::unique_ptr<int>> a,
                        absl::StatusOr<int> b) {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::unique_ptr<int> first, std::move(a));
  int second = 0;
  ROWHOUSE_ASSIGN_OR_RETURN(second, b);
  return *first + second;
}

TEST(AssignOrReturn, MovesValuesAndReturnsErrors) {
  EXPECT_THAT(Sum(std::make_unique<int>(3), 4), IsOkAndHolds(7));
  EXPECT_THAT(Sum(absl::AbortedError("first"), 4),
              StatusIs(absl::StatusCode::kAborted, "first"));
  EXPECT_THAT(Sum(std::make_unique<int>(3), absl::AbortedError("second")),
              StatusIs(absl::StatusCode::kAborted, "second"));
}

}  // namespace
}  // namespace rowhouse
