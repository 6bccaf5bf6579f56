// The shards of one cluster, each a server in a process of its own with a shim.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_SERVERS_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_SERVERS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/integration/faults/setup.h"
#include "tests/integration/faults/shim_control.h"
#include "tests/testing/server_process.h"

namespace rowhouse::faults {

// Thread-compatible, and all processes are started by the thread that made
// them: the kernel ends them with it.
class Servers {
 public:
  // Where a shard runs, if not beside us.
  struct Place {
    std::vector<std::string> prefix;  // ServerProcess::Options::prefix
    std::string listen;               // "HOST:0"
  };
  // `data_directory`: of all shards' data and of the checkpoints; empty: the
  // setup's. Logs are always in the setup's. `places`: none, or one per shard.
  static absl::StatusOr<std::unique_ptr<Servers>> Make(
      const Setup& setup, int count, const std::string& data_directory = "",
      const std::vector<Place>& places = {});

  int size() const { return static_cast<int>(shards_.size()); }
  ServerProcess& operator[](int shard) { return *shards_[shard].process; }
  ShimControl& shim(int shard) { return *shards_[shard].shim; }

  // Starts those that do not run, side by side, and waits until they serve.
  absl::Status Start();
  void Kill();
  // Nothing comes from them any more; then they can be killed.
  absl::Status Freeze();

  // "a:1,b:2,...". REQUIRES: all have served once.
  std::string Address() const;

 private:
  struct Shard {
    std::unique_ptr<ShimControl> shim;
    std::unique_ptr<ServerProcess> process;
  };
  std::vector<Shard> shards_;
};

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_SERVERS_H_
