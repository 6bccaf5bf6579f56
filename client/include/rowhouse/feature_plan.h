// Columns, checked and compiled: turns a batch of features into the ids that a
// lookup takes and the numbers that a dense layer takes.
#ifndef ROWHOUSE_FEATURE_PLAN_H_
#define ROWHOUSE_FEATURE_PLAN_H_

#include <cstddef>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "rowhouse/columns.h"
#include "rowhouse/embedding.h"
#include "rowhouse/features.h"
#include "rowhouse/id_batch.h"
#include "rowhouse/table_spec.h"

namespace rowhouse {

using PlanColumn =
    std::variant<NumericColumn, EmbeddingColumn, SharedEmbeddings>;

// Outputs of the numeric columns side by side: rows x width floats, row-major.
struct DenseBatch {
  std::size_t rows = 0;
  std::size_t width = 0;
  std::vector<float> values;
};

// Immutable; copies share one compiled plan. Thread-safe.
class FeaturePlan {
 public:
  // INVALID_ARGUMENT with the reason: an argument of a column out of its range,
  // columns of one table that do not fit, a table or numeric name twice. (To
  // embed one categorical column twice, name the tables.)
  static absl::StatusOr<FeaturePlan> Compile(std::vector<PlanColumn> columns);

  // One per table, in order of first use. `rows` is the column's number of
  // buckets.
  const std::vector<TableSpec>& tables() const;
  // Names of the outputs of Resolve, in its order.
  const std::vector<std::string>& embedding_names() const;
  // Names of the numeric columns, in the order of Dense.
  const std::vector<std::string>& numeric_names() const;

  // The ids of every embedding column in the order given, shared ones one by
  // one. Ids < 0 (missing, unknown) are left out, as a safe lookup does.
  // INVALID_ARGUMENT: a feature is absent, of a wrong type or shape; batch
  // sizes differ; an id is not below its column's number of buckets.
  absl::StatusOr<std::vector<FeatureIds>> Resolve(
      const Features& features) const;

  // The numeric columns in the order given. INVALID_ARGUMENT as above, and for
  // sparse input.
  absl::StatusOr<DenseBatch> Dense(const Features& features) const;

 private:
  struct Compiled;
  explicit FeaturePlan(std::shared_ptr<const Compiled> compiled);
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace rowhouse

#endif  // ROWHOUSE_FEATURE_PLAN_H_
