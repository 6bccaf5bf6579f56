#include "storage/stored_session.h"

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"
#include "rowhouse/storage/v1/manifest.pb.h"

namespace rowhouse::storage {

void EncodeSession(const StoredSession& session, v1::StoredSession& message) {
  message.set_number(session.number);
  message.set_lowest(session.lowest);
  message.set_highest_plus_one(session.highest_plus_one);
  message.set_last_lsn(session.last_lsn);
  message.set_snapshot_epoch(session.snapshot_epoch);
  message.mutable_done()->Add(session.done.begin(), session.done.end());
}

absl::StatusOr<StoredSession> DecodeSession(const v1::StoredSession& message,
                                            absl::string_view path) {
  StoredSession session{.number = message.number(),
                        .lowest = message.lowest(),
                        .highest_plus_one = message.highest_plus_one(),
                        .last_lsn = message.last_lsn(),
                        .snapshot_epoch = message.snapshot_epoch(),
                        .done = {message.done().begin(), message.done().end()}};
  const bool rising =
      std::adjacent_find(session.done.begin(), session.done.end(),
                         std::greater_equal<>()) == session.done.end();
  if (!rising || (!session.done.empty() &&
                  (session.done.front() < session.lowest ||
                   session.done.back() >= session.highest_plus_one))) {
    return absl::DataLossError(absl::StrCat(path, ": session ", session.number,
                                            ": sequences out of order"));
  }
  return session;
}

}  // namespace rowhouse::storage
