#include <memory>
#include <string>

#include "base/status_macros.h"
#include "tests/integration/faults/net.h"
#include "tests/integration/faults/partition.h"
#include "tests/integration/faults/verbs.h"

namespace rowhouse::faults {
namespace {

constexpr int kMany = 1'000'000;

absl::Status ReportProxies(const Setup& setup, NetOptions& options,
                           Report& report) {
  report.line["pushes"] = options.pushes;
  if (options.pushes == 0) return absl::OkStatus();
  ROWHOUSE_ASSIGN_OR_RETURN(options.setup, SetupBelow(setup, "proxies"));
  ROWHOUSE_ASSIGN_OR_RETURN(const NetResult result, RunBadNetwork(options));
  AddVerdict(result.verdict, report);
  report.line["replies"] = result.network.replies;
  report.line["replies_dropped"] = result.network.dropped;
  report.line["connections_cut"] = result.network.cuts;
  report.line["delays"] = result.network.delays;
  report.line["duplicates"] = result.copies.sent;
  report.line["duplicates_known"] = result.copies.known;
  report.line["duplicates_first"] = result.copies.first;
  report.line["duplicates_refused"] = result.copies.refused;
  report.line["duplicates_unanswered"] = result.copies.unanswered;
  report.line["duplicates_failed"] = result.copies.failed;
  report.kept = report.kept && result.copies.failed == 0;
  return absl::OkStatus();
}

absl::Status ReportPartitions(const Setup& setup, PartitionOptions& options,
                              Report& report) {
  if (options.partitions == 0) return absl::OkStatus();
  ROWHOUSE_ASSIGN_OR_RETURN(options.setup, SetupBelow(setup, "partitions"));
  const auto result = RunPartitions(options);
  if (absl::IsUnimplemented(result.status())) {
    report.line["partitions"] = 0;
    report.line["partitions_impossible"] =
        std::string(result.status().message());
    return absl::OkStatus();
  }
  ROWHOUSE_RETURN_IF_ERROR(result.status());
  AddVerdict(result->verdict, report);
  report.line["partitions"] = result->partitions;
  report.line["partitions_one_way"] = result->one_way;
  report.line["partitions_swizzled"] = result->swizzled;
  report.line["slowest_recovery_s"] =
      absl::ToDoubleSeconds(result->slowest_recovery);
  return absl::OkStatus();
}

}  // namespace

Verb AddNet(CLI::App& app) {
  const auto proxies = std::make_shared<NetOptions>();
  const auto partitions = std::make_shared<PartitionOptions>();
  CLI::App* const verb = app.add_subcommand(
      "net", "lose replies, deliver pushes twice, delay, reset, partition");
  verb->add_option("--pushes", proxies->pushes,
                   "Of counters, over all writers, through proxies")
      ->check(CLI::Range(0, 1'000'000'000));
  verb->add_option("--drop", proxies->drop, "Share of replies lost")
      ->check(CLI::Range(0.0, 0.9));
  verb->add_option("--duplicate", proxies->duplicate,
                   "Share of pushes delivered twice")
      ->check(CLI::Range(0.0, 1.0));
  AddClusterFlags(*verb, proxies->shards, proxies->writers);
  verb->add_option("--partitions,--cycles", partitions->partitions,
                   "Between network namespaces")
      ->check(CLI::Range(0, kMany));
  return [proxies, partitions](const Setup& setup) -> absl::StatusOr<Report> {
    Report report{.kept = true};
    partitions->shards = proxies->shards;
    ROWHOUSE_RETURN_IF_ERROR(ReportProxies(setup, *proxies, report));
    ROWHOUSE_RETURN_IF_ERROR(ReportPartitions(setup, *partitions, report));
    return report;
  };
}

}  // namespace rowhouse::faults
