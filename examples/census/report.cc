#include "examples/census/report.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace rowhouse::census {
namespace {

// Keeps the order in which keys are given.
using Json = nlohmann::ordered_json;

Json Figures(const TrainResult& result) {
  const Metrics& test = result.epochs.back().test;
  return {{"accuracy", test.accuracy},
          {"auc", test.auc},
          {"loss", test.loss},
          {"rows", result.rows},
          {"pushes", result.pushes},
          {"seconds", std::round(result.seconds * 1000) / 1000}};
}

}  // namespace

std::string RunReport(absl::string_view data, std::uint64_t seed,
                      const TrainResult& result,
                      const std::vector<std::string>& pictures) {
  Json line = {{"data", std::string(data)}, {"seed", seed}};
  line.update(Figures(result));
  line["pictures"] = pictures;
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string QuickstartReport(const QuickstartFigures& figures) {
  Json servers = Figures(figures.servers);
  servers["count"] = figures.server_count;
  const Json line = {
      {"data", figures.data},
      {"seed", figures.seed},
      {"embedded", Figures(figures.embedded)},
      {"servers", servers},
      {"tables_max_abs_difference", figures.tables_max_abs_difference},
      {"pictures", figures.pictures}};
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace rowhouse::census
