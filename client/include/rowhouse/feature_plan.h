// Columns, checked and compiled: turns a batch of features into the ids that a
// lookup takes and the numbers that a dense layer takes.
#ifndef ROWHOUSE_FEATURE_PLAN_H_
#define ROWHOUSE_FEATURE_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "rowhouse/columns.h"
#include "rowhouse/embedding.h"
#include "rowhouse/features.h"
#include "rowhouse/id_batch.h"
#include "rowhouse/table_spec.h"
#include "rowhouse/tpu_columns.h"

namespace rowhouse {

namespace internal {
class LayerColumns;
}  // namespace internal

// A bucketized column is said as the categorical column that it is too; other
// categorical columns alone have no place in a plan, and are refused.
using PlanColumn =
    std::variant<CategoricalColumn, NumericColumn, IndicatorColumn,
                 SequenceNumericColumn, EmbeddingColumn, SharedEmbeddings,
                 TpuEmbeddingColumn, TpuSharedEmbeddingColumns>;

// How a column's table is named, unless EmbeddingColumn::table_name says. The
// names are those of TensorFlow's variables, so that checkpoints fit.
enum class TableNaming {
  kColumn,  // "<column>"; shared: the collection's name
  // "<layer>/<column>/embedding_weights"; shared: the collection's name. Keras
  // DenseFeatures of TensorFlow 2.
  kLayer,
  // The same with "_" for every character of the column's name outside
  // [A-Za-z0-9_.-]. DenseFeatures of TensorFlow 1, SequenceFeatures.
  kLayerSanitized,
  // As kLayer; shared: "<layer>/<collection>/embedding_weights".
  // tf.compat.v1.feature_column.input_layer.
  kInputLayer,
};

struct PlanOptions {
  TableNaming table_naming = TableNaming::kColumn;
  std::string layer_name = {};  // not used by kColumn
  bool trainable = true;        // false: no column is
};

// Where the first values of a table are, of an embedding column that says so.
struct InitialValues {
  std::size_t table = 0;  // index into FeaturePlan::tables
  std::string ckpt_to_load_from;
  std::string tensor_name_in_ckpt;
};

// Outputs of the dense columns side by side: rows x width floats, row-major.
struct DenseBatch {
  std::size_t rows = 0;
  std::size_t width = 0;
  std::vector<float> values;
};

// Immutable; copies share one compiled plan. Thread-safe.
class FeaturePlan {
 public:
  // INVALID_ARGUMENT with the reason: an argument of a column out of its range,
  // columns of one table that do not fit, a table or dense column's name twice,
  // a bare categorical column. (To embed one categorical column twice, name the
  // tables.)
  static absl::StatusOr<FeaturePlan> Compile(
      const std::vector<PlanColumn>& columns, const PlanOptions& options = {});

  // One per table, in order of first use. `rows` is the column's number of
  // buckets.
  const std::vector<TableSpec>& tables() const;
  // Of the tables that begin as a tensor of a checkpoint, as
  // Client::CreateTables makes them.
  const std::vector<InitialValues>& initial_values() const;
  // By table, the rate of the step, where a column has a learning_rate_fn; for
  // PushOptions::learning_rates. Calls these functions. (Layers do it
  // themselves.)
  absl::flat_hash_map<std::string, float> LearningRates(
      std::uint64_t step) const;
  // Names of the outputs of Resolve, in its order.
  const std::vector<std::string>& embedding_names() const;
  // Names of the numeric, bucketized and indicator columns, in the order of
  // Dense. (Sequences of numbers are for SequenceFeatures only.)
  const std::vector<std::string>& dense_names() const;

  // The ids of every embedding column in the order given, shared ones one by
  // one: one bag per row, or per position of a sequence column, rows x steps.
  // INVALID_ARGUMENT: a feature is absent, of a wrong type or shape; batch
  // sizes differ; an id that is looked up is not below its column's number of
  // buckets; a combiner that is none. Vocabulary files give codes of their own.
  absl::StatusOr<std::vector<FeatureIds>> Resolve(
      const Features& features) const;

  // The dense columns in the order given, each flattened to one row of floats
  // per batch row. Errors as above; RESOURCE_EXHAUSTED: more numbers than
  // columns may make of a batch.
  absl::StatusOr<DenseBatch> Dense(const Features& features) const;

 private:
  friend class internal::LayerColumns;
  class Compiler;
  struct Compiled;
  explicit FeaturePlan(std::shared_ptr<const Compiled> compiled);
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace rowhouse

#endif  // ROWHOUSE_FEATURE_PLAN_H_
