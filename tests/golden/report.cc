#include "tests/golden/report.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace rowhouse::golden {
namespace {

void Count(const Outcome& outcome, Report::Counts& counts) {
  counts.passed += outcome.passed() ? 1 : 0;
  counts.failed += outcome.failed() ? 1 : 0;
  counts.refused += outcome.refused() ? 1 : 0;
}

nlohmann::ordered_json ToJson(const Report::Counts& counts) {
  return {{"passed", counts.passed},
          {"failed", counts.failed},
          {"refused", counts.refused}};
}

std::string Row(absl::string_view kind, const Report::Counts& counts) {
  return absl::StrFormat("%-20s %7d %7d %8d\n", kind, counts.passed,
                         counts.failed, counts.refused);
}

}  // namespace

void Report::Add(absl::string_view kind, absl::string_view name,
                 const Outcome& outcome) {
  Count(outcome, kinds_[std::string(kind)]);
  Count(outcome, total_);
  if (outcome.passed()) return;
  lines_.push_back(absl::StrCat(outcome.failed() ? "failed " : "refused ", kind,
                                " ", name, ": ", outcome.message()));
}

std::string Report::Table() const {
  std::string table = absl::StrFormat("%-20s %7s %7s %8s\n", "kind", "passed",
                                      "failed", "refused");
  for (const auto& [kind, counts] : kinds_) table += Row(kind, counts);
  return table + Row("all", total_);
}

std::string Report::JsonLine() const {
  nlohmann::ordered_json kinds = nlohmann::ordered_json::object();
  for (const auto& [kind, counts] : kinds_) kinds[kind] = ToJson(counts);
  nlohmann::ordered_json line = {{"kinds", kinds}};
  line.update(ToJson(total_));
  return line.dump();
}

}  // namespace rowhouse::golden
