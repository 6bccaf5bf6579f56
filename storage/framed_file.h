// A small file of one message: magic, checksum, format, length, message. It is
// replaced whole, and read whole or not at all. Format: docs/formats.md.
#ifndef ROWHOUSE_STORAGE_FRAMED_FILE_H_
#define ROWHOUSE_STORAGE_FRAMED_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/disk.h"

namespace rowhouse::storage {

// On disk: do not change.
inline constexpr std::size_t kFrameHeaderBytes = 24;
inline constexpr std::uint32_t kFrameFormat = 1;
inline constexpr absl::string_view kDataDirMagic = "ROWHDDIR";
inline constexpr absl::string_view kWatermarksMagic = "ROWHMARK";
inline constexpr absl::string_view kCheckpointPartMagic = "ROWHPART";
inline constexpr absl::string_view kCheckpointMagic = "ROWHCKPT";
inline constexpr absl::string_view kDigestsMagic = "ROWHDIGS";
inline constexpr absl::string_view kSealMagic = "ROWHSEAL";
inline constexpr absl::string_view kMemRowsMagic = "ROWHMEMR";  // tests

// The largest is WATERMARKS: sessions x window x bytes of a sequence, 40 MiB.
inline constexpr std::uint64_t kFramedFileBytesMax = 64u << 20;

// REQUIRES: `magic` has 8 bytes.
std::string EncodeFrame(absl::string_view magic, absl::string_view message);

// The message in `bytes`, a view of them. DATA_LOSS naming `path` and what is
// wrong; FAILED_PRECONDITION when a newer program wrote it.
absl::StatusOr<absl::string_view> DecodeFrame(absl::string_view magic,
                                              absl::string_view bytes,
                                              absl::string_view path);

// Replaces the file atomically.
absl::Status WriteFramedFile(Disk& disk, const std::string& path,
                             absl::string_view magic,
                             absl::string_view message);

// The message. NOT_FOUND when there is no file; else as DecodeFrame.
absl::StatusOr<std::string> ReadFramedFile(Disk& disk, const std::string& path,
                                           absl::string_view magic);

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_FRAMED_FILE_H_
