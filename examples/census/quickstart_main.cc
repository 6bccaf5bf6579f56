// census-quickstart: what ./dev quickstart runs once everything is built.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "absl/status/statusor.h"
#include "base/log.h"
#include "examples/census/quickstart.h"

// Exit codes: 0 trained and equal, 1 failed or tables that differ, 2 flags that
// make no sense.
int main(int argc, char** argv) {
  rowhouse::census::QuickstartOptions options;
  CLI::App app(
      "Trains a model on an embedded shard, then on servers, and compares.");
  app.add_option("--server-binary", options.server_binary,
                 "path of rowhouse-server")
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--out", options.out, "directory for pictures and tables")
      ->required();
  app.add_option("--data", options.data,
                 "directory of adult.data and adult.test, or \"generated\"");
  app.add_option("--seed", options.seed, "of first values and shuffles");
  app.add_option("--epochs", options.epochs)->check(CLI::Range(1, 1000));
  app.add_option("--servers", options.server_count)->check(CLI::Range(1, 64));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  // What shards log of their daily work would stand between the epochs.
  rowhouse::ConfigureLog(rowhouse::LogFormat::kText,
                         rowhouse::LogLevel::kWarning);
  const auto figures = rowhouse::census::RunQuickstart(options);
  if (!figures.ok()) {
    std::fprintf(stderr, "census-quickstart: %s\n",
                 figures.status().ToString().c_str());
    return 1;
  }
  std::puts(rowhouse::census::QuickstartReport(*figures).c_str());
  return figures->rows_different == 0 ? 0 : 1;
}
