// How a shard says that a session is over, so that its client opens another: a
// FAILED_PRECONDITION like others, with a mark that travels with the status.
#ifndef ROWHOUSE_BASE_SESSION_STATUS_H_
#define ROWHOUSE_BASE_SESSION_STATUS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace rowhouse {

// The session is unknown, has ended or is of another life of the shard's data:
// nothing will ever be applied in it.
absl::Status SessionEndedError(absl::string_view message);

bool IsSessionEnded(const absl::Status& status);

}  // namespace rowhouse

#endif  // ROWHOUSE_BASE_SESSION_STATUS_H_
