// TPU columns, compiled: the ordinary columns that they are on a CPU.
#ifndef ROWHOUSE_CLIENT_COLUMNS_TPU_COLUMNS_H_
#define ROWHOUSE_CLIENT_COLUMNS_TPU_COLUMNS_H_

#include "absl/status/statusor.h"
#include "client/columns/embedding.h"
#include "rowhouse/feature_plan.h"
#include "rowhouse/tpu_columns.h"

namespace rowhouse::internal {

// INVALID_ARGUMENT with the reason: a bad argument, columns of different
// numbers of buckets; else what the categorical columns say.
absl::StatusOr<CompiledEmbedding> Compile(const TpuEmbeddingColumn& column,
                                          const PlanOptions& options = {});
absl::StatusOr<CompiledEmbedding> Compile(
    const TpuSharedEmbeddingColumns& columns, const PlanOptions& options = {});

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_COLUMNS_TPU_COLUMNS_H_
