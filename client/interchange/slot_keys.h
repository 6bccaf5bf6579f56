// How TensorFlow names the optimizer state of a variable in a checkpoint.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_SLOT_KEYS_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_SLOT_KEYS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/interchange/checkpoint_reader.h"
#include "rowhouse/table_spec.h"

namespace rowhouse::interchange {

// The keys of a table's slots, in the order of Slots(spec), beside weights
// under the name `variable`: those of a tf.compat.v1.train.Saver when the
// optimizer is one of tf.compat.v1.train ("<variable>/Adam",
// "<variable>/Adam_1"), else "<variable>/<slot>".
std::vector<std::string> NamedSlotKeys(const TableSpec& spec,
                                       absl::string_view variable);

// Where the slots of the variable with key `weights` are, in the order of
// Slots(spec). Looks, for each slot, for: the key that a Saver gives it; the
// slot variable of an optimizer in the object graph; the object
// "<weights>/<slot>" beside a TPU embedding's table; a variable of a Keras
// optimizer whose full name is "<optimizer>/<slot>/<name of the weights>".
// NOT_FOUND naming the first slot that is nowhere.
absl::StatusOr<std::vector<std::string>> FindSlotKeys(
    CheckpointReader& reader, const TableSpec& spec, absl::string_view weights);

// The key of a tensor that a person named: itself when there is such a key,
// else that of the variable at this path of the object graph. NOT_FOUND.
absl::StatusOr<std::string> FindTensorKey(CheckpointReader& reader,
                                          absl::string_view name);

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_SLOT_KEYS_H_
