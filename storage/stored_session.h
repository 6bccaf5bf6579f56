// A session in the messages of WATERMARKS and of checkpoints.
#ifndef ROWHOUSE_STORAGE_STORED_SESSION_H_
#define ROWHOUSE_STORAGE_STORED_SESSION_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/data_dir.h"

namespace rowhouse::storage::v1 {
class StoredSession;
}  // namespace rowhouse::storage::v1

namespace rowhouse::storage {

void EncodeSession(const StoredSession& session, v1::StoredSession& message);

// DATA_LOSS naming `path`: sequences that do not rise or are out of range.
absl::StatusOr<StoredSession> DecodeSession(const v1::StoredSession& message,
                                            absl::string_view path);

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_STORED_SESSION_H_
