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
  std::uint64_t seed = 0;
  NanPolicy nan_policy = NanPolicy::kReject;
  Durability durability = Durability::kProcess;
  Placement placement = Placement::kHashed;
};

// One output row of `dimension` floats per batch row: the rows of its ids,
// combined. A batch row without ids gives zeros.
// Name: "<categorical>_embedding".
struct EmbeddingColumn {
  CategoricalColumn categorical_column;
  std::int64_t dimension = 0;
  Combiner combiner = Combiner::kMean;
  // Unset: truncated normal, mean 0, stddev 1 / sqrt(dimension).
  std::optional<InitializerSpec> initializer = {};
  // Empty: the column's name.
  std::string table_name = {};
  TableOptions table = {};
};

// Columns of one kind and one number of buckets that look up the same table.
// Their outputs are named "<categorical>_shared_embedding".
struct SharedEmbeddings {
  std::vector<CategoricalColumn> categorical_columns;
  std::int64_t dimension = 0;
  Combiner combiner = Combiner::kMean;
  // Unset: truncated normal, mean 0, stddev 1 / sqrt(dimension).
  std::optional<InitializerSpec> initializer = {};
  // The table's name. Empty: the sorted column names joined by "_", and
  // "_shared_embedding".
  std::string shared_embedding_collection_name = {};
  TableOptions table = {};
};

}  // namespace rowhouse

#endif  // ROWHOUSE_EMBEDDING_H_
