#include "tests/golden/runner.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::golden {
namespace {

namespace fs = std::filesystem;

absl::StatusOr<std::vector<fs::path>> FilesOf(const std::string& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().extension() == ".json") files.push_back(at->path());
  }
  if (error) {
    return absl::NotFoundError(absl::StrCat(folder, ": ", error.message()));
  }
  std::sort(files.begin(), files.end());
  return files;
}

Outcome RunOnce(const Kind& kind, const Case& test, Context& context) {
  try {
    return kind.run(test, context);
  } catch (const Json::exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat("the case is not of this kind's form: ", error.what()));
  }
}

class Runner {
 public:
  Runner(const RunOptions& options, absl::Span<const Kind> kinds)
      : options_(options), kinds_(kinds) {}

  absl::Status RunFile(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    const Json json = Json::parse(file, nullptr, false);
    if (json.is_discarded()) {
      if (options_.kind.empty()) {
        report_.Add("?", path.filename().string(),
                    absl::InvalidArgumentError("is not JSON"));
      }
      return absl::OkStatus();
    }
    // Other JSON files may lie beside the recorded ones.
    if (!json.is_object() || !json.contains("cases")) return absl::OkStatus();
    const std::string kind =
        json.contains("kind") && json.at("kind").is_string()
            ? json.at("kind").get<std::string>()
            : "?";
    if (!options_.kind.empty() && options_.kind != kind) {
      return absl::OkStatus();
    }
    for (const Json& item : json.at("cases")) {
      ROWHOUSE_RETURN_IF_ERROR(
          RunCase(kind, item, path.parent_path().string()));
    }
    return absl::OkStatus();
  }

  Report TakeReport() { return std::move(report_); }

 private:
  absl::Status RunCase(const std::string& kind_name, const Json& json,
                       const std::string& folder) {
    const auto test = ReadCase(json);
    const std::string name = test.ok() ? test->name : "?";
    if (!options_.name.empty() && options_.name != name) {
      return absl::OkStatus();
    }
    const auto kind = absl::c_find_if(
        kinds_, [&](const Kind& each) { return each.name == kind_name; });
    absl::Status valid = test.status();
    if (kind == kinds_.end()) {
      valid = absl::UnimplementedError(
          absl::StrCat("there is no kind '", kind_name, "'"));
    } else if (valid.ok()) {
      valid = CheckKnown(*kind, *test);
    }
    if (!valid.ok()) {
      report_.Add(kind_name, name, valid);
      return absl::OkStatus();
    }
    ROWHOUSE_ASSIGN_OR_RETURN(const Outcome outcome,
                              RunOnLayouts(*kind, *test, folder));
    report_.Add(kind_name, name, outcome);
    return absl::OkStatus();
  }

  static absl::Status CheckKnown(const Kind& kind, const Case& test) {
    ROWHOUSE_RETURN_IF_ERROR(CheckMembers("the case", test.given, kind.given));
    return CheckMembers("expect", test.expect, kind.expected);
  }

  // Errors: a cluster does not start, or a table cannot be dropped.
  absl::StatusOr<Outcome> RunOnLayouts(const Kind& kind, const Case& test,
                                       const std::string& folder) {
    Context context = {.folder = folder};
    if (!kind.uses_tables) return RunOnce(kind, test, context);
    Outcome outcome = absl::OkStatus();
    for (const ClusterLayout layout : options_.layouts) {
      ROWHOUSE_ASSIGN_OR_RETURN(Cluster* const cluster, ClusterOf(layout));
      context.client = &cluster->client();
      outcome = RunOnce(kind, test, context);
      ROWHOUSE_RETURN_IF_ERROR(cluster->Clear());
      if (outcome.failed()) {
        return Outcome(absl::InternalError(
            absl::StrCat("on ", LayoutName(layout), ": ", outcome.message())));
      }
    }
    return outcome;
  }

  // Started at its first use and kept for the cases that follow.
  absl::StatusOr<Cluster*> ClusterOf(ClusterLayout layout) {
    std::unique_ptr<Cluster>& cluster = clusters_[layout];
    if (cluster == nullptr) {
      ROWHOUSE_ASSIGN_OR_RETURN(cluster, Cluster::Start(layout));
    }
    return cluster.get();
  }

  const RunOptions& options_;
  const absl::Span<const Kind> kinds_;
  std::map<ClusterLayout, std::unique_ptr<Cluster>> clusters_;
  Report report_;
};

}  // namespace

absl::StatusOr<Report> RunCases(const RunOptions& options,
                                absl::Span<const Kind> kinds) {
  ROWHOUSE_ASSIGN_OR_RETURN(const auto files, FilesOf(options.folder));
  Runner runner(options, kinds);
  for (const fs::path& file : files) {
    ROWHOUSE_RETURN_IF_ERROR(runner.RunFile(file));
  }
  return runner.TakeReport();
}

}  // namespace rowhouse::golden
