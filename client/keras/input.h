// From the input of a Keras Embedding to the rows that are looked up for it.
#ifndef ROWHOUSE_CLIENT_KERAS_INPUT_H_
#define ROWHOUSE_CLIENT_KERAS_INPUT_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "rowhouse/features.h"
#include "rowhouse/id_batch.h"
#include "rowhouse/keras_embedding.h"

namespace rowhouse::internal {

struct EmbeddingInput {
  // With one-hot: every row of the table. Else one row per output row.
  bool one_hot = false;
  // Of each output row; with one-hot, one outside the table is none.
  std::vector<std::int64_t> ids;
  FeatureIds lookup;  // but for the name of the table
};

// `tensor` has passed CheckTensor. UNIMPLEMENTED: strings. INVALID_ARGUMENT: an
// id outside [0, input_dim), with id and place (not with one-hot; in a sparse
// tensor an id < 0 is row 0, unless the layer is sparse); a ragged tensor of a
// sparse layer; a sparse tensor of more than kFeatureRowsMax cells.
// RESOURCE_EXHAUSTED: one-hot of more than kIdsPerRequestMax rows.
absl::StatusOr<EmbeddingInput> ReadEmbeddingInput(
    const keras::EmbeddingArguments& arguments, const Features::Tensor& tensor);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_KERAS_INPUT_H_
