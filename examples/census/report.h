// The figures of a training as one line of JSON, for scripts.
#ifndef ROWHOUSE_EXAMPLES_CENSUS_REPORT_H_
#define ROWHOUSE_EXAMPLES_CENSUS_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "examples/census/train.h"

namespace rowhouse::census {

// {"data":, "seed":, "accuracy":, "auc":, "loss":, "rows":, "pushes":,
//  "seconds":, "pictures": [...]}
std::string RunReport(absl::string_view data, std::uint64_t seed,
                      const TrainResult& result,
                      const std::vector<std::string>& pictures);

struct QuickstartFigures {
  std::string data;
  std::uint64_t seed = 0;
  TrainResult embedded;
  TrainResult servers;
  std::uint32_t server_count = 0;
  double tables_max_abs_difference = 0;
  std::uint64_t rows_different = 0;
  std::vector<std::string> pictures;
};

// {"data":, "seed":, "embedded": {"accuracy":, "auc":, "loss":, "rows":,
//  "pushes":, "seconds":}, "servers": {the same, "count":},
//  "tables_max_abs_difference":, "pictures": [...]}. A difference that is not
// finite is null.
std::string QuickstartReport(const QuickstartFigures& figures);

}  // namespace rowhouse::census

#endif  // ROWHOUSE_EXAMPLES_CENSUS_REPORT_H_
