#include "tests/integration/faults/partition.h"

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "tests/integration/faults/network_namespace.h"
#include "tests/integration/faults/progress.h"
#include "tests/integration/faults/servers.h"

namespace rowhouse::faults {
namespace {

using Networks = std::vector<std::unique_ptr<NetworkNamespace>>;

class Partitioner {
 public:
  Partitioner(const PartitionOptions& options, Networks& networks,
              PartitionResult& result)
      : options_(options),
        networks_(networks),
        result_(result),
        random_(options.setup.seed) {}

  // One partition and its healing.
  absl::Status Partition() {
    if (random_() % 4 == 0 && networks_.size() > 1) return Swizzle();
    NetworkNamespace& network = *networks_[random_() % networks_.size()];
    ROWHOUSE_RETURN_IF_ERROR(BlockSomehow(network));
    absl::SleepFor(Draw());
    return network.Heal();
  }

 private:
  absl::Duration Draw() {
    return options_.shortest +
           (options_.longest - options_.shortest) *
               (static_cast<double>(random_() % 1000) / 1000);
  }

  absl::Status BlockSomehow(NetworkNamespace& network) {
    switch (random_() % 3) {
      case 0:
        ++result_.one_way;
        return network.Block(/*to_inside=*/true, /*to_outside=*/false);
      case 1:
        ++result_.one_way;
        return network.Block(/*to_inside=*/false, /*to_outside=*/true);
      default:
        return network.Block(true, true);
    }
  }

  // All, one after the other, and healed in another order.
  absl::Status Swizzle() {
    ++result_.swizzled;
    std::vector<NetworkNamespace*> order;
    for (const auto& network : networks_) order.push_back(network.get());
    std::shuffle(order.begin(), order.end(), random_);
    for (NetworkNamespace* network : order) {
      ROWHOUSE_RETURN_IF_ERROR(BlockSomehow(*network));
      absl::SleepFor(Draw() / 4);
    }
    std::shuffle(order.begin(), order.end(), random_);
    for (NetworkNamespace* network : order) {
      ROWHOUSE_RETURN_IF_ERROR(network->Heal());
      absl::SleepFor(Draw() / 4);
    }
    return absl::OkStatus();
  }

  const PartitionOptions& options_;
  Networks& networks_;
  PartitionResult& result_;
  std::mt19937_64 random_;
};

}  // namespace

absl::StatusOr<PartitionResult> RunPartitions(const PartitionOptions& options) {
  Networks networks;
  std::vector<Servers::Place> places;
  for (int i = 0; i < options.shards; ++i) {
    ROWHOUSE_ASSIGN_OR_RETURN(auto network, NetworkNamespace::Make(i));
    places.push_back(
        {network->prefix(), absl::StrCat(network->address(), ":0")});
    networks.push_back(std::move(network));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(
      const auto servers,
      Servers::Make(options.setup, options.shards, "", places));
  ROWHOUSE_RETURN_IF_ERROR(servers->Start());
  const std::string address = servers->Address();
  Workload::Options load;
  load.seed = options.setup.seed;
  load.writers = options.writers;
  load.timeout = absl::Seconds(2);
  ROWHOUSE_ASSIGN_OR_RETURN(const auto workload,
                            Workload::Start(address, address, load));
  PartitionResult result;
  Partitioner partitioner(options, networks, result);
  Progress progress("partitions",
                    static_cast<std::uint64_t>(options.partitions),
                    options.setup.progress);
  while (result.partitions < options.partitions) {
    ROWHOUSE_RETURN_IF_ERROR(partitioner.Partition());
    const absl::Time healed = absl::Now();
    workload->WaitUntilAllGoOn();
    result.slowest_recovery =
        std::max(result.slowest_recovery, absl::Now() - healed);
    ++result.partitions;
    progress.Show(
        static_cast<std::uint64_t>(result.partitions),
        absl::StrCat(workload->acknowledged(), " pushes acknowledged"));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(result.verdict,
                            workload->Conclude(options.setup.directory));
  return result;
}

}  // namespace rowhouse::faults
