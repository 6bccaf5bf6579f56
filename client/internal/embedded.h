// A shard in this process, as the client sees it: the client never includes
// shard/, client/embedded is the one door.
#ifndef ROWHOUSE_CLIENT_INTERNAL_EMBEDDED_H_
#define ROWHOUSE_CLIENT_INTERNAL_EMBEDDED_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/internal/shard_stub.h"

namespace rowhouse::internal {

struct EmbeddedOptions {
  std::string data_dir;
  std::string checkpoint_dir;  // empty: below data_dir
  ShardIndex index;
  std::uint32_t shard_count = 1;
  std::size_t threads = 0;            // beside the caller's
  std::uint64_t new_incarnation = 0;  // random bits, should the data be new
};

// Opens shard `index` of `shard_count` in `data_dir`, which is made when there
//; is none. Destroying
// the stub closes the shard. Errors are those of shard::Shard::Open.
absl::StatusOr<std::unique_ptr<ShardStub>> OpenEmbeddedShard(
    const EmbeddedOptions& options);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_EMBEDDED_H_
