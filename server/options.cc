#include "server/options.h"

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "server/listen_address.h"

namespace rowhouse::server {
namespace {

// More would only wait for each other: a request has at most so many lanes.
constexpr std::uint32_t kThreadsMax = 256;

// Of rows in memory: less than a few pushes would be written back all the time.
constexpr std::uint64_t kRowMemoryBytesMin = 16u << 20;

template <typename... Words>
absl::Status Invalid(const Words&... words) {
  return absl::InvalidArgumentError(absl::StrCat(words...));
}

}  // namespace

absl::Status Validate(const Options& options) {
  ROWHOUSE_ASSIGN_OR_RETURN(const ListenAddress address,
                            ListenAddress::Parse(options.listen));
  if (!address.IsLocal() && !options.allow_remote) {
    return Invalid("--listen ", options.listen,
                   ": other machines reach this address, and there is no TLS "
                   "yet; --allow-remote permits it");
  }
  if (options.data_dir.empty()) return Invalid("--data-dir: missing");
  if (options.shard_count < 1 || options.shard_count > kShardsMax) {
    return Invalid("--shard-count ", options.shard_count, ": expected 1 to ",
                   kShardsMax);
  }
  if (options.shard_index >= options.shard_count) {
    return Invalid("--shard-index ", options.shard_index,
                   ": must be below --shard-count ", options.shard_count);
  }
  if (options.map_version < 1) {
    return Invalid("--map-version ", options.map_version,
                   ": expected at least 1");
  }
  if (options.threads > kThreadsMax) {
    return Invalid("--threads ", options.threads, ": at most ", kThreadsMax);
  }
  if (options.row_memory_bytes > 0 &&
      options.row_memory_bytes < kRowMemoryBytesMin) {
    return Invalid("--row-memory ", options.row_memory_bytes,
                   ": expected 0 or at least ", kRowMemoryBytesMin);
  }
  if (options.journal_bytes_max < 2 * kJournalSegmentBytes) {
    return Invalid("--journal-bytes-max ", options.journal_bytes_max,
                   ": expected at least two segments, ",
                   2 * kJournalSegmentBytes);
  }
  if (options.session_lease < 2 * absl::Seconds(kHeartbeatSeconds) ||
      options.session_lease > absl::Hours(1)) {
    return Invalid(
        "--session-lease ", absl::FormatDuration(options.session_lease),
        ": expected two signs of life, ", 2 * kHeartbeatSeconds, "s, to 1h");
  }
  if (options.drain_timeout < absl::ZeroDuration() ||
      options.drain_timeout > absl::Hours(1)) {
    return Invalid("--drain-timeout ",
                   absl::FormatDuration(options.drain_timeout),
                   ": expected 0 to 1h");
  }
  return absl::OkStatus();
}

}  // namespace rowhouse::server
