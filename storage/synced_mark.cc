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
      disk.ReadPiece(path, 0, kSyncedMarkPlaces * kSyncedMarkStride));
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
  const std::string path = PathIn(directory);
  const Places places = ReadPlaces(disk, directory).value_or(Places());
  const auto is_ours = [&](const std::optional<SyncedMark>& mark) {
    return mark.has_value() && mark->incarnation == incarnation;
  };
  const bool whole = is_ours(places[0]) && is_ours(places[1]);
  if (!whole) {
    SyncedMark kept{.incarnation = incarnation};
    for (const auto& mark : places) {
      if (is_ours(mark)) kept.synced = std::max(kept.synced, mark->synced);
    }
    std::string place = EncodeSyncedMark(kept);
    place.resize(kSyncedMarkStride);
    ROWHOUSE_RETURN_IF_ERROR(
        WriteFileAtomically(disk, path, absl::StrCat(place, place)));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(std::unique_ptr<WritableFile> file,
                            disk.OpenToOverwrite(path));
  const bool first_is_newer = whole && places[0]->synced > places[1]->synced;
  return SyncedMarkFile(std::move(file), incarnation, first_is_newer ? 1 : 0);
}

absl::Status SyncedMarkFile::Set(Lsn synced) {
  const std::string bytes =
      EncodeSyncedMark({.incarnation = incarnation_, .synced = synced});
  const std::uint64_t at = place_ * kSyncedMarkStride;
  place_ = (place_ + 1) % kSyncedMarkPlaces;
  return file_->WriteAt(at, {absl::Span<const char>(bytes)});
}

}  // namespace rowhouse::storage
