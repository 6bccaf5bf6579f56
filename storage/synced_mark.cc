#include "storage/synced_mark.h"

#include <algorithm>
#include <array>
#include <optional>
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

absl::Status Named(const absl::Status& status, const std::string& path) {
  return absl::Status(status.code(),
                      absl::StrCat(path, ": ", status.message()));
}

using Places = std::array<std::optional<SyncedMark>, kSyncedMarkPlaces>;

// NOT_FOUND and DATA_LOSS as ReadSyncedMarks.
absl::StatusOr<Places> ReadPlaces(Disk& disk, const std::string& directory) {
  const std::string path = PathIn(directory);
  ROWHOUSE_ASSIGN_OR_RETURN(
      const std::string bytes,
      disk.ReadPiece(path, 0, kSyncedMarkStride + kSyncedMarkBytes));
  if (bytes.empty()) return absl::NotFoundError(path);
  Places places;
  absl::Status damage;
  for (std::size_t i = 0; i < kSyncedMarkPlaces; ++i) {
    const std::size_t at = std::min(i * kSyncedMarkStride, bytes.size());
    const auto mark = DecodeSyncedMark(absl::string_view(bytes).substr(at));
    if (mark.ok()) {
      places[i] = *mark;
    } else if (absl::IsDataLoss(mark.status())) {
      damage.Update(mark.status());
    } else {
      return Named(mark.status(), path);
    }
  }
  if (places[0].has_value() || places[1].has_value()) return places;
  return Named(damage, path);
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

absl::StatusOr<std::vector<SyncedMark>> ReadSyncedMarks(
    Disk& disk, const std::string& directory) {
  ROWHOUSE_ASSIGN_OR_RETURN(const Places places, ReadPlaces(disk, directory));
  std::vector<SyncedMark> marks;
  for (const auto& mark : places) {
    if (mark.has_value()) marks.push_back(*mark);
  }
  return marks;
}

absl::StatusOr<SyncedMarkFile> SyncedMarkFile::Open(
    Disk& disk, const std::string& directory, std::uint64_t incarnation) {
  const absl::StatusOr<Places> there = ReadPlaces(disk, directory);
  const std::string path = PathIn(directory);
  absl::StatusOr<std::unique_ptr<WritableFile>> file =
      disk.OpenToOverwrite(path);
  if (absl::IsNotFound(file.status())) file = disk.Create(path);
  ROWHOUSE_RETURN_IF_ERROR(file.status());
  const SyncedMark nothing{.incarnation = incarnation};
  if (there.ok()) {
    const SyncedMark first = (*there)[0].value_or(nothing);
    const SyncedMark second = (*there)[1].value_or(nothing);
    if (first.incarnation == incarnation && second.incarnation == incarnation) {
      return SyncedMarkFile(*std::move(file), incarnation,
                            first.synced <= second.synced ? 0 : 1);
    }
  }
  std::string bytes = EncodeSyncedMark(nothing);
  bytes.resize(kSyncedMarkStride);
  bytes += EncodeSyncedMark(nothing);
  ROWHOUSE_RETURN_IF_ERROR(
      (*file)->WriteAt(0, {absl::Span<const char>(bytes)}));
  if (!there.ok()) {
    ROWHOUSE_RETURN_IF_ERROR((*file)->Sync());
    ROWHOUSE_RETURN_IF_ERROR(disk.SyncDirectory(directory));
  }
  return SyncedMarkFile(*std::move(file), incarnation, 0);
}

absl::Status SyncedMarkFile::Set(Lsn synced) {
  const std::string bytes =
      EncodeSyncedMark({.incarnation = incarnation_, .synced = synced});
  const std::uint64_t at = place_ * kSyncedMarkStride;
  place_ = (place_ + 1) % kSyncedMarkPlaces;
  return file_->WriteAt(at, {absl::Span<const char>(bytes)});
}

}  // namespace rowhouse::storage
