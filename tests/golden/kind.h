// A kind of recorded cases, and what running one of them comes to.
#ifndef ROWHOUSE_TESTS_GOLDEN_KIND_H_
#define ROWHOUSE_TESTS_GOLDEN_KIND_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "rowhouse/client.h"
#include "tests/golden/case.h"

namespace rowhouse::golden {

// How a case ended. An absl::Status converts: OK passed, an error failed with
// its message, so that the macros of base/status_macros.h work.
class Outcome {
 public:
  Outcome(const absl::Status& status)  // NOLINT: implicit
      : verdict_(status.ok() ? Verdict::kPassed : Verdict::kFailed),
        message_(status.message()) {}

  // We do not do what TensorFlow does there, on purpose and by a page of docs/.
  static Outcome Refused(std::string reason) {
    return Outcome(Verdict::kRefused, std::move(reason));
  }

  bool passed() const { return verdict_ == Verdict::kPassed; }
  bool failed() const { return verdict_ == Verdict::kFailed; }
  bool refused() const { return verdict_ == Verdict::kRefused; }
  // Why it failed or was refused.
  const std::string& message() const { return message_; }

 private:
  enum class Verdict { kPassed, kFailed, kRefused };
  Outcome(Verdict verdict, std::string message)
      : verdict_(verdict), message_(std::move(message)) {}

  Verdict verdict_;
  std::string message_;
};

// What surrounds a case while it runs.
struct Context {
  // Of the JSON file: vocabularies and checkpoints are named relative to it.
  std::string folder;
  // For kinds with tables, else null. There is no table at the begin of a case;
  // what it leaves is dropped after it.
  Client* client = nullptr;
};

struct Kind {
  absl::string_view name;  // as files say it
  // Run embedded, on one server and on three; else once, without a client.
  bool uses_tables = false;
  // Members that a case and its "expect" may have; another one is a failure.
  // (name, about, expect, tolerance and error need not be named.)
  std::vector<absl::string_view> given;
  std::vector<absl::string_view> expected;
  // Runs one case whose members are known. May let Json::exception through: it
  // counts as failed.
  Outcome (*run)(const Case& test, Context& context) = nullptr;
};

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KIND_H_
