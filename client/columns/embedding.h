// Embedding columns, compiled: a categorical column and the table it looks up.
#ifndef ROWHOUSE_CLIENT_COLUMNS_EMBEDDING_H_
#define ROWHOUSE_CLIENT_COLUMNS_EMBEDDING_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/columns/categorical.h"
#include "rowhouse/embedding.h"
#include "rowhouse/features.h"
#include "rowhouse/id_batch.h"
#include "rowhouse/table_spec.h"

namespace rowhouse::internal {

// One output of a lookup.
struct EmbeddingOutput {
  std::string name;
  std::unique_ptr<CategoricalTransform> categorical;
};

// The outputs of one column or of shared ones, and their table.
struct CompiledEmbedding {
  std::vector<EmbeddingOutput> outputs;
  Combiner combiner = Combiner::kMean;
  TableSpec table;
};

// INVALID_ARGUMENT with the reason: a bad argument, columns that cannot share.
absl::StatusOr<CompiledEmbedding> Compile(const EmbeddingColumn& column);
absl::StatusOr<CompiledEmbedding> Compile(const SharedEmbeddings& columns);

// The ids that the lookup of `output` takes: those >= 0. INVALID_ARGUMENT when
// one is not below the column's number of buckets, and as Transform.
absl::StatusOr<FeatureIds> Resolve(const EmbeddingOutput& output,
                                   Combiner combiner, const TableSpec& table,
                                   const Features& features);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_COLUMNS_EMBEDDING_H_
