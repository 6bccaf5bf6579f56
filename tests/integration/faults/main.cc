// rowhouse-faults: breaks real servers and counts what was lost or doubled.
// The last line of standard output is one JSON object. Exit status: 0 every
// promise was kept, 1 one was not, or the run broke down, 2 the flags make no
// sense, 3 this machine cannot do it (the object says why).
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/integration/faults/verbs.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::faults {
namespace {

constexpr int kExitKept = 0;
constexpr int kExitBroken = 1;
constexpr int kExitUsage = 2;
constexpr int kExitImpossible = 3;

int Finish(const absl::StatusOr<Report>& report, const Setup& setup,
           absl::Duration elapsed) {
  auto line = nlohmann::ordered_json::object();
  int status = kExitKept;
  if (report.ok()) {
    line = report->line;
    if (!report->kept) status = kExitBroken;
  } else {
    const bool impossible = absl::IsUnimplemented(report.status());
    line[impossible ? "impossible" : "error"] =
        std::string(report.status().message());
    status = impossible ? kExitImpossible : kExitBroken;
    std::fprintf(stderr, "%s\n", report.status().ToString().c_str());
  }
  line["seed"] = setup.seed;
  line["seconds"] =
      static_cast<double>(absl::ToInt64Milliseconds(elapsed)) / 1000;
  std::printf("%s\n", line.dump().c_str());
  return status;
}

int Main(int argc, char** argv) {
  CLI::App app{"Breaks rowhouse servers on purpose and checks the promises."};
  app.require_subcommand(1);
  app.fallthrough();
  Setup setup{.server_binary = ROWHOUSE_SERVER_BINARY,
              .shim = ROWHOUSE_FAULT_SHIM,
              .progress = true};
  std::string directory;
  app.add_option("--seed", setup.seed, "Of everything that is drawn");
  app.add_option("--server-binary", setup.server_binary)
      ->check(CLI::ExistingFile);
  app.add_option("--directory", directory,
                 "Where to work, and what is left behind (default: a "
                 "temporary one, removed)");
  const std::map<std::string, Verb> verbs = {
      {"kill", AddKill(app)},       {"power", AddPower(app)},
      {"disk", AddDisk(app)},       {"net", AddNet(app)},
      {"corrupt", AddCorrupt(app)}, {"pause", AddPause(app)},
      {"restore", AddRestore(app)},
  };
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitKept : kExitUsage;
  }
  const TempDir temporary;
  setup.directory = temporary.path();
  if (!directory.empty()) {
    std::filesystem::create_directories(directory);
    setup.directory = std::filesystem::absolute(directory).string();
  }
  const Verb& verb = verbs.at(app.get_subcommands().front()->get_name());
  const absl::Time begin = absl::Now();
  const absl::StatusOr<Report> report = verb(setup);
  return Finish(report, setup, absl::Now() - begin);
}

}  // namespace
}  // namespace rowhouse::faults

int main(int argc, char** argv) { return rowhouse::faults::Main(argc, argv); }
