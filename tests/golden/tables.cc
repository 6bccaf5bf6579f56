#include "tests/golden/tables.h"

#include <numeric>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::golden {
namespace {

std::vector<std::uint64_t> FirstIds(std::uint64_t rows) {
  std::vector<std::uint64_t> ids(rows);
  std::iota(ids.begin(), ids.end(), 0);
  return ids;
}

absl::StatusOr<std::vector<float>> AsFloats(const Tensor& tensor) {
  const auto* values = std::get_if<std::vector<double>>(&tensor.values);
  if (values == nullptr || tensor.shape.size() != 2) {
    return absl::InvalidArgumentError("a table is a matrix of floats");
  }
  return std::vector<float>(values->begin(), values->end());
}

}  // namespace

absl::Status WriteTable(Client& client, absl::string_view name,
                        const Json& table) {
  ROWHOUSE_ASSIGN_OR_RETURN(const Tensor tensor, ReadTensor(table));
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<float> rows, AsFloats(tensor));
  return client.WriteRows(
      name, FirstIds(static_cast<std::uint64_t>(tensor.shape[0])), rows, {});
}

absl::Status CreateTables(Client& client, const std::vector<TableSpec>& specs,
                          const Json& tables) {
  if (specs.size() != tables.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        tables.size(), " tables are given, there are ", specs.size()));
  }
  for (const TableSpec& spec : specs) {
    if (!tables.contains(spec.name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("no table '", spec.name, "' is given"));
    }
    ROWHOUSE_RETURN_IF_ERROR(client.CreateTable(spec));
    ROWHOUSE_RETURN_IF_ERROR(
        WriteTable(client, spec.name, tables.at(spec.name)));
  }
  return absl::OkStatus();
}

TableSpec ShowingGradients(TableSpec spec) {
  spec.optimizer = SgdSpec{.learning_rate = 1.0f};
  spec.nan_policy = NanPolicy::kPropagate;
  return spec;
}

absl::StatusOr<GradientWatch> GradientWatch::Begin(
    Client& client, const std::vector<TableSpec>& tables) {
  GradientWatch watch;
  for (const TableSpec& spec : tables) {
    Table table{.name = spec.name, .ids = FirstIds(spec.rows)};
    const std::vector<float> zeros(spec.rows * spec.dim);
    ROWHOUSE_RETURN_IF_ERROR(client.WriteRows(spec.name, table.ids, zeros, {}));
    ROWHOUSE_ASSIGN_OR_RETURN(const Rows rows,
                              client.ReadRows(spec.name, table.ids));
    table.lsns = rows.lsns;
    watch.tables_.push_back(std::move(table));
  }
  return watch;
}

absl::StatusOr<GradientWatch::Gradient> GradientWatch::Of(
    Client& client, absl::string_view table) const {
  for (const Table& watched : tables_) {
    if (watched.name != table) continue;
    ROWHOUSE_ASSIGN_OR_RETURN(Rows rows, client.ReadRows(table, watched.ids));
    Gradient gradient;
    gradient.values = std::move(rows.weights);
    for (float& value : gradient.values) value = 0.0f - value;
    for (std::size_t i = 0; i < watched.ids.size(); ++i) {
      if (rows.lsns[i] != watched.lsns[i]) {
        gradient.ids.push_back(watched.ids[i]);
      }
    }
    return gradient;
  }
  return absl::NotFoundError(absl::StrCat("no table '", table, "' is watched"));
}

}  // namespace rowhouse::golden
