#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include "tests/integration/faults/crash_points.h"
#include "tests/integration/faults/kill.h"
#include "tests/integration/faults/pause.h"
#include "tests/integration/faults/power.h"
#include "tests/integration/faults/verbs.h"

namespace rowhouse::faults {
namespace {

constexpr int kMany = 1'000'000;

Report ListPoints() {
  for (const CrashPoint& point : CrashPoints()) {
    std::printf("%-36s %s\n", point.name.c_str(), point.when.c_str());
  }
  Report report{.kept = true};
  report.line["points"] = CrashPoints().size();
  return report;
}

Report ReportOf(const KillResult& result) {
  Report report{.kept = true};
  report.line["cycles"] = result.cycles;
  AddVerdict(result.verdict, report);
  int reached = 0;
  auto missed = nlohmann::ordered_json::array();
  for (const auto& [point, times] : result.points) {
    if (times > 0) {
      ++reached;
    } else {
      missed.push_back(point);
    }
  }
  report.line["in_recovery"] = result.in_recovery;
  report.line["at_points"] = result.at_points;
  report.line["points_reached"] = reached;
  report.line["points_missed"] = missed;
  report.line["checkpoints"] = result.checkpoints;
  return report;
}

Report ReportOf(const PowerResult& result) {
  Report report{.kept = true};
  report.line["trials"] = result.trials;
  AddVerdict(result.verdict, report);
  report.line["in_recovery"] = result.in_recovery;
  report.line["checkpoints"] = result.checkpoints;
  report.line["process_level_trials"] = result.process_level_trials;
  report.line["process_level_lost"] = result.process_level_lost;
  report.line["process_level_doubled"] = result.process_level_doubled;
  // A run in which PROCESS loses nothing has not seen a power cut.
  const bool sees =
      result.process_level_trials == 0 || result.process_level_lost > 0;
  report.kept = report.kept && sees && result.process_level_doubled == 0;
  return report;
}

}  // namespace

Verb AddKill(CLI::App& app) {
  const auto options = std::make_shared<KillOptions>();
  const auto points = std::make_shared<bool>(false);
  CLI::App* const verb = app.add_subcommand(
      "kill", "kill -9 servers while clients push and checkpoints are made");
  verb->add_option("--cycles,--trials", options->cycles, "Kills")
      ->check(CLI::Range(1, kMany));
  AddClusterFlags(*verb, options->shards, options->writers);
  verb->add_option("--durability", options->durability,
                   "memory loses, and says so; process and power must not")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Durability>{{"memory", Durability::kMemory},
                                            {"process", Durability::kProcess},
                                            {"power", Durability::kPower}}));
  verb->add_option("--point", options->only_point, "Kill at this place alone");
  verb->add_flag("--points", *points, "List the places, and end");
  return [options, points](const Setup& setup) -> absl::StatusOr<Report> {
    if (*points) return ListPoints();
    options->setup = setup;
    const auto result = RunKillCycles(*options);
    if (!result.ok()) return result.status();
    return ReportOf(*result);
  };
}

Verb AddPower(CLI::App& app) {
  const auto options = std::make_shared<PowerOptions>();
  CLI::App* const verb = app.add_subcommand(
      "power", "cut the power of the file system below the servers");
  verb->add_option("--trials,--cycles", options->trials, "Cuts, level POWER")
      ->check(CLI::Range(1, kMany));
  verb->add_option("--process-trials", options->process_trials,
                   "Cuts at level PROCESS, which must show losses")
      ->check(CLI::Range(0, kMany));
  AddClusterFlags(*verb, options->shards, options->writers);
  return [options](const Setup& setup) -> absl::StatusOr<Report> {
    options->setup = setup;
    const auto result = RunPowerCuts(*options);
    if (!result.ok()) return result.status();
    return ReportOf(*result);
  };
}

Verb AddPause(CLI::App& app) {
  const auto options = std::make_shared<PauseOptions>();
  const auto longest = std::make_shared<int>(5);
  CLI::App* const verb = app.add_subcommand(
      "pause", "SIGSTOP servers while clients push with short deadlines");
  verb->add_option("--cycles,--trials", options->cycles, "Pauses")
      ->check(CLI::Range(1, kMany));
  verb->add_option("--longest", *longest, "Seconds of the longest pause")
      ->check(CLI::Range(1, 600));
  AddClusterFlags(*verb, options->shards, options->writers);
  return [options, longest](const Setup& setup) -> absl::StatusOr<Report> {
    options->setup = setup;
    options->longest = absl::Seconds(*longest);
    const auto result = RunPauses(*options);
    if (!result.ok()) return result.status();
    Report report{.kept = true};
    report.line["cycles"] = result->cycles;
    AddVerdict(result->verdict, report);
    report.line["paused_s"] = absl::ToDoubleSeconds(result->paused);
    report.line["killed_while_paused"] = result->killed;
    return report;
  };
}

}  // namespace rowhouse::faults
