// A Keras Embedding as a Python program makes it: the arguments of a case, in
// our terms.
#ifndef ROWHOUSE_TESTS_GOLDEN_EMBEDDING_CALL_H_
#define ROWHOUSE_TESTS_GOLDEN_EMBEDDING_CALL_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rowhouse/keras_embedding.h"
#include "tests/golden/value.h"

namespace rowhouse::golden {

struct EmbeddingCall {
  keras::EmbeddingArguments arguments;
  // What Keras takes while the layer is made and stumbles over when it makes
  // the table: a dimension with a fraction.
  absl::Status table_error;
};

// INVALID_ARGUMENT: what Keras refuses by type or name, and what it takes but
// has no meaning. Values are for Embedding::Make to judge.
absl::StatusOr<EmbeddingCall> ReadEmbeddingCall(const Json& call);

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_EMBEDDING_CALL_H_
