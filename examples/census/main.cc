// census: trains the wide and deep model against the shards at an address.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "examples/census/columns.h"
#include "examples/census/data_source.h"
#include "examples/census/pictures.h"
#include "examples/census/report.h"
#include "examples/census/train.h"
#include "rowhouse/client.h"

namespace rowhouse::census {
namespace {

struct Flags {
  std::string address;
  std::string data;
  std::string out;
  std::uint64_t seed = 1;
  int epochs = 8;
  bool json = false;
};

absl::Status TrainAndReport(const Flags& flags) {
  ROWHOUSE_ASSIGN_OR_RETURN(const DataSource source,
                            LoadData(flags.data, flags.seed));
  std::puts(source.note.c_str());
  ROWHOUSE_ASSIGN_OR_RETURN(const FeaturePlan plan,
                            MakePlan(source.census.train, flags.seed));
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Client::Connect(flags.address));
  Progress progress("census", flags.epochs);
  ROWHOUSE_ASSIGN_OR_RETURN(
      const TrainResult result,
      Train(client, plan, source.census,
            {.seed = flags.seed, .epochs = flags.epochs}, progress));
  std::vector<std::string> pictures;
  if (!flags.out.empty()) {
    std::filesystem::create_directories(flags.out);
    ROWHOUSE_ASSIGN_OR_RETURN(
        pictures, WritePictures(flags.out, {{"this run", result.epochs}},
                                client, source, flags.seed));
  }
  for (const std::string& picture : pictures) {
    std::printf("picture: %s\n", picture.c_str());
  }
  if (flags.json) {
    std::puts(RunReport(source.name, flags.seed, result, pictures).c_str());
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace rowhouse::census

// Exit codes: 0 trained, 1 failed, 2 flags that make no sense.
int main(int argc, char** argv) {
  rowhouse::census::Flags flags;
  CLI::App app("Wide and deep on Census Income, trained through Rowhouse.");
  app.add_option("--address", flags.address,
                 "embedded:DIR, or HOST:PORT,HOST:PORT,... of all shards")
      ->required();
  app.add_option("--data", flags.data,
                 "directory of adult.data and adult.test, or \"generated\"");
  app.add_option("--seed", flags.seed, "of first values and shuffles");
  app.add_option("--epochs", flags.epochs)->check(CLI::Range(1, 1000));
  app.add_option("--out", flags.out, "directory for pictures");
  app.add_flag("--json", flags.json, "end with one line of JSON");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  // What shards log of their daily work would stand between the epochs.
  rowhouse::ConfigureLog(rowhouse::LogFormat::kText,
                         rowhouse::LogLevel::kWarning);
  const absl::Status status = rowhouse::census::TrainAndReport(flags);
  if (status.ok()) return 0;
  std::fprintf(stderr, "census: %s\n", status.ToString().c_str());
  return 1;
}
