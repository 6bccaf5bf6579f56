// Sparse ids and weights against a table: what TensorFlow calls
// safe_embedding_lookup_sparse and embedding_lookup_sparse. Each function turns
// tensors into FeatureIds, many of which one Client::Lookup takes:
//
//   auto words = SafeLookupSparse({.table = "words", .dim = 8}, ids);
//   auto found = client->Lookup({words->ids});
#ifndef ROWHOUSE_LOOKUP_H_
#define ROWHOUSE_LOOKUP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rowhouse/features.h"
#include "rowhouse/id_batch.h"

namespace rowhouse {

struct LookupOptions {
  std::string table;
  std::uint32_t dim = 0;                // of the table
  Combiner combiner = Combiner::kMean;  // not kNone
  std::optional<float> max_norm = {};   // as FeatureIds::max_norm
  bool trainable = true;                // as FeatureIds::trainable
};

struct SparseLookup {
  FeatureIds ids;
  // Of the activation: its rows are the product of all but the last size, which
  // is `dim`.
  std::vector<std::int64_t> output_shape;
};

// One output row per position of all but the last axis of `ids`: a sparse
// tensor (of rank 1: one row), or a ragged matrix, of int32 or int64.
// `weights`, if there are any, are float32, sparse or ragged, and belong to the
// ids in order, whatever their own positions.
//
// Ids < 0 are left out; weights that are not > 0 too, with their ids, unless
// the combiner is kSum. A row without ids then gives the row of `default_id`,
// or zeros when that is unset, and names id 0 in its gradient with the value 0.
//
// INVALID_ARGUMENT: a tensor of another rank, kind or type; combiner kNone; not
// one weight per id; a negative `default_id` where a row is empty. (Ids beyond
// the table are refused by the lookup.)
absl::StatusOr<SparseLookup> SafeLookupSparse(
    const LookupOptions& options, const Features::Tensor& ids,
    const Features::Tensor* weights = nullptr,
    std::optional<std::int64_t> default_id = {});

// The same without safety: rows are those of the first axis of two or more,
// every id and weight counts (weights of any number, cast), ids < 0 are
// INVALID_ARGUMENT, a row without ids gives zeros and those at the end are
// missing from the output.
absl::StatusOr<SparseLookup> RawLookupSparse(
    const LookupOptions& options, const Features::Tensor& ids,
    const Features::Tensor* weights = nullptr);

}  // namespace rowhouse

#endif  // ROWHOUSE_LOOKUP_H_
