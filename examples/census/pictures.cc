#include "examples/census/pictures.h"

#include <fstream>
#include <map>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "examples/census/columns.h"
#include "examples/census/embedding_map.h"

namespace rowhouse::census {
namespace {

absl::Status WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (file) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot write ", path));
}

// The values of a category in the training rows, in the order of their names.
std::vector<NamedRow> CountValues(const Dataset& data, Category column) {
  std::map<std::string, NamedRow> by_name;
  for (std::size_t row = 0; row < data.rows(); ++row) {
    NamedRow& value = by_name[data.categories[column][row]];
    value.count += 1;
    value.share += data.labels[row];
  }
  std::vector<NamedRow> values;
  for (auto& [name, value] : by_name) {
    value.name = name;
    value.share /= value.count;
    values.push_back(value);
  }
  return values;
}

absl::StatusOr<std::string> DrawOccupations(Client& client,
                                            const DataSource& source,
                                            const std::string& origin) {
  std::vector<NamedRow> values = CountValues(source.census.train, kOccupation);
  std::vector<std::string> names;
  for (const NamedRow& value : values) names.push_back(value.name);
  ROWHOUSE_ASSIGN_OR_RETURN(const FeaturePlan plan, MakeOccupationPlan());
  Features features;
  features.Set(kCategoryNames[kOccupation], names);
  ROWHOUSE_ASSIGN_OR_RETURN(const LookupResult found,
                            client.Lookup(plan, features));
  const Activation& rows = found.activations[0];
  const Matrix embeddings = Eigen::Map<const Matrix>(
      rows.values.data(), static_cast<Eigen::Index>(rows.rows),
      static_cast<Eigen::Index>(rows.dim));
  for (NamedRow& value : values) {
    if (value.name == "?") value.name = "(not stated)";
  }
  return DrawEmbeddingMap(
      values, Project(embeddings), "What the model learned of occupations",
      absl::StrCat("embeddings of ", kDeepDimension,
                   " numbers each, in two dimensions; ", origin));
}

}  // namespace

absl::StatusOr<std::vector<std::string>> WritePictures(
    const std::string& directory, const std::vector<NamedRun>& runs,
    Client& client, const DataSource& source, std::uint64_t seed) {
  const std::string origin =
      absl::StrCat(source.best_accuracy.has_value() ? "generated data"
                                                    : "Census Income data",
                   ", seed ", seed);
  const std::string curves = absl::StrCat(directory, "/learning_curves.svg");
  const std::string map = absl::StrCat(directory, "/occupations.svg");
  ROWHOUSE_RETURN_IF_ERROR(WriteFile(
      curves,
      DrawLearningCurves(
          runs, absl::StrCat("results on ", source.census.test.rows(),
                             " test rows after each epoch; ", origin))));
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string occupations,
                            DrawOccupations(client, source, origin));
  ROWHOUSE_RETURN_IF_ERROR(WriteFile(map, occupations));
  return std::vector<std::string>{curves, map};
}

}  // namespace rowhouse::census
