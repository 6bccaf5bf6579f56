#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "base/status_macros.h"
#include "tests/integration/faults/corrupt.h"
#include "tests/integration/faults/full_disk.h"
#include "tests/integration/faults/live_checkpoints.h"
#include "tests/integration/faults/restore.h"
#include "tests/integration/faults/slow_disk.h"
#include "tests/integration/faults/sync_errors.h"
#include "tests/integration/faults/verbs.h"

namespace rowhouse::faults {
namespace {

using nlohmann::ordered_json;

constexpr int kMany = 1'000'000;

// Memory that clients with a call each may make a slow server take.
constexpr std::uint64_t kSlowDiskMemoryMax = 256u << 20;

struct DiskOptions {
  FullDiskOptions full;
  SlowDiskOptions slow;
  SyncErrorOptions errors;
};

absl::Status ReportFull(const Setup& setup, DiskOptions& options,
                        Report& report) {
  if (options.full.cycles == 0) return absl::OkStatus();
  ROWHOUSE_ASSIGN_OR_RETURN(options.full.setup, SetupBelow(setup, "full"));
  const auto result = RunFullDisk(options.full);
  if (absl::IsUnimplemented(result.status())) {
    report.line["full_impossible"] = std::string(result.status().message());
    return absl::OkStatus();
  }
  ROWHOUSE_RETURN_IF_ERROR(result.status());
  Workload::Verdict verdict;
  verdict.acked = result->acked;
  verdict.lost = result->lost;
  verdict.doubled = result->doubled;
  AddVerdict(verdict, report);
  report.line["cycles"] = result->cycles;
  report.line["rejected"] = result->rejected;
  report.line["resumed"] = result->resumed;
  report.line["slowest_resume_s"] =
      absl::ToDoubleSeconds(result->slowest_resume);
  report.line["lookups"] = result->lookups;
  report.line["lookups_failed"] = result->lookups_failed;
  report.line["killed_full"] = result->killed_full;
  report.line["restarted_full"] = result->restarted_full;
  report.kept = report.kept && result->resumed == result->cycles &&
                result->lookups_failed == 0 &&
                result->slowest_resume <= absl::Seconds(10);
  return absl::OkStatus();
}

absl::Status ReportSlow(const Setup& setup, DiskOptions& options,
                        Report& report) {
  if (options.slow.cycles == 0) return absl::OkStatus();
  ROWHOUSE_ASSIGN_OR_RETURN(options.slow.setup, SetupBelow(setup, "slow"));
  ROWHOUSE_ASSIGN_OR_RETURN(const SlowDiskResult result,
                            RunSlowDisk(options.slow));
  AddVerdict(result.verdict, report);
  const std::uint64_t grown = result.memory_most - result.memory_before;
  report.line["slow_cycles"] = result.cycles;
  report.line["slow_memory_grown_mib"] = grown >> 20;
  report.line["slow_return_s"] = absl::ToDoubleSeconds(result.slowest_return);
  report.kept = report.kept && grown <= kSlowDiskMemoryMax;
  return absl::OkStatus();
}

absl::Status ReportErrors(const Setup& setup, DiskOptions& options,
                          Report& report) {
  if (options.errors.trials == 0) return absl::OkStatus();
  ROWHOUSE_ASSIGN_OR_RETURN(options.errors.setup, SetupBelow(setup, "errors"));
  ROWHOUSE_ASSIGN_OR_RETURN(const SyncErrorResult result,
                            RunSyncErrors(options.errors));
  AddVerdict(result.verdict, report);
  report.line["failed_syncs"] = result.trials;
  report.line["failed_syncs_of"] = result.files;
  report.line["then_power_cut"] = result.power_cut;
  report.line["journal_failed"] = result.of_journal;
  report.line["stopped_within_1s"] = result.stopped;
  report.line["restarted_before_cut"] = result.restarted;
  report.line["slowest_stop_s"] = absl::ToDoubleSeconds(result.slowest_stop);
  report.kept = report.kept && result.stopped == result.of_journal;
  return absl::OkStatus();
}

Report ReportOf(const CorruptResult& result, bool notes) {
  Report report;
  // What RocksDB's own assertions end is not a server's answer, and is said
  // apart, but nothing wrong was served.
  report.kept = result.wrong_rows == 0 && result.hung == 0 &&
                result.crashes == result.aborts;
  report.line = ordered_json{{"trials", result.trials},
                             {"wrong_rows", result.wrong_rows},
                             {"crashes", result.crashes},
                             {"rocksdb_aborts", result.aborts},
                             {"hung", result.hung},
                             {"refused", result.refused},
                             {"refused_by_name", result.named},
                             {"harmless", result.harmless},
                             {"kinds", result.kinds}};
  if (notes || !report.kept) {
    for (const std::string& note : result.notes) {
      std::fprintf(stderr, "%s\n", note.c_str());
    }
  }
  return report;
}

}  // namespace

Verb AddDisk(CLI::App& app) {
  const auto options = std::make_shared<DiskOptions>();
  CLI::App* const verb = app.add_subcommand(
      "disk", "fill the disk, slow it down, make its syncs fail");
  verb->add_option("--cycles,--trials", options->full.cycles, "Full disks")
      ->check(CLI::Range(0, kMany));
  verb->add_option("--slow", options->slow.cycles, "Slow disks")
      ->check(CLI::Range(0, kMany));
  verb->add_option("--sync-errors", options->errors.trials,
                   "EIO at the first, second, ... sync")
      ->check(CLI::Range(0, kMany));
  return [options](const Setup& setup) -> absl::StatusOr<Report> {
    Report report{.kept = true};
    report.line["cycles"] = 0;
    ROWHOUSE_RETURN_IF_ERROR(ReportFull(setup, *options, report));
    ROWHOUSE_RETURN_IF_ERROR(ReportSlow(setup, *options, report));
    ROWHOUSE_RETURN_IF_ERROR(ReportErrors(setup, *options, report));
    return report;
  };
}

Verb AddCorrupt(CLI::App& app) {
  const auto options = std::make_shared<CorruptOptions>();
  const auto notes = std::make_shared<bool>(false);
  CLI::App* const verb = app.add_subcommand(
      "corrupt", "damage files of a server that is down, and start it");
  verb->add_option("--trials,--cycles", options->trials, "Damaged files")
      ->check(CLI::Range(1, kMany));
  verb->add_flag("--notes", *notes, "Say what happened in notable trials");
  return [options, notes](const Setup& setup) -> absl::StatusOr<Report> {
    options->setup = setup;
    const auto result = RunCorruptions(*options);
    if (!result.ok()) return result.status();
    return ReportOf(*result, *notes);
  };
}

Verb AddRestore(CLI::App& app) {
  const auto options = std::make_shared<RestoreOptions>();
  const auto live = std::make_shared<LiveCheckpointOptions>();
  CLI::App* const verb = app.add_subcommand(
      "restore",
      "restore checkpoints of N shards onto M, for all N and M, and such as "
      "were made under load");
  verb->add_option("--shards-max", options->shards_max,
                   "The greatest N and M; 0: none")
      ->check(CLI::Range(0, 16));
  verb->add_option("--steps", options->steps, "Of training per checkpoint")
      ->check(CLI::Range(1, kMany));
  verb->add_option("--checkpoints", live->checkpoints,
                   "Made while a trainer pushes, each compared with the moment "
                   "it is of")
      ->check(CLI::Range(0, kMany));
  return [options, live](const Setup& setup) -> absl::StatusOr<Report> {
    ROWHOUSE_ASSIGN_OR_RETURN(options->setup, SetupBelow(setup, "pairs"));
    ROWHOUSE_ASSIGN_OR_RETURN(live->setup, SetupBelow(setup, "live"));
    ROWHOUSE_ASSIGN_OR_RETURN(const RestoreResult pairs, RunRestores(*options));
    ROWHOUSE_ASSIGN_OR_RETURN(const LiveCheckpointResult moments,
                              RunLiveCheckpoints(*live));
    Report report;
    report.line = ordered_json{{"pairs", pairs.pairs},
                               {"unequal", pairs.unequal},
                               {"old_pushes_refused", pairs.refused},
                               {"old_pushes_admitted", pairs.admitted},
                               {"live_checkpoints", moments.checkpoints},
                               {"live_unequal", moments.unequal},
                               {"live_steps", moments.steps}};
    report.kept =
        pairs.unequal == 0 && pairs.admitted == 0 && moments.unequal == 0;
    return report;
  };
}

}  // namespace rowhouse::faults
