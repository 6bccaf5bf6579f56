#include "tests/integration/faults/server_group.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::faults {

absl::StatusOr<std::unique_ptr<ServerGroup>> ServerGroup::Start(
    const Setup& setup, absl::string_view name, int count) {
  auto group = std::make_unique<ServerGroup>();
  for (auto& options :
       ClusterOptions(setup.server_binary,
                      absl::StrCat(setup.directory, "/", name), count)) {
    options.checkpoint_dir = absl::StrCat(setup.directory, "/checkpoints");
    options.more_flags = {"--session-lease=2s"};
    options.log_path = absl::StrCat(setup.directory, "/", name, ".log");
    group->servers_.push_back(
        std::make_unique<ServerProcess>(std::move(options)));
    ROWHOUSE_RETURN_IF_ERROR(group->servers_.back()->Spawn());
  }
  for (const auto& server : group->servers_) {
    ROWHOUSE_RETURN_IF_ERROR(server->WaitUntilServing());
  }
  return group;
}

std::string ServerGroup::Address() const {
  std::vector<const ServerProcess*> all;
  for (const auto& server : servers_) all.push_back(server.get());
  return AddressList(all);
}

std::vector<std::string> ServerGroup::Addresses() const {
  std::vector<std::string> all;
  for (const auto& server : servers_) all.push_back(server->address());
  return all;
}

}  // namespace rowhouse::faults
