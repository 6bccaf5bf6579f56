// The three ways to hold tables that every case with tables is run on.
#ifndef ROWHOUSE_TESTS_GOLDEN_CLUSTER_H_
#define ROWHOUSE_TESTS_GOLDEN_CLUSTER_H_

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rowhouse/client.h"
#include "server/server.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::golden {

enum class ClusterLayout { kEmbedded, kOneServer, kThreeServers };

// "embedded", "1", "3".
absl::string_view LayoutName(ClusterLayout layout);
std::optional<ClusterLayout> LayoutOf(absl::string_view name);

// Shards and a client of them: in the client, or real servers on free ports of
// loopback, in directories that go with the object. Thread-compatible.
class Cluster {
 public:
  // The errors of server::Server::Start and Client::Connect.
  static absl::StatusOr<std::unique_ptr<Cluster>> Start(ClusterLayout layout);

  Client& client() { return *client_; }
  // Drops every table.
  absl::Status Clear();

 private:
  Cluster() = default;
  // Starts shard `index` of `count` and returns its address.
  absl::StatusOr<std::string> StartServer(std::uint32_t index,
                                          std::uint32_t count);

  const TempDir directory_;
  std::vector<std::unique_ptr<server::Server>> servers_;
  std::optional<Client> client_;  // ends before its servers
};

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_CLUSTER_H_
