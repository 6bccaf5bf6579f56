// SHA-256, for files of checkpoints.
#ifndef ROWHOUSE_STORAGE_SHA256_H_
#define ROWHOUSE_STORAGE_SHA256_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/disk.h"

namespace rowhouse::storage {

// Lower-case hex.
std::string Sha256(absl::string_view bytes);

// Of a file, read in pieces.
absl::StatusOr<std::string> Sha256OfFile(Disk& disk, const std::string& path);

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_SHA256_H_
