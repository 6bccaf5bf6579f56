#include "storage/manifest_seal.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "base/hash.h"
#include "base/status_macros.h"
#include "storage/byte_order.h"
#include "storage/framed_file.h"

namespace rowhouse::storage {
namespace {

constexpr std::size_t kPieceBytes = 1u << 20;

// Message of the file: number, bytes, checksum.
constexpr std::size_t kBytesAt = 8;
constexpr std::size_t kCrcAt = 16;
constexpr std::size_t kMessageBytes = 20;

}  // namespace

ManifestSeal::ManifestSeal(Disk& disk, std::string path)
    : disk_(disk), path_(std::move(path)) {}

std::string ManifestSeal::ManifestPath(std::uint64_t manifest) const {
  return absl::StrFormat("%s/MANIFEST-%06d", path_, manifest);
}

absl::StatusOr<std::uint64_t> ManifestSeal::CurrentManifest() const {
  const std::string current = absl::StrCat(path_, "/CURRENT");
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string content,
                            disk_.Read(current, 1024));
  absl::string_view name = content;
  std::uint64_t manifest = 0;
  if (absl::ConsumePrefix(&name, "MANIFEST-") &&
      absl::ConsumeSuffix(&name, "\n") && absl::SimpleAtoi(name, &manifest)) {
    return manifest;
  }
  return absl::DataLossError(absl::StrCat(current, " names no MANIFEST"));
}

absl::Status ManifestSeal::Extend(std::uint64_t bytes, Sealed& sealed) const {
  const std::string path = ManifestPath(sealed.manifest);
  while (sealed.bytes < bytes) {
    const std::size_t want = static_cast<std::size_t>(
        std::min<std::uint64_t>(bytes - sealed.bytes, kPieceBytes));
    const auto piece = disk_.ReadPiece(path, sealed.bytes, want);
    if (absl::IsNotFound(piece.status()) ||
        (piece.ok() && piece->size() < want)) {
      return absl::DataLossError(
          absl::StrCat(path, " is missing or shorter than ", bytes, " bytes"));
    }
    ROWHOUSE_RETURN_IF_ERROR(piece.status());
    sealed.crc = Crc32c(piece->data(), piece->size(), sealed.crc);
    sealed.bytes += piece->size();
  }
  return absl::OkStatus();
}

absl::Status ManifestSeal::Check() {
  const std::string path = absl::StrCat(path_, "/SEAL");
  const auto message = ReadFramedFile(disk_, path, kSealMagic);
  if (absl::IsNotFound(message.status())) {
    // Made, but not yet opened to the end, so that it holds nothing.
    ROWHOUSE_ASSIGN_OR_RETURN(const auto names, disk_.List(path_));
    for (const std::string& name : names) {
      if (!absl::EndsWith(name, ".sst")) continue;
      return absl::DataLossError(absl::StrCat(path, " is missing"));
    }
    return absl::OkStatus();
  }
  ROWHOUSE_RETURN_IF_ERROR(message.status());
  if (message->size() != kMessageBytes) {
    return absl::DataLossError(
        absl::StrCat(path, ": a message of ", message->size(), " bytes"));
  }
  const char* const p = message->data();
  Sealed found{.manifest = LoadLittle<std::uint64_t>(p)};
  ROWHOUSE_ASSIGN_OR_RETURN(const std::uint64_t current, CurrentManifest());
  if (current > found.manifest) {
    // Opening begins a new one, and may have been killed before it was sealed.
    ROWHOUSE_ASSIGN_OR_RETURN(const bool exists,
                              disk_.Exists(ManifestPath(current)));
    if (exists) return absl::OkStatus();
    return absl::DataLossError(absl::StrCat(path_, "/CURRENT names MANIFEST ",
                                            current, ", which is not there"));
  }
  if (current < found.manifest) {
    return absl::DataLossError(absl::StrCat(path_, "/CURRENT names MANIFEST ",
                                            current, ", but it had come to ",
                                            found.manifest));
  }
  ROWHOUSE_RETURN_IF_ERROR(
      Extend(LoadLittle<std::uint64_t>(p + kBytesAt), found));
  if (found.crc != LoadLittle<std::uint32_t>(p + kCrcAt)) {
    return absl::DataLossError(absl::StrCat(ManifestPath(current),
                                            ": the first ", found.bytes,
                                            " bytes fail their checksum"));
  }
  return absl::OkStatus();
}

absl::Status ManifestSeal::Renew() {
  MutexLock lock(mu_);
  ROWHOUSE_ASSIGN_OR_RETURN(const std::uint64_t current, CurrentManifest());
  Sealed next =
      current == sealed_.manifest ? sealed_ : Sealed{.manifest = current};
  const std::string manifest = ManifestPath(current);
  ROWHOUSE_ASSIGN_OR_RETURN(const FileInfo info, disk_.Stat(manifest));
  // RocksDB may be appending at this moment, for itself.
  ROWHOUSE_RETURN_IF_ERROR(disk_.SyncFile(manifest));
  ROWHOUSE_RETURN_IF_ERROR(Extend(info.bytes, next));
  std::string message(kMessageBytes, '\0');
  StoreLittle(next.manifest, message.data());
  StoreLittle(next.bytes, &message[kBytesAt]);
  StoreLittle(next.crc, &message[kCrcAt]);
  ROWHOUSE_RETURN_IF_ERROR(WriteFramedFile(disk_, absl::StrCat(path_, "/SEAL"),
                                           kSealMagic, message));
  sealed_ = next;
  return absl::OkStatus();
}

}  // namespace rowhouse::storage
