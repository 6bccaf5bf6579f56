// rowhouse-server processes of one cluster, for as long as an object lives.
#ifndef ROWHOUSE_EXAMPLES_CENSUS_SERVER_GROUP_H_
#define ROWHOUSE_EXAMPLES_CENSUS_SERVER_GROUP_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rowhouse::census {

// Thread-compatible. Children die with this process, whatever ends it.
class ServerGroup {
 public:
  // Starts `count` servers on free ports of the loopback, with data directories
  // and logs (server-I, server-I.log) under `directory`, and waits until all
  // serve. UNAVAILABLE, with the log's name, when one does not.
  static absl::StatusOr<ServerGroup> Start(const std::string& binary,
                                           const std::string& directory,
                                           std::uint32_t count);
  // Kills what Stop did not end.
  ~ServerGroup();
  ServerGroup(ServerGroup&& other) noexcept;
  ServerGroup& operator=(ServerGroup&&) = delete;

  // "host:port,host:port,...": what Client::Connect takes.
  std::string address() const;

  // Asks all to end (SIGTERM) and waits. INTERNAL when one ends in error, or is
  // killed because it does not end.
  absl::Status Stop();

 private:
  struct Server {
    pid_t pid = -1;
    int output = -1;  // kept open: a server that prints must not die of it
    std::string address;
    std::string log;
  };

  ServerGroup() = default;
  absl::Status Add(const std::string& binary, const std::string& directory,
                   std::uint32_t index, std::uint32_t count);

  std::vector<Server> servers_;
};

}  // namespace rowhouse::census

#endif  // ROWHOUSE_EXAMPLES_CENSUS_SERVER_GROUP_H_
