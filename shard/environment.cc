#include "shard/shard.h"
#include "storage/row_store.h"

namespace rowhouse::shard {

Environment RealEnvironment(Executor& executor) {
  return {.disk = storage::PosixDisk(),
          .clock = SystemClock(),
          .executor = executor,
          .open_row_store = [](const std::string& path, bool read_only) {
            return storage::OpenRocksDbRowStore(
                {.path = path, .read_only = read_only});
          }};
}

}  // namespace rowhouse::shard
