// rowhouse-bench: million ids per second of lookups, combines and pushes, in
// the process and against a server over loopback, beside the raw gRPC byte
// ceiling of the same run. The last line of standard output is one JSON object.
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "bench/byte_ceiling.h"
#include "bench/checkpoint_cases.h"
#include "bench/durability_cases.h"
#include "bench/table_cases.h"
#include "bench/timing.h"
#include "rowhouse/client.h"
#include "tests/testing/server_process.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::bench {
namespace {

using Json = nlohmann::ordered_json;

// A p99 wants more calls than a rate does.
constexpr int kCheckpointShare = 5;

struct Options {
  TableCases cases;
  std::string server_binary;
  double seconds = 2;
  bool only_durability = false;
};

struct Results {
  std::vector<Figure> figures;
  DurabilityFigures durability;
  CheckpointFigures checkpoints;
};

void Print(const Figure& figure) {
  std::printf("%-36s %9.2f M/s %10.0f us median %10.0f us p99 %8llu calls\n",
              figure.name.c_str(), figure.units_per_second / 1e6,
              figure.median_us, figure.p99_us,
              static_cast<unsigned long long>(figure.calls));
  std::fflush(stdout);
}

// The lookup of unpooled rows: 8 bytes an id up, a row of floats down.
absl::StatusOr<Figure> MeasureCeiling(const TableCases& cases) {
  const std::size_t up = cases.ids_per_call * sizeof(Id);
  const std::size_t down = cases.ids_per_call * cases.dim * sizeof(float);
  ByteCeiling ceiling(up, down);
  return Measure("ceiling/raw_grpc_rows", cases.ids_per_call, cases.duration,
                 [&] { return ceiling.Call(); });
}

absl::Status MeasureAt(const Options& options, const std::string& prefix,
                       const std::string& address,
                       std::vector<Figure>& figures) {
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Client::Connect(address));
  ROWHOUSE_ASSIGN_OR_RETURN(std::vector<Figure> more,
                            MeasureTables(options.cases, prefix, client));
  for (const Figure& figure : more) Print(figure);
  figures.insert(figures.end(), more.begin(), more.end());
  return absl::OkStatus();
}

absl::StatusOr<DurabilityFigures> MeasureDurability(const Options& options,
                                                    const TempDir& directory) {
  DurabilityCases cases;
  cases.directory = directory.path();
  cases.pushes = {.rows = options.cases.rows, .dim = options.cases.dim};
  cases.duration = options.cases.duration;
  ROWHOUSE_ASSIGN_OR_RETURN(const DurabilityFigures figures,
                            MeasureDurability(cases));
  std::printf(
      "%d clients: MEMORY %.0f, PROCESS %.0f, POWER %.0f pushes/s\n"
      "POWER %.0f MB/s beside a bare loop's %.0f MB/s\n"
      "replay %.2f Mrows/s, %.0f MB/s of journal, one core\n",
      cases.clients, figures.memory, figures.process, figures.power,
      figures.power_bytes / 1e6, figures.bare_bytes / 1e6,
      figures.replay_rows / 1e6, figures.replay_bytes / 1e6);
  return figures;
}

absl::StatusOr<CheckpointFigures> MeasureCheckpoints(const Options& options,
                                                     const TempDir& directory) {
  CheckpointCases cases;
  cases.directory = directory.path();
  cases.pushes = {.rows = options.cases.rows, .dim = options.cases.dim};
  cases.duration = options.cases.duration * kCheckpointShare;
  ROWHOUSE_ASSIGN_OR_RETURN(const CheckpointFigures figures,
                            MeasureCheckpoints(cases));
  for (const Figure& figure : {figures.quiet, figures.during}) {
    std::printf("%-36s %10.0f us median %10.0f us p99 %8llu calls\n",
                figure.name.c_str(), figure.median_us, figure.p99_us,
                static_cast<unsigned long long>(figure.calls));
  }
  std::printf("%d checkpoints of %.2f s\n", figures.checkpoints,
              figures.checkpoint_s);
  return figures;
}

absl::Status MeasureCalls(const Options& options, const TempDir& directory,
                          std::vector<Figure>& figures) {
  ROWHOUSE_ASSIGN_OR_RETURN(Figure ceiling, MeasureCeiling(options.cases));
  Print(ceiling);
  figures.push_back(std::move(ceiling));
  ROWHOUSE_RETURN_IF_ERROR(
      MeasureAt(options, "embedded",
                absl::StrCat("embedded:", directory.path(), "/here"), figures));
  auto servers = ClusterOptions(options.server_binary, directory.path(), 1);
  ServerProcess server(servers[0]);
  ROWHOUSE_RETURN_IF_ERROR(server.Start());
  ROWHOUSE_RETURN_IF_ERROR(
      MeasureAt(options, "served", server.address(), figures));
  return absl::OkStatus();
}

absl::StatusOr<Results> MeasureAll(const Options& options) {
  const TempDir directory;
  Results results;
  if (!options.only_durability) {
    ROWHOUSE_RETURN_IF_ERROR(MeasureCalls(options, directory, results.figures));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(results.durability,
                            MeasureDurability(options, directory));
  ROWHOUSE_ASSIGN_OR_RETURN(results.checkpoints,
                            MeasureCheckpoints(options, directory));
  return results;
}

Json ToJson(const DurabilityFigures& figures) {
  return {{"memory_pushes_per_second", figures.memory},
          {"process_pushes_per_second", figures.process},
          {"power_pushes_per_second", figures.power},
          {"process_to_memory", figures.process / figures.memory},
          {"power_to_bare", figures.power_bytes / figures.bare_bytes},
          {"replay_mrows_per_second", figures.replay_rows / 1e6},
          {"replay_mbytes_per_second", figures.replay_bytes / 1e6}};
}

Json ToJson(const CheckpointFigures& figures) {
  return {{"checkpoints", figures.checkpoints},
          {"seconds_each", figures.checkpoint_s},
          {"push_p99_us", figures.quiet.p99_us},
          {"push_p99_us_during", figures.during.p99_us},
          {"added_p99_us", figures.during.p99_us - figures.quiet.p99_us}};
}

Json ToJson(const Options& options, const Results& results) {
  Json json = {{"rows", options.cases.rows},
               {"dim", options.cases.dim},
               {"ids_per_call", options.cases.ids_per_call},
               {"bag_ids", options.cases.bag_ids}};
  for (const Figure& figure : results.figures) {
    json["cases"][figure.name] = {
        {"mrows_per_second", figure.units_per_second / 1e6},
        {"median_us", figure.median_us},
        {"p99_us", figure.p99_us}};
  }
  json["durability"] = ToJson(results.durability);
  json["checkpoints"] = ToJson(results.checkpoints);
  return json;
}

int Main(int argc, char** argv) {
  // Large messages are reused, not mapped and faulted in anew for every call.
  mallopt(M_MMAP_THRESHOLD, 256 << 20);
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
  CLI::App app{"Measures Rowhouse beside the limits of the machine."};
  Options options;
  app.add_option("--server-binary", options.server_binary)
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--rows", options.cases.rows)
      ->check(CLI::Range(1000, 100000000));
  app.add_option("--dim", options.cases.dim)->check(CLI::Range(1, 8192));
  app.add_option("--seconds", options.seconds, "Per case")
      ->check(CLI::Range(0.01, 600.0));
  app.add_flag("--only-durability", options.only_durability,
               "Levels of durability, recovery and checkpoints alone");
  CLI11_PARSE(app, argc, argv);
  options.cases.duration = absl::Seconds(options.seconds);
  const auto results = MeasureAll(options);
  if (!results.ok()) {
    std::fprintf(stderr, "%s\n", results.status().ToString().c_str());
    return 1;
  }
  std::printf("%s\n", ToJson(options, *results).dump().c_str());
  return 0;
}

}  // namespace
}  // namespace rowhouse::bench

int main(int argc, char** argv) { return rowhouse::bench::Main(argc, argv); }
