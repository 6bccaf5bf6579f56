// The shards that a command line names.
#ifndef ROWHOUSE_TOOLS_CONNECT_H_
#define ROWHOUSE_TOOLS_CONNECT_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "rowhouse/client.h"
#include "tools/exit_code.h"

namespace rowhouse::tools {

// How long a verb that should take no time waits for an answer.
inline constexpr absl::Duration kQuickTimeout = absl::Seconds(10);
// How long one may take that copies every row.
inline constexpr absl::Duration kLongTimeout = absl::Hours(1);

// One of the two is set; neither for verbs that only read files.
struct Target {
  std::string servers;                    // "H1:P1,H2:P2,..."
  std::string embedded;                   // a data directory
  std::optional<absl::Duration> timeout;  // none: what the verb thinks right
};

enum class NewDirectory { kRefuse, kMake };

// Of ClientOptions.
using OnRetry = std::function<void(const absl::Status&)>;

// Only with one can rows be written.
enum class Session { kNone, kOpen };

// Connects; without a session where nothing is written. NOT_FOUND when the
// embedded directory holds no shard and is not to be made: a misspelt path must
// not become an empty shard. A server that does not answer is UNAVAILABLE after
// kQuickTimeout at the latest, however long the verb itself may take.
absl::StatusOr<Client> Connect(const Target& target, absl::Duration timeout,
                               NewDirectory directory = NewDirectory::kRefuse,
                               Session session = Session::kNone,
                               const OnRetry& on_retry = {});

// What each server says, whether or not the others answer. REQUIRES: servers.
absl::StatusOr<std::vector<ShardAnswer>> AskShards(const Target& target,
                                                   absl::Duration timeout);

// kUnreachable only where there is somebody to reach.
ExitCode ExitCodeOf(const absl::Status& status, const Target& target);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_CONNECT_H_
