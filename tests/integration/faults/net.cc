#include "tests/integration/faults/net.h"

#include <memory>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "tests/integration/faults/progress.h"
#include "tests/integration/faults/servers.h"

namespace rowhouse::faults {
namespace {

// A server with its bad connection.
struct Line {
  std::unique_ptr<Duplicator> duplicator;
  std::unique_ptr<Proxy> proxy;
};

absl::StatusOr<std::vector<Line>> MakeLines(const NetOptions& options,
                                            Servers& servers) {
  std::vector<Line> lines;
  for (int shard = 0; shard < servers.size(); ++shard) {
    const std::string& server = servers[shard].address();
    Line line;
    line.duplicator = std::make_unique<Duplicator>(server);
    Proxy::Options proxy;
    proxy.server = server;
    proxy.seed = options.setup.seed * 100 + static_cast<std::uint64_t>(shard);
    proxy.drop_replies = options.drop;
    proxy.duplicate_pushes = options.duplicate;
    proxy.duplicator = line.duplicator.get();
    proxy.delay_max = absl::Milliseconds(5);
    ROWHOUSE_ASSIGN_OR_RETURN(line.proxy, Proxy::Start(proxy));
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string AddressOf(const std::vector<Line>& lines) {
  return absl::StrJoin(lines, ",", [](std::string* out, const Line& line) {
    absl::StrAppend(out, line.proxy->address());
  });
}

void AddCounts(const std::vector<Line>& lines, NetResult& result) {
  for (const Line& line : lines) {
    const Proxy::Counts network = line.proxy->counts();
    result.network.replies += network.replies;
    result.network.dropped += network.dropped;
    result.network.cuts += network.cuts;
    result.network.pushes += network.pushes;
    result.network.duplicated += network.duplicated;
    result.network.delays += network.delays;
    const Duplicator::Counts copies = line.duplicator->counts();
    result.copies.sent += copies.sent;
    result.copies.known += copies.known;
    result.copies.first += copies.first;
    result.copies.refused += copies.refused;
    result.copies.unanswered += copies.unanswered;
    result.copies.failed += copies.failed;
  }
}

}  // namespace

absl::StatusOr<NetResult> RunBadNetwork(const NetOptions& options) {
  ROWHOUSE_ASSIGN_OR_RETURN(const auto servers,
                            Servers::Make(options.setup, options.shards));
  ROWHOUSE_RETURN_IF_ERROR(servers->Start());
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<Line> lines,
                            MakeLines(options, *servers));
  Workload::Options load;
  load.seed = options.setup.seed;
  load.writers = options.writers;
  load.counters = load.trained = Durability::kProcess;
  load.retry_wait_min = absl::Milliseconds(1);
  const auto writers = static_cast<std::uint64_t>(options.writers);
  load.pushes_per_writer = (options.pushes + writers - 1) / writers;
  ROWHOUSE_ASSIGN_OR_RETURN(
      const auto workload,
      Workload::Start(AddressOf(lines), servers->Address(), load));

  Progress progress("pushes", load.pushes_per_writer * writers,
                    options.setup.progress);
  while (!workload->Done()) {
    absl::SleepFor(absl::Milliseconds(20));
    progress.Show(workload->acknowledged());
  }
  ROWHOUSE_RETURN_IF_ERROR(workload->Finish());
  for (const Line& line : lines) line.duplicator->Drain();
  NetResult result;
  AddCounts(lines, result);
  ROWHOUSE_ASSIGN_OR_RETURN(result.verdict,
                            workload->Conclude(options.setup.directory));
  return result;
}

}  // namespace rowhouse::faults
