#include "storage/synced_mark.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/status_macros.h"
#include "storage/byte_order.h"

namespace rowhouse::storage {
namespace {

constexpr absl::string_view kMagic = "ROWHSYNC";
constexpr absl::string_view kFileName = "SYNCED";

constexpr std::size_t kCrcAt = 8;
constexpr std::size_t kFormatAt = 12;
constexpr std::size_t kIncarnationAt = 16;
constexpr std::size_t kLsnAt = 24;

std::string PathIn(const std::string& directory) {
  return absl::StrCat(directory, "/", kFileName);
}

}  // namespace

std::string EncodeSyncedMark(const SyncedMark& mark) {
  std::string bytes(kSyncedMarkBytes, '\0');
  kMagic.copy(bytes.data(), kCrcAt);
  StoreLittle(kSyncedMarkFormat, &bytes[kFormatAt]);
  StoreLittle(mark.incarnation, &bytes[kIncarnationAt]);
  StoreLittle(mark.synced.value(), &bytes[kLsnAt]);
  StoreLittle(Crc32c(&bytes[kFormatAt], kSyncedMarkBytes - kFormatAt),
              &bytes[kCrcAt]);
  return bytes;
}

absl::StatusOr<SyncedMark> DecodeSyncedMark(absl::string_view bytes) {
  if (bytes.size() < kSyncedMarkBytes) {
    return absl::DataLossError(absl::StrCat("cut off: ", bytes.size(), " of ",
                                            kSyncedMarkBytes, " bytes"));
  }
  const char* const p = bytes.data();
  if (bytes.substr(0, kMagic.size()) != kMagic) {
    return absl::DataLossError("wrong magic");
  }
  if (LoadLittle<std::uint32_t>(p + kCrcAt) !=
      Crc32c(p + kFormatAt, kSyncedMarkBytes - kFormatAt)) {
    return absl::DataLossError("fails its checksum");
  }
  const auto format = LoadLittle<std::uint32_t>(p + kFormatAt);
  if (format != kSyncedMarkFormat) {
    return absl::FailedPreconditionError(absl::StrCat(
        "format ", format, ", this program reads ", kSyncedMarkFormat));
  }
  return SyncedMark{
      .incarnation = LoadLittle<std::uint64_t>(p + kIncarnationAt),
      .synced = Lsn(LoadLittle<std::uint64_t>(p + kLsnAt))};
}

absl::StatusOr<SyncedMark> ReadSyncedMark(Disk& disk,
                                          const std::string& directory) {
  const std::string path = PathIn(directory);
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string bytes,
                            disk.ReadPiece(path, 0, kSyncedMarkBytes));
  absl::StatusOr<SyncedMark> mark = DecodeSyncedMark(bytes);
  if (mark.ok()) return mark;
  return absl::Status(mark.status().code(),
                      absl::StrCat(path, ": ", mark.status().message()));
}

absl::StatusOr<SyncedMarkFile> SyncedMarkFile::Open(
    Disk& disk, const std::string& directory, std::uint64_t incarnation) {
  const std::string path = PathIn(directory);
  const absl::StatusOr<SyncedMark> there = ReadSyncedMark(disk, directory);
  const bool made = absl::IsNotFound(there.status());
  ROWHOUSE_ASSIGN_OR_RETURN(
      std::unique_ptr<WritableFile> file,
      made ? disk.Create(path) : disk.OpenToOverwrite(path));
  SyncedMarkFile mark(std::move(file), incarnation);
  if (there.ok() && there->incarnation == incarnation) return mark;
  ROWHOUSE_RETURN_IF_ERROR(mark.Set(Lsn()));
  if (made) {
    ROWHOUSE_RETURN_IF_ERROR(mark.file_->Sync());
    ROWHOUSE_RETURN_IF_ERROR(disk.SyncDirectory(directory));
  }
  return mark;
}

absl::Status SyncedMarkFile::Set(Lsn synced) {
  const std::string bytes =
      EncodeSyncedMark({.incarnation = incarnation_, .synced = synced});
  return file_->WriteAt(0, {absl::Span<const char>(bytes)});
}

}  // namespace rowhouse::storage
