// The bytes of a file in order, for readers that never hold all of it.
#ifndef ROWHOUSE_CLIENT_COLUMNS_FILE_BYTES_H_
#define ROWHOUSE_CLIENT_COLUMNS_FILE_BYTES_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace rowhouse::internal {

// One thread at a time. After an error only destruction makes sense.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills `out` from its begin, wholly or in part. Returns how many bytes; 0 at
  // the end only. REQUIRES: `out` is not empty.
  virtual absl::StatusOr<std::size_t> Read(absl::Span<char> out) = 0;
};

// NOT_FOUND: no such file; FAILED_PRECONDITION: a directory, a device, a FIFO,
// which might never end; else the code of the system's error, here or of Read.
absl::StatusOr<std::unique_ptr<ByteSource>> OpenFile(const std::string& path);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_COLUMNS_FILE_BYTES_H_
