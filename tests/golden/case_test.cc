#include "tests/golden/case.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/golden/compare.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::golden {
namespace {

using ::testing::HasSubstr;

Json CaseWithError(const std::string& error) {
  return Json::parse(R"({"name": "n", "expect": {"error": )" + error + "}}");
}

TEST(ReadCase, SeparatesWhatIsGivenFromWhatIsExpected) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Case test,
      ReadCase(Json::parse(R"({"name": "n", "about": "a", "spec": 1,
                               "tolerance": 1e-3, "expect": {"ids": 2}})")));
  EXPECT_EQ(test.name, "n");
  EXPECT_EQ(test.about, "a");
  EXPECT_EQ(test.given, Json::parse(R"({"spec": 1})"));
  EXPECT_EQ(test.expect, Json::parse(R"({"ids": 2})"));
  EXPECT_EQ(test.tolerance, 1e-3);
  EXPECT_FALSE(test.error.has_value());
}

TEST(ReadCase, RefusesWhatItCannotJudge) {
  EXPECT_THAT(ReadCase(Json::parse("{}")),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(
      ReadCase(CaseWithError(R"({"type": "KeyError", "when": "run"})")),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("KeyError")));
  EXPECT_THAT(
      ReadCase(CaseWithError(R"({"type": "TypeError", "when": "later"})")),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("later")));
  EXPECT_THAT(ReadCase(CaseWithError(
                  R"({"type": "TypeError", "when": "run", "who": 1})")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("who")));
}

TEST(CheckError, WantsTheCodeAndTheMoment) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Case test, ReadCase(CaseWithError(
                           R"({"type": "ValueError", "when": "construct"})")));
  const absl::Status right = absl::InvalidArgumentError("x");
  ROWHOUSE_EXPECT_OK(CheckError(test, Moment::kConstruct, right));
  EXPECT_THAT(CheckError(test, Moment::kRun, right),
              StatusIs(absl::StatusCode::kInternal,
                       HasSubstr("expected ValueError at construct")));
  EXPECT_FALSE(
      CheckError(test, Moment::kConstruct, absl::NotFoundError("x")).ok());
  EXPECT_FALSE(CheckNoErrorIsExpected(test).ok());
}

TEST(CheckError, TakesTheErrorOfAGraphToo) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Case test,
      ReadCase(CaseWithError(R"({"type": "RuntimeError", "when": "run",
                                 "graph_type": "NotFound"})")));
  ROWHOUSE_EXPECT_OK(
      CheckError(test, Moment::kRun, absl::FailedPreconditionError("x")));
  ROWHOUSE_EXPECT_OK(CheckError(test, Moment::kRun, absl::NotFoundError("x")));
  EXPECT_FALSE(CheckError(test, Moment::kRun, absl::DataLossError("x")).ok());
}

TEST(CheckError, TakesAnyErrorWhereTensorFlowStumbles) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Case test,
      ReadCase(CaseWithError(R"({"type": "AttributeError", "when": "run"})")));
  ROWHOUSE_EXPECT_OK(CheckError(test, Moment::kRun, absl::DataLossError("x")));
  EXPECT_FALSE(
      CheckError(test, Moment::kConstruct, absl::DataLossError("x")).ok());
}

TEST(CheckError, TakesNoneWhereNoneIsExpected) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Case test,
      ReadCase(Json::parse(R"({"name": "n", "expect": {"ids": 2}})")));
  ROWHOUSE_EXPECT_OK(CheckNoErrorIsExpected(test));
  EXPECT_FALSE(CheckError(test, Moment::kRun, absl::DataLossError("x")).ok());
}

}  // namespace
}  // namespace rowhouse::golden
