#include "base/session_status.h"

#include "absl/strings/cord.h"

namespace rowhouse {
namespace {

constexpr char kPayload[] = "rowhouse/session-ended";

}  // namespace

absl::Status SessionEndedError(absl::string_view message) {
  absl::Status status = absl::FailedPreconditionError(message);
  status.SetPayload(kPayload, absl::Cord());
  return status;
}

bool IsSessionEnded(const absl::Status& status) {
  return status.GetPayload(kPayload).has_value();
}

}  // namespace rowhouse
