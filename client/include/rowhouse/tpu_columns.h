// tf.tpu.experimental.embedding_column and shared_embedding_columns (under
// tf.compat.v1 in TensorFlow 2.15): columns for programs that train on a TPU.
// Here their rows are in ordinary tables, and plans and layers take the columns
// as TensorFlow does on a CPU: as an EmbeddingColumn or SharedEmbeddings of the
// same arguments. max_sequence_length then cuts and pads nothing.
#ifndef ROWHOUSE_TPU_COLUMNS_H_
#define ROWHOUSE_TPU_COLUMNS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rowhouse/columns.h"
#include "rowhouse/embedding.h"
#include "rowhouse/id_batch.h"
#include "rowhouse/table_spec.h"

namespace rowhouse {

// The learning rate of a step, instead of the table's schedule or constant.
// Layers call it once per push and table, on the thread that pushes; whoever
// pushes by Client::Push hands FeaturePlan::LearningRates on.
using LearningRateFn = std::function<float(std::uint64_t global_step)>;

// Where a TPU program would look the rows up.
enum class EmbeddingDevice {
  kCpu = 1,  // for inference only: refused when a batch is resolved
  kTpuTensorCore = 2,
  kTpuEmbeddingCore = 3,
};

// "cpu", "tpu_tensor_core", "tpu_embedding_core"; another name is none.
std::optional<EmbeddingDevice> ParseEmbeddingDevice(absl::string_view name);
absl::string_view EmbeddingDeviceName(EmbeddingDevice device);

// A size of TpuEmbeddingColumn::tensor_core_shape that is not known (None).
inline constexpr std::int64_t kUnknownSize = -1;

// Arguments of the same name as of EmbeddingColumn mean the same. There is no
// max_norm and no checkpoint, and the column itself is always trainable.
//
// What the arguments alone show to be wrong is INVALID_ARGUMENT of
// FeaturePlan::Compile and DescribeTpuColumn: dimension < 1; a sequence column
// with max_sequence_length < 1, another one with one that is not 0; a
// tensor_core_shape of other than two sizes; kTpuTensorCore without such a
// shape or with a sequence column.
struct TpuEmbeddingColumn {
  CategoricalColumn categorical_column;  // of any kind
  std::int64_t dimension = 0;
  Combiner combiner = Combiner::kMean;
  std::optional<InitializerSpec> initializer = {};
  // Positions of a sequence that a TPU has room for.
  std::int64_t max_sequence_length = 0;
  LearningRateFn learning_rate_fn = {};
  std::optional<EmbeddingDevice> embedding_lookup_device = {};
  // Rows and ids per row of a lookup on the tensor core. Empty: none.
  std::vector<std::int64_t> tensor_core_shape = {};
  bool use_safe_embedding_lookup = true;
  // Empty: from the column's name, by PlanOptions::table_naming.
  std::string table_name = {};
  TableOptions table = {};
};

// Columns of one number of buckets, otherwise of any kinds, that look up one
// table. (TensorFlow 1's input_layer takes none: with TableNaming::kInputLayer
// a batch is refused.)
struct TpuSharedEmbeddingColumns {
  std::vector<CategoricalColumn> categorical_columns;
  std::int64_t dimension = 0;
  Combiner combiner = Combiner::kMean;
  std::optional<InitializerSpec> initializer = {};
  // The table's name. Empty: the sorted column names joined by "_", and
  // "_shared_embedding".
  std::string shared_embedding_collection_name = {};
  // One for each column. Empty: all 0.
  std::vector<std::int64_t> max_sequence_lengths = {};
  LearningRateFn learning_rate_fn = {};
  std::optional<EmbeddingDevice> embedding_lookup_device = {};
  std::vector<std::int64_t> tensor_core_shape = {};
  bool use_safe_embedding_lookup = true;
  TableOptions table = {};
};

// What a TPU's input pipeline asks of a column.
struct TpuColumnDescription {
  std::string name;         // of the output
  std::string feature_key;  // of the ids; of a weighted column, its inner name
  std::optional<std::string> weight_key;  // of a weighted column
  // The categorical column's name, or the collection's. (Variables on a CPU
  // have names of their own: PlanOptions::table_naming.)
  std::string table_name;
  std::uint64_t vocabulary_size = 0;
  std::uint32_t dimension = 0;
  Combiner combiner = Combiner::kMean;
  bool is_sequence = false;  // not so for a weighted column around a sequence
  std::int64_t max_sequence_length = 0;
  std::string sequence_length_key;  // "<feature_key>_seq_length_"
  LearningRateFn learning_rate_fn;
};

// INVALID_ARGUMENT as above; else what the categorical column says.
absl::StatusOr<TpuColumnDescription> DescribeTpuColumn(
    const TpuEmbeddingColumn& column);
// In the order given.
absl::StatusOr<std::vector<TpuColumnDescription>> DescribeTpuColumns(
    const TpuSharedEmbeddingColumns& columns);

// TensorFlow's == of columns. Arguments that are left out count as their
// defaults. Two different functions cannot be told from one in C++: columns
// that have a normalizer_fn are unequal.
bool EqualColumns(const CategoricalColumn& a, const CategoricalColumn& b);
// Looks at categorical column, dimension, combiner, initializer and
// use_safe_embedding_lookup alone. A default initializer is an object of its
// own in each column, so without `initializer` no column equals another one,
// however alike they are.
bool EqualColumns(const TpuEmbeddingColumn& a, const TpuEmbeddingColumn& b);
// Besides, the ordinary column has no checkpoint and no max_norm and is
// trainable.
bool EqualColumns(const TpuEmbeddingColumn& a, const EmbeddingColumn& b);

}  // namespace rowhouse

#endif  // ROWHOUSE_TPU_COLUMNS_H_
