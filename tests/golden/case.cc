#include "tests/golden/case.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tests/golden/compare.h"

namespace rowhouse::golden {
namespace {

// Python's exceptions and TensorFlow's statuses as ours. AttributeError and
// IndexError mark places where TensorFlow stumbles before its own check: any
// error is right there.
absl::StatusOr<std::vector<absl::StatusCode>> CodesOf(const std::string& type) {
  using Codes = std::vector<absl::StatusCode>;
  if (type == "ValueError" || type == "TypeError" ||
      type == "InvalidArgument") {
    return Codes{absl::StatusCode::kInvalidArgument};
  }
  if (type == "AttributeError" || type == "IndexError") return Codes{};
  if (type == "RuntimeError" || type == "FailedPrecondition") {
    return Codes{absl::StatusCode::kFailedPrecondition};
  }
  if (type == "NotFound") return Codes{absl::StatusCode::kNotFound};
  if (type == "DataLoss") return Codes{absl::StatusCode::kDataLoss};
  if (type == "OutOfRange") return Codes{absl::StatusCode::kOutOfRange};
  if (type == "Unimplemented") return Codes{absl::StatusCode::kUnimplemented};
  if (type == "Internal") return Codes{absl::StatusCode::kInternal};
  return absl::InvalidArgumentError(
      absl::StrCat("unknown type of error '", type, "'"));
}

absl::string_view MomentName(Moment when) {
  return when == Moment::kConstruct ? "construct" : "run";
}

absl::StatusOr<ExpectedError> ReadError(const Json& json) {
  static constexpr absl::string_view kKnown[] = {"type", "when", "message",
                                                 "graph_type"};
  ROWHOUSE_RETURN_IF_ERROR(CheckMembers("error", json, kKnown));
  ExpectedError error;
  error.type = json.value("type", "");
  ROWHOUSE_ASSIGN_OR_RETURN(error.codes, CodesOf(error.type));
  if (json.contains("graph_type")) {
    ROWHOUSE_ASSIGN_OR_RETURN(const auto others,
                              CodesOf(json.value("graph_type", "")));
    if (!error.codes.empty()) {
      error.codes.insert(error.codes.end(), others.begin(), others.end());
    }
  }
  const std::string when = json.value("when", "");
  if (when != "construct" && when != "run") {
    return absl::InvalidArgumentError(
        absl::StrCat("error.when is 'construct' or 'run', not '", when, "'"));
  }
  error.when = when == "construct" ? Moment::kConstruct : Moment::kRun;
  return error;
}

std::string Describe(const ExpectedError& error) {
  return absl::StrCat(error.type, " at ", MomentName(error.when));
}

}  // namespace

absl::StatusOr<Case> ReadCase(const Json& json) {
  if (!json.is_object() || !json.contains("name") ||
      !json.at("name").is_string() || !json.contains("expect") ||
      !json.at("expect").is_object()) {
    return absl::InvalidArgumentError("a case has a name and an expect");
  }
  Case test;
  test.name = json.at("name").get<std::string>();
  test.about = json.value("about", "");
  test.tolerance = json.value("tolerance", kTolerance);
  test.given = json;
  for (const char* key : {"name", "about", "tolerance", "expect"}) {
    test.given.erase(key);
  }
  test.expect = json.at("expect");
  if (test.expect.contains("error")) {
    ROWHOUSE_ASSIGN_OR_RETURN(test.error, ReadError(test.expect.at("error")));
    test.expect.erase("error");
  }
  return test;
}

absl::Status CheckMembers(absl::string_view what, const Json& json,
                          absl::Span<const absl::string_view> known) {
  if (!json.is_object()) {
    return absl::InvalidArgumentError(
        absl::StrCat(what, " is an object, not ", json.dump().substr(0, 200)));
  }
  for (const auto& item : json.items()) {
    if (absl::c_linear_search(known, item.key())) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(what, " has an unknown member '", item.key(), "'"));
  }
  return absl::OkStatus();
}

absl::Status CheckError(const Case& test, Moment when,
                        const absl::Status& error) {
  if (!test.error.has_value()) {
    return absl::InternalError(absl::StrCat("no error is expected, got ",
                                            error.ToString(), " at ",
                                            MomentName(when)));
  }
  const ExpectedError& expected = *test.error;
  const bool right_code = expected.codes.empty() ||
                          absl::c_linear_search(expected.codes, error.code());
  if (right_code && expected.when == when) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("expected ", Describe(expected),
                                          ", got ", error.ToString(), " at ",
                                          MomentName(when)));
}

absl::Status CheckNoErrorIsExpected(const Case& test) {
  if (!test.error.has_value()) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("expected ", Describe(*test.error), ", got none"));
}

}  // namespace rowhouse::golden
