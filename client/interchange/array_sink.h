// Arrays of floats on their way into files, whichever kind these are.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_ARRAY_SINK_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_ARRAY_SINK_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "client/interchange/tensor.h"
#include "rowhouse/interchange.h"

namespace rowhouse::interchange {

// One array: float32, its place by `table` and `slot` ("" for the weights).
struct ExportedArray {
  std::string table;
  std::string slot;
  std::string saver_key;  // in a checkpoint of names
  Shape shape;
};

// One thread at a time. After an error only destruction makes sense; then
// nothing stays.
class ArraySink {
 public:
  virtual ~ArraySink() = default;
  ArraySink(const ArraySink&) = delete;
  ArraySink& operator=(const ArraySink&) = delete;

  // The next values of the array with that index. REQUIRES: they have room.
  virtual absl::Status Append(std::size_t array,
                              absl::Span<const float> values) = 0;
  // The files get their names. FAILED_PRECONDITION when an array is not full.
  virtual absl::Status Finish() = 0;

 protected:
  ArraySink() = default;
};

// INVALID_ARGUMENT: arrays that such a file cannot hold; errors of creating
// files.
absl::StatusOr<std::unique_ptr<ArraySink>> MakeArraySink(
    const ExportTarget& target, const std::vector<ExportedArray>& arrays);

// Where the slot of a table exported to `path` as .npy goes:
// "dir/x.npy" -> "dir/x.SLOT.npy".
std::string NpySlotPath(const std::string& path, absl::string_view slot);

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_ARRAY_SINK_H_
