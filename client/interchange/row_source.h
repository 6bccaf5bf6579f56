// Rows of floats, whichever file they are in.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_ROW_SOURCE_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_ROW_SOURCE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "client/interchange/checkpoint_reader.h"
#include "client/interchange/safetensors.h"

namespace rowhouse::interchange {

// A float32 array of rows x width, as much of it as is asked for. One thread at
// a time.
class RowSource {
 public:
  virtual ~RowSource() = default;
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;

  std::uint64_t rows() const { return rows_; }

  // Reads all that has a checksum and compares it.
  virtual absl::Status Verify() = 0;
  // Rows [first, first + out.size() / width). REQUIRES: they are there.
  virtual absl::Status Read(std::uint64_t first, absl::Span<float> out) = 0;

 protected:
  explicit RowSource(std::uint64_t rows) : rows_(rows) {}

 private:
  const std::uint64_t rows_;
};

// Each: INVALID_ARGUMENT when the tensor is not float32 [rows, width] (or
// [rows], where `width` is 1), else the errors of its file's reader.
// `reader` must live longer.
absl::StatusOr<std::unique_ptr<RowSource>> RowsOfCheckpoint(
    CheckpointReader& reader, const std::string& name, std::uint32_t width);
absl::StatusOr<std::unique_ptr<RowSource>> RowsOfSafetensors(
    const SafetensorsReader& reader, const std::string& name,
    std::uint32_t width);
absl::StatusOr<std::unique_ptr<RowSource>> RowsOfNpy(const std::string& path,
                                                     std::uint32_t width);

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_ROW_SOURCE_H_
