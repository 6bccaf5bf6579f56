#include "tests/golden/cluster.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "server/options.h"

namespace rowhouse::golden {
namespace {

struct Layout {
  ClusterLayout layout;
  absl::string_view name;
  std::uint32_t servers;  // 0: in the client
};

constexpr Layout kLayouts[] = {{ClusterLayout::kEmbedded, "embedded", 0},
                               {ClusterLayout::kOneServer, "1", 1},
                               {ClusterLayout::kThreeServers, "3", 3}};

const Layout& Find(ClusterLayout layout) {
  return kLayouts[static_cast<std::size_t>(layout)];
}

}  // namespace

absl::string_view LayoutName(ClusterLayout layout) { return Find(layout).name; }

std::optional<ClusterLayout> LayoutOf(absl::string_view name) {
  for (const Layout& layout : kLayouts) {
    if (layout.name == name) return layout.layout;
  }
  return std::nullopt;
}

absl::StatusOr<std::unique_ptr<Cluster>> Cluster::Start(ClusterLayout layout) {
  std::unique_ptr<Cluster> cluster(new Cluster);
  std::string address =
      absl::StrCat("embedded:", cluster->directory_.File("embedded"));
  if (const std::uint32_t count = Find(layout).servers; count > 0) {
    std::vector<std::string> addresses;
    for (std::uint32_t index = 0; index < count; ++index) {
      ROWHOUSE_ASSIGN_OR_RETURN(addresses.emplace_back(),
                                cluster->StartServer(index, count));
    }
    address = absl::StrJoin(addresses, ",");
  }
  ROWHOUSE_ASSIGN_OR_RETURN(cluster->client_, Client::Connect(address));
  return cluster;
}

absl::StatusOr<std::string> Cluster::StartServer(std::uint32_t index,
                                                 std::uint32_t count) {
  server::Options options;
  options.listen = "127.0.0.1:0";
  options.data_dir = directory_.File(absl::StrCat("shard-", index));
  options.checkpoint_dir = directory_.File("checkpoints");
  options.shard_index = index;
  options.shard_count = count;
  options.new_incarnation = 4711 + index;
  ROWHOUSE_ASSIGN_OR_RETURN(servers_.emplace_back(),
                            server::Server::Start(options));
  return servers_.back()->address();
}

absl::Status Cluster::Clear() {
  ROWHOUSE_ASSIGN_OR_RETURN(const auto tables, client_->ListTables());
  for (const TableSummary& table : tables) {
    ROWHOUSE_RETURN_IF_ERROR(client_->DropTable(table.spec.name));
  }
  return absl::OkStatus();
}

}  // namespace rowhouse::golden
