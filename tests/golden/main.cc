// rowhouse-goldens: runs cases that TensorFlow recorded against this library
// and against real servers. Ends standard output with one line of JSON; exits 0
// only when something ran and nothing failed.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "base/log.h"
#include "tests/golden/kinds.h"
#include "tests/golden/runner.h"

namespace {

namespace golden = rowhouse::golden;

int Main(int argc, char** argv) {
  CLI::App app{"Runs recorded cases of TensorFlow's behaviour."};
  golden::RunOptions options;
  std::string cluster;
  app.add_option("folder", options.folder, "Whose *.json files are run")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--kind", options.kind, "Only this kind");
  app.add_option("--case", options.name, "Only the case of this name");
  app.add_option(
         "--cluster", cluster,
         "Where tables live; by default in all three, one after another")
      ->check(CLI::IsMember({"embedded", "1", "3"}));
  CLI11_PARSE(app, argc, argv);
  if (!cluster.empty()) options.layouts = {*golden::LayoutOf(cluster)};

  // Starts and ends of servers are nothing to report.
  rowhouse::ConfigureLog(rowhouse::LogFormat::kText,
                         rowhouse::LogLevel::kWarning);
  const auto report = golden::RunCases(options, golden::Kinds());
  if (!report.ok()) {
    std::fprintf(stderr, "%s\n", report.status().ToString().c_str());
    return 1;
  }
  for (const std::string& line : report->lines()) {
    std::printf("%s\n", line.c_str());
  }
  std::printf("%s%s\n", report->Table().c_str(), report->JsonLine().c_str());
  return report->good() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) { return Main(argc, argv); }
