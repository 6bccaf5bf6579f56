// rowhouse status
#ifndef ROWHOUSE_TOOLS_STATUS_H_
#define ROWHOUSE_TOOLS_STATUS_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "rowhouse/client.h"
#include "tools/connect.h"
#include "tools/exit_code.h"
#include "tools/output.h"

namespace rowhouse::tools {

// One line per shard.
struct StatusVerb {};

// kUnhealthy when a shard is not serving or does not answer while another one
// does, kUnreachable when none does.
absl::StatusOr<ExitCode> Run(const StatusVerb& verb, const Target& target,
                             const Output& output);

// What Run prints and returns when the shards say this and the servers `silent`
// do not answer. REQUIRES: of those the error.
ExitCode Report(absl::Span<const ShardSummary> shards,
                absl::Span<const ShardAnswer> silent, const Output& output);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_STATUS_H_
