// Servers of one cluster beside others that share their checkpoints.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_SERVER_GROUP_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_SERVER_GROUP_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tests/integration/faults/setup.h"
#include "tests/testing/server_process.h"

namespace rowhouse::faults {

class ServerGroup {
 public:
  // `count` servers that serve, with directories of their own below the
  // setup's. Checkpoints are those of all groups of the setup, and wait little
  // for sessions whose client gives no sign of life.
  static absl::StatusOr<std::unique_ptr<ServerGroup>> Start(
      const Setup& setup, absl::string_view name, int count);

  std::string Address() const;  // "a:1,b:2,..."
  std::vector<std::string> Addresses() const;

 private:
  std::vector<std::unique_ptr<ServerProcess>> servers_;
};

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_SERVER_GROUP_H_
