// One recorded case: what was given, and what TensorFlow made of it.
#ifndef ROWHOUSE_TESTS_GOLDEN_CASE_H_
#define ROWHOUSE_TESTS_GOLDEN_CASE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tests/golden/value.h"

namespace rowhouse::golden {

// When an error shows: while a column, layer or optimizer is made (its spec
// alone decides), or when data flows.
enum class Moment { kConstruct, kRun };

struct ExpectedError {
  Moment when = Moment::kRun;
  std::string type;  // as recorded: "ValueError", "NotFound", ...
  // The codes that are right; empty: every error is.
  std::vector<absl::StatusCode> codes;
};

struct Case {
  std::string name;
  std::string about;
  Json given;   // the whole case but "expect"
  Json expect;  // without "error"
  std::optional<ExpectedError> error;
  double tolerance = 0;  // of floats, relative to the row
};

// INVALID_ARGUMENT naming what is wrong with the case itself: its name, the
// type or moment of its error. Tolerance is kTolerance where the case has none.
absl::StatusOr<Case> ReadCase(const Json& json);

// INVALID_ARGUMENT naming the first member of `json` that is not among `known`:
// what nobody reads nobody tests.
absl::Status CheckMembers(absl::string_view what, const Json& json,
                          absl::Span<const absl::string_view> known);

// The end of a case that failed with `error` at `when`: OK when that was
// recorded, else INTERNAL with both. REQUIRES: !error.ok().
absl::Status CheckError(const Case& test, Moment when,
                        const absl::Status& error);

// For a case that went through without an error: OK when none was recorded.
absl::Status CheckNoErrorIsExpected(const Case& test);

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_CASE_H_
