// What a FeaturePlan holds: columns, compiled, and their tables. Layers work on
// it column by column.
#ifndef ROWHOUSE_CLIENT_COLUMNS_COMPILED_PLAN_H_
#define ROWHOUSE_CLIENT_COLUMNS_COMPILED_PLAN_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/columns/dense.h"
#include "client/columns/embedding.h"
#include "rowhouse/feature_plan.h"

namespace rowhouse {

// Immutable once FeaturePlan::Compile has made it.
struct FeaturePlan::Compiled {
  struct Embedding {
    internal::EmbeddingOutput column;
    std::size_t table = 0;  // index into tables
  };
  // A column without a table.
  struct Numbers {
    std::string name;
    std::size_t elements = 0;  // of one row, or of one step of a sequence
    // One of the two.
    std::unique_ptr<internal::DenseTransform> dense;
    std::unique_ptr<internal::SequenceTransform> sequence;
  };

  std::vector<TableSpec> tables;
  std::vector<LearningRateFn> learning_rate_fns;  // by table; most are empty
  std::vector<InitialValues> initial_values;
  std::vector<Embedding> embeddings;
  std::vector<std::string> embedding_names;
  std::vector<Numbers> numbers;
  std::vector<std::string> dense_names;  // of numbers that are not sequences
};

}  // namespace rowhouse

#endif  // ROWHOUSE_CLIENT_COLUMNS_COMPILED_PLAN_H_
