// Columns whose values are rows of tables.
#ifndef ROWHOUSE_EMBEDDING_H_
#define ROWHOUSE_EMBEDDING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rowhouse/columns.h"
#include "rowhouse/id_batch.h"
#include "rowhouse/table_spec.h"

namespace rowhouse {

// What the column leaves open of its table; TableSpec describes each.
struct TableOptions {
  OptimizerSpec optimizer = SgdSpec{};
  UpdateSpec update = {};
  std::uint64_t seed = 0;
  NanPolicy nan_policy = NanPolicy::kReject;
  Durability durability = Durability::kProcess;
  Placement placement = Placement::kHashed;
};

// tf.feature_column.embedding_column: one output row of `dimension` floats per
// batch row, the rows of its ids combined. Over a sequence column, one per
// position. Name: "<categorical>_embedding".
//
// What a column alone shows to be wrong is INVALID_ARGUMENT of
// FeaturePlan::Compile (dimension < 1, one checkpoint argument without the
// other); the rest shows when a batch is resolved, as in TensorFlow.
struct EmbeddingColumn {
  CategoricalColumn categorical_column;
  std::int64_t dimension = 0;
  // kSum, kMean or kSqrtn; another is refused when a batch is resolved.
  Combiner combiner = Combiner::kMean;
  // Unset: truncated normal, mean 0, stddev 1 / sqrt(dimension).
  std::optional<InitializerSpec> initializer = {};
  // First values: tensor `tensor_name_in_ckpt` of a TensorFlow checkpoint,
  // given by its prefix, or by a directory that has a latest one. Both or
  // neither; FeaturePlan::initial_values lists them for whoever makes the
  // tables.
  std::optional<std::string> ckpt_to_load_from = {};
  std::optional<std::string> tensor_name_in_ckpt = {};
  // Each row is looked up as row * max_norm / max(|row|, max_norm), |row| its
  // L2 norm. The stored row stays as it is. Not checked: 0 gives zeros, a
  // negative one turns rows around.
  std::optional<float> max_norm = {};
  // False: no gradient of this column is pushed.
  bool trainable = true;
  // True: ids < 0 are left out, and weights <= 0 (or NaN) with their ids unless
  // the combiner is kSum; a batch row without ids gives zeros, and row 0 is
  // named in its gradient with the value 0. False: ids < 0 are
  // INVALID_ARGUMENT, every weight counts, and trailing batch rows without ids
  // are missing from the output; ids of rank 3 or more are looked up as if this
  // were true.
  bool use_safe_embedding_lookup = true;
  // Empty: from the column's name, by PlanOptions::table_naming.
  std::string table_name = {};
  TableOptions table = {};
};

// tf.feature_column.shared_embeddings: columns of one kind (weighted and
// sequence wrappers aside) and one number of buckets that look up one table.
// Their outputs are named "<categorical>_shared_embedding". Arguments and
// checks as of EmbeddingColumn.
struct SharedEmbeddings {
  std::vector<CategoricalColumn> categorical_columns;
  std::int64_t dimension = 0;
  Combiner combiner = Combiner::kMean;
  std::optional<InitializerSpec> initializer = {};
  // The table's name. Empty: the sorted column names joined by "_", and
  // "_shared_embedding".
  std::string shared_embedding_collection_name = {};
  std::optional<std::string> ckpt_to_load_from = {};
  std::optional<std::string> tensor_name_in_ckpt = {};
  std::optional<float> max_norm = {};
  bool trainable = true;
  bool use_safe_embedding_lookup = true;
  TableOptions table = {};
};

}  // namespace rowhouse

#endif  // ROWHOUSE_EMBEDDING_H_
