#include "tools/connect.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "storage/data_dir.h"
#include "storage/disk.h"

namespace rowhouse::tools {
namespace {

absl::StatusOr<Client> ConnectWithin(const std::string& address,
                                     absl::Duration timeout, Session session,
                                     const OnRetry& on_retry) {
  ClientOptions options;
  options.on_retry = on_retry;
  options.timeout = timeout;
  options.open_sessions = session == Session::kOpen;
  return Client::Connect(address, options);
}

absl::Status CheckDirectory(const std::string& directory) {
  absl::Status status =
      storage::ReadManifest(storage::PosixDisk(), directory).status();
  if (!absl::IsNotFound(status)) return status;
  return absl::NotFoundError(
      absl::StrCat(directory, " is no data directory: it has no MANIFEST"));
}

}  // namespace

absl::StatusOr<Client> Connect(const Target& target, absl::Duration timeout,
                               NewDirectory directory, Session session,
                               const OnRetry& on_retry) {
  timeout = target.timeout.value_or(timeout);
  if (!target.embedded.empty()) {
    if (directory == NewDirectory::kRefuse) {
      ROWHOUSE_RETURN_IF_ERROR(CheckDirectory(target.embedded));
    }
    return ConnectWithin(absl::StrCat("embedded:", target.embedded), timeout,
                         session, on_retry);
  }
  absl::StatusOr<Client> client = ConnectWithin(
      target.servers, std::min(timeout, kQuickTimeout), session, on_retry);
  if (!client.ok() || timeout <= kQuickTimeout) return client;
  return ConnectWithin(target.servers, timeout, session, on_retry);
}

absl::StatusOr<std::vector<ShardAnswer>> AskShards(const Target& target,
                                                   absl::Duration timeout) {
  ClientOptions options;
  options.timeout = target.timeout.value_or(timeout);
  return Client::AskShards(target.servers, options);
}

ExitCode ExitCodeOf(const absl::Status& status, const Target& target) {
  if (status.ok()) return ExitCode::kOk;
  const bool unanswered =
      absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
  return unanswered && !target.servers.empty() ? ExitCode::kUnreachable
                                               : ExitCode::kFailed;
}

}  // namespace rowhouse::tools
