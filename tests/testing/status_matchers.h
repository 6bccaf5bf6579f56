// Matchers and assertions for absl::Status and absl::StatusOr, with the names
// and meaning that abseil gives them in versions later than Debian's.
//
//   ROWHOUSE_ASSERT_OK(journal->Sync());
//   ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto map, ShardMap::Uniform(1, 4));
//   EXPECT_THAT(Validate(spec), StatusIs(absl::StatusCode::kInvalidArgument,
//                                        HasSubstr("dim 0")));
#ifndef ROWHOUSE_TESTS_TESTING_STATUS_MATCHERS_H_
#define ROWHOUSE_TESTS_TESTING_STATUS_MATCHERS_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"

namespace rowhouse {
namespace testing_internal {

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}

template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& statusor) {
  return statusor.status();
}

class IsOkMatcher {
 public:
  using is_gtest_matcher = void;

  template <typename StatusLike>
  bool MatchAndExplain(const StatusLike& actual,
                       ::testing::MatchResultListener* listener) const {
    if (StatusOf(actual).ok()) return true;
    *listener << "whose status is " << StatusOf(actual);
    return false;
  }
  void DescribeTo(std::ostream* os) const { *os << "is OK"; }
  void DescribeNegationTo(std::ostream* os) const { *os << "is not OK"; }
};

class StatusIsMatcher {
 public:
  using is_gtest_matcher = void;

  StatusIsMatcher(absl::StatusCode code,
                  ::testing::Matcher<const std::string&> message)
      : code_(code), message_(std::move(message)) {}

  template <typename StatusLike>
  bool MatchAndExplain(const StatusLike& actual,
                       ::testing::MatchResultListener* listener) const {
    const absl::Status& status = StatusOf(actual);
    *listener << "whose status is " << status;
    return status.code() == code_ &&
           message_.Matches(std::string(status.message()));
  }
  void DescribeTo(std::ostream* os) const {
    *os << "is " << absl::StatusCodeToString(code_) << " with a message that ";
    message_.DescribeTo(os);
  }
  void DescribeNegationTo(std::ostream* os) const {
    *os << "is not " << absl::StatusCodeToString(code_)
        << " with a message that ";
    message_.DescribeTo(os);
  }

 private:
  absl::StatusCode code_;
  ::testing::Matcher<const std::string&> message_;
};

// Made for one StatusOr<T> when it meets it.
template <typename StatusOrType>
class HoldsMatcher : public ::testing::MatcherInterface<StatusOrType> {
 public:
  using Value = typename std::decay_t<StatusOrType>::value_type;

  template <typename Inner>
  explicit HoldsMatcher(Inner&& inner)
      : inner_(::testing::SafeMatcherCast<const Value&>(
            std::forward<Inner>(inner))) {}

  bool MatchAndExplain(
      StatusOrType actual,
      ::testing::MatchResultListener* listener) const override {
    if (!actual.ok()) {
      *listener << "whose status is " << actual.status();
      return false;
    }
    *listener << "whose value is " << ::testing::PrintToString(*actual) << " ";
    return inner_.MatchAndExplain(*actual, listener);
  }
  void DescribeTo(std::ostream* os) const override {
    *os << "is OK and holds a value that ";
    inner_.DescribeTo(os);
  }
  void DescribeNegationTo(std::ostream* os) const override {
    *os << "is not OK or holds a value that ";
    inner_.DescribeNegationTo(os);
  }

 private:
  const ::testing::Matcher<const Value&> inner_;
};

template <typename Inner>
class IsOkAndHoldsMatcher {
 public:
  explicit IsOkAndHoldsMatcher(Inner inner) : inner_(std::move(inner)) {}

  template <typename StatusOrType>
  operator ::testing::Matcher<StatusOrType>() const {  // NOLINT: conversion
    return ::testing::Matcher<StatusOrType>(
        new HoldsMatcher<const StatusOrType&>(inner_));
  }

 private:
  Inner inner_;
};

}  // namespace testing_internal

// A Status or StatusOr that is OK.
inline testing_internal::IsOkMatcher IsOk() { return {}; }

// A Status or StatusOr of this code whose message matches `message`: a string
// for the whole of it, or a matcher such as HasSubstr.
inline testing_internal::StatusIsMatcher StatusIs(
    absl::StatusCode code,
    ::testing::Matcher<const std::string&> message = ::testing::_) {
  return {code, std::move(message)};
}

// A StatusOr that is OK and whose value matches `inner`.
template <typename Inner>
testing_internal::IsOkAndHoldsMatcher<std::decay_t<Inner>> IsOkAndHolds(
    Inner&& inner) {
  return testing_internal::IsOkAndHoldsMatcher<std::decay_t<Inner>>(
      std::forward<Inner>(inner));
}

}  // namespace rowhouse

#define ROWHOUSE_EXPECT_OK(expr) EXPECT_THAT(expr, ::rowhouse::IsOk())
#define ROWHOUSE_ASSERT_OK(expr) ASSERT_THAT(expr, ::rowhouse::IsOk())

// `lhs` takes the value of `expr`, a StatusOr, or the test ends here.
#define ROWHOUSE_ASSERT_OK_AND_ASSIGN(lhs, expr) \
  ROWHOUSE_ASSERT_OK_AND_ASSIGN_(                \
      ROWHOUSE_CONCAT_(rowhouse_statusor_, __LINE__), lhs, expr)

#define ROWHOUSE_ASSERT_OK_AND_ASSIGN_(statusor, lhs, expr) \
  auto statusor = (expr);                                   \
  ASSERT_TRUE(statusor.ok()) << statusor.status();          \
  lhs = std::move(statusor).value()

#endif  // ROWHOUSE_TESTS_TESTING_STATUS_MATCHERS_H_
