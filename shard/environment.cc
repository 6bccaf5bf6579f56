#include <algorithm>

#include "shard/shard.h"
#include "storage/row_store.h"

namespace rowhouse::shard {
namespace {

// Bytes of rows in memory for each byte of RocksDB's cache.
constexpr std::uint64_t kRowsPerCacheByte = 8;

}  // namespace

Environment RealEnvironment(Executor& executor,
                            std::uint64_t row_memory_bytes) {
  const std::size_t cache_bytes =
      std::max(storage::RocksDbOptions().cache_bytes,
               static_cast<std::size_t>(row_memory_bytes / kRowsPerCacheByte));
  return {
      .disk = storage::PosixDisk(),
      .clock = SystemClock(),
      .executor = executor,
      .open_row_store = [cache_bytes](const std::string& path, bool read_only) {
        return storage::OpenRocksDbRowStore(
            {.path = path, .read_only = read_only, .cache_bytes = cache_bytes});
      }};
}

}  // namespace rowhouse::shard
