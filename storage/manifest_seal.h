// Vouches for RocksDB's list of files. RocksDB 7.8 takes a damaged length in
// its MANIFEST for a torn tail: one flipped bit, and it opens without an error
// as it was some flushes ago, and deletes the rows' files since. The seal, a
// small file beside it, says how many bytes of which MANIFEST are on the disk
// and what their checksum is.
#ifndef ROWHOUSE_STORAGE_MANIFEST_SEAL_H_
#define ROWHOUSE_STORAGE_MANIFEST_SEAL_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "base/mutex.h"
#include "storage/disk.h"

namespace rowhouse::storage {

// Thread-safe.
class ManifestSeal {
 public:
  // Of the RocksDB in directory `path`. `disk` must outlive it.
  ManifestSeal(Disk& disk, std::string path);

  // Before RocksDB opens a directory that has a CURRENT. DATA_LOSS when what
  // was sealed is not there. What RocksDB wrote after the last seal is its own
  // affair: nobody was told that it is durable.
  absl::Status Check();

  // After a change that must not be forgotten, and after opening.
  absl::Status Renew();

 private:
  struct Sealed {
    std::uint64_t manifest = 0;  // number in its name
    std::uint64_t bytes = 0;
    std::uint32_t crc = 0;
  };
  std::string ManifestPath(std::uint64_t manifest) const;
  absl::StatusOr<std::uint64_t> CurrentManifest() const;
  // Extends `sealed` to `bytes`.
  absl::Status Extend(std::uint64_t bytes, Sealed& sealed) const;

  Disk& disk_;
  const std::string path_;
  Mutex mu_;
  Sealed sealed_ ABSL_GUARDED_BY(mu_);
};

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_MANIFEST_SEAL_H_
