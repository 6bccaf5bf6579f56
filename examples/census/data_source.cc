#include "examples/census/data_source.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"

namespace rowhouse::census {
namespace {

DataSource Generate(std::uint64_t seed, absl::string_view reason) {
  GeneratedCensus generated = GenerateCensus(seed);
  return {.name = kGenerated,
          .note = absl::StrFormat(
              "The data are GENERATED, not the census's: %s. The best possible "
              "accuracy on them is %.4f.",
              reason, generated.best_accuracy),
          .census = std::move(generated.census),
          .best_accuracy = generated.best_accuracy};
}

}  // namespace

absl::StatusOr<DataSource> LoadData(absl::string_view data,
                                    std::uint64_t seed) {
  if (data == kGenerated) return Generate(seed, "asked for by --data");
  std::string directory(data);
  if (directory.empty()) {
    directory = kDefaultDirectory;
    std::error_code error;
    if (!std::filesystem::exists(directory, error)) {
      return Generate(seed, absl::StrCat("no --data, and no ", directory));
    }
  }
  DataSource source{.name = directory};
  ROWHOUSE_ASSIGN_OR_RETURN(source.census, ReadCensus(directory));
  source.note = absl::StrCat("Census Income from ", directory, ": ",
                             source.census.train.rows(), " rows to train on, ",
                             source.census.test.rows(), " to test on.");
  return source;
}

}  // namespace rowhouse::census
