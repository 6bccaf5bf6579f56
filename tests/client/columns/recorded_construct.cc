// Runs the cases of construct.json: what TensorFlow says to a column's
// arguments, and the names it gives.
#include <string>
#include <vector>

#include "client/columns/dense.h"
#include "client/columns/embedding.h"
#include "tests/client/columns/column_cases.h"
#include "tests/client/columns/column_testing.h"

namespace rowhouse {
namespace {

absl::Status RunNumeric(const Json& spec, const Json& expect) {
  auto column = internal::CompileDense(NumericOf(spec));
  if (!column.ok()) return column.status();
  EXPECT_EQ((*column)->name(), expect.value("name", ""));
  return absl::OkStatus();
}

absl::Status RunCategorical(const Json& spec, const Json& expect) {
  auto column = internal::Compile(ColumnOf(spec));
  if (!column.ok()) return column.status();
  EXPECT_EQ((*column)->name(), expect.value("name", ""));
  if (expect.contains("num_buckets")) {
    EXPECT_EQ((*column)->num_buckets(), expect.at("num_buckets"));
  }
  return absl::OkStatus();
}

absl::Status RunEmbedding(const Json& spec, const Json& expect) {
  auto column = internal::Compile(EmbeddingOf(spec));
  if (!column.ok()) return column.status();
  EXPECT_EQ(column->outputs[0].name, expect.value("name", ""));
  EXPECT_EQ(Json({column->table.dim}), expect.value("variable_shape", Json()));
  return absl::OkStatus();
}

absl::Status RunShared(const Json& spec, const Json& expect) {
  auto columns = internal::Compile(SharedOf(spec));
  if (!columns.ok()) return columns.status();
  std::vector<std::string> names;
  for (const auto& output : columns->outputs) names.push_back(output.name);
  EXPECT_EQ(Json(names), expect.value("names", Json()));
  EXPECT_EQ(columns->table.name, expect.value("table_name", ""));
  EXPECT_EQ(columns->table.rows, expect.value("num_buckets", 0u));
  return absl::OkStatus();
}

absl::Status RunCase(const Json& test) {
  const Json& spec = test.at("spec");
  const Json& expect = test.at("expect");
  const std::string type = spec.at("type");
  if (type == "numeric_column") return RunNumeric(spec, expect);
  if (type == "embedding_column") return RunEmbedding(spec, expect);
  if (type == "shared_embeddings") return RunShared(spec, expect);
  return RunCategorical(spec, expect);
}

TEST(Construct, EqualsWhatTensorFlowRecorded) {
  const Json cases = ReadCases(ROWHOUSE_CONSTRUCT_CASES);
  ASSERT_EQ(cases.size(), 62u);
  for (const Json& test : cases) {
    SCOPED_TRACE(test.at("name").get<std::string>());
    const absl::Status status = RunCase(test);
    EXPECT_EQ(status.code(), test.at("expect").contains("error")
                                 ? absl::StatusCode::kInvalidArgument
                                 : absl::StatusCode::kOk)
        << status;
  }
}

}  // namespace
}  // namespace rowhouse
