// What a server is told by its flags.
#ifndef ROWHOUSE_SERVER_OPTIONS_H_
#define ROWHOUSE_SERVER_OPTIONS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/limits.h"
#include "storage/limits.h"

namespace rowhouse::server {

struct Options {
  // "HOST:PORT" with an IP address or localhost, or "unix:PATH". Port 0 takes
  // a free one.
  std::string listen = "127.0.0.1:7070";
  // Permits addresses that other machines reach: there is no TLS yet, so
  // whoever reaches the port reads and writes every table.
  bool allow_remote = false;
  std::string data_dir;
  // Where checkpoints lie, the same place for all shards. Empty: in data_dir.
  std::string checkpoint_dir;
  std::uint32_t shard_index = 0;
  std::uint32_t shard_count = 1;
  std::uint64_t map_version = 1;
  std::uint32_t lanes = 4;
  // Threads that work the lanes of a request beside the one that has it.
  std::uint32_t threads = 0;
  // Bytes of rows in memory; 0: all of them.
  std::uint64_t row_memory_bytes = 0;
  // Journal bytes kept before pushes are refused, and disk space held back for
  // starting and writing back on a full disk.
  std::uint64_t journal_bytes_max = storage::kJournalBytesMax;
  std::uint64_t disk_reserve_bytes = storage::kDiskReserveBytes;
  // Without a sign of life for so long, a session that a checkpoint waits for
  // is ended.
  absl::Duration session_lease = absl::Seconds(kSessionLeaseSeconds);
  // How long calls under way may take when the server is told to end.
  absl::Duration drain_timeout = absl::Seconds(10);
  // 64 random bits for a data directory that is new.
  std::uint64_t new_incarnation = 0;
};

// INVALID_ARGUMENT naming the flag, its value and what is expected. (What only
// the shard can judge, such as `lanes`, it says when it is opened.)
absl::Status Validate(const Options& options);

}  // namespace rowhouse::server

#endif  // ROWHOUSE_SERVER_OPTIONS_H_
