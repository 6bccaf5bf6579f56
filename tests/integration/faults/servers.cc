#include "tests/integration/faults/servers.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tests/integration/faults/freeze.h"

namespace rowhouse::faults {

absl::StatusOr<std::unique_ptr<Servers>> Servers::Make(
    const Setup& setup, int count, const std::string& data_directory,
    const std::vector<Place>& places) {
  auto servers = std::make_unique<Servers>();
  const std::string& data =
      data_directory.empty() ? setup.directory : data_directory;
  for (auto& options : ClusterOptions(setup.server_binary, data, count)) {
    Shard shard;
    ROWHOUSE_ASSIGN_OR_RETURN(shard.shim, ShimControl::Create(absl::StrCat(
                                              setup.directory, "/shard-",
                                              options.shard_index, ".page")));
    options.environment = shard.shim->Environment(setup.shim);
    if (!places.empty()) {
      const Place& place =
          places[static_cast<std::size_t>(options.shard_index)];
      options.prefix = place.prefix;
      options.listen = place.listen;
      options.more_flags = {"--allow-remote"};
    }
    options.log_path =
        absl::StrCat(setup.directory, "/shard-", options.shard_index, ".log");
    shard.process = std::make_unique<ServerProcess>(std::move(options));
    servers->shards_.push_back(std::move(shard));
  }
  return servers;
}

absl::Status Servers::Start() {
  std::vector<ServerProcess*> started;
  for (Shard& shard : shards_) {
    if (shard.process->running()) continue;
    ROWHOUSE_RETURN_IF_ERROR(shard.process->Spawn());
    started.push_back(shard.process.get());
  }
  for (ServerProcess* process : started) {
    ROWHOUSE_RETURN_IF_ERROR(process->WaitUntilServing());
  }
  return absl::OkStatus();
}

void Servers::Kill() {
  for (Shard& shard : shards_) shard.process->Kill();
}

absl::Status Servers::Freeze() {
  for (Shard& shard : shards_) {
    if (!shard.process->running()) continue;
    ROWHOUSE_RETURN_IF_ERROR(faults::Freeze(shard.process->pid()));
  }
  return absl::OkStatus();
}

std::string Servers::Address() const {
  std::vector<const ServerProcess*> all;
  for (const Shard& shard : shards_) all.push_back(shard.process.get());
  return AddressList(all);
}

}  // namespace rowhouse::faults
