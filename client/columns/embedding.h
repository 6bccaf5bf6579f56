// Embedding columns, compiled: a categorical column and the table it looks up.
#ifndef ROWHOUSE_CLIENT_COLUMNS_EMBEDDING_H_
#define ROWHOUSE_CLIENT_COLUMNS_EMBEDDING_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/columns/categorical.h"
#include "rowhouse/embedding.h"
#include "rowhouse/feature_plan.h"
#include "rowhouse/features.h"
#include "rowhouse/id_batch.h"
#include "rowhouse/table_spec.h"
#include "rowhouse/tpu_columns.h"

namespace rowhouse::internal {

// One output of a lookup. Immutable, thread-safe.
struct EmbeddingOutput {
  std::string name;
  std::unique_ptr<CategoricalTransform> categorical;
  bool is_sequence = false;
  Combiner combiner = Combiner::kMean;
  std::optional<float> max_norm;
  bool trainable = true;
  bool safe = true;
  // What Resolve returns instead of ids, where a batch of the column is
  // refused whatever is in it.
  absl::Status usable;
};

// The outputs of one column or of shared ones, and their table.
struct CompiledEmbedding {
  std::vector<EmbeddingOutput> outputs;
  TableSpec table;
  // Checkpoint and tensor of the first values.
  std::optional<std::pair<std::string, std::string>> initial_values;
  // Of the table; empty: it says its rate itself.
  LearningRateFn learning_rate_fn;
};

// INVALID_ARGUMENT with the reason: a bad argument, columns that cannot share;
// else what the categorical columns say.
absl::StatusOr<CompiledEmbedding> Compile(const EmbeddingColumn& column,
                                          const PlanOptions& options = {});
absl::StatusOr<CompiledEmbedding> Compile(const SharedEmbeddings& columns,
                                          const PlanOptions& options = {});

// Whether shared columns must be of one kind, or of one number of buckets only.
enum class SharedKinds { kOne, kAny };
absl::StatusOr<CompiledEmbedding> CompileShared(const SharedEmbeddings& columns,
                                                const PlanOptions& options,
                                                SharedKinds kinds);

// What one output looks up in a batch.
struct ResolvedEmbedding {
  FeatureIds ids;
  // Of the output without its last axis: [B], or [B, T], or more as the ids
  // have; its product is the number of bags.
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> sequence_lengths;  // of a sequence column, [B]
};

// As TensorFlow's safe lookup, or its raw one where the column wants that and
// the ids have rank 2. INVALID_ARGUMENT: as FillBags, weights that are not
// float32; else EmbeddingOutput::usable, or what the categorical column says.
absl::StatusOr<ResolvedEmbedding> Resolve(const EmbeddingOutput& output,
                                          const TableSpec& table,
                                          const Features& features);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_COLUMNS_EMBEDDING_H_
