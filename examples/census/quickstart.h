// Trains on an embedded shard, then the same on servers beside it, and shows
// that both end with the same tables.
#ifndef ROWHOUSE_EXAMPLES_CENSUS_QUICKSTART_H_
#define ROWHOUSE_EXAMPLES_CENSUS_QUICKSTART_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "examples/census/report.h"

namespace rowhouse::census {

struct QuickstartOptions {
  std::string server_binary;
  std::string data;  // as LoadData takes it
  std::string out;   // directory of pictures; tables and logs in out/tables
  std::uint64_t seed = 1;
  int epochs = 8;
  std::uint32_t server_count = 4;
};

// Tells a person on standard output what happens. out/tables is emptied first.
absl::StatusOr<QuickstartFigures> RunQuickstart(
    const QuickstartOptions& options);

}  // namespace rowhouse::census

#endif  // ROWHOUSE_EXAMPLES_CENSUS_QUICKSTART_H_
