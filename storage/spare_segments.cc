#include "storage/spare_segments.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "storage/journal_format.h"

namespace rowhouse::storage {
namespace {

constexpr absl::string_view kSegmentSuffix = ".journal";
constexpr absl::string_view kSpareSuffix = ".spare";

std::string SparePathOf(absl::string_view segment_path) {
  return absl::StrCat(absl::StripSuffix(segment_path, kSegmentSuffix),
                      kSpareSuffix);
}

absl::Status RemoveIfThere(Disk& disk, const std::string& path) {
  const absl::Status status = disk.Remove(path);
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

}  // namespace

bool IsSpareFileName(absl::string_view name) {
  return absl::ConsumeSuffix(&name, kSpareSuffix) &&
         ParseSegmentFileName(absl::StrCat(name, kSegmentSuffix)).has_value();
}

SpareSegments::SpareSegments(Disk& disk, std::string directory,
                             std::uint64_t segment_bytes, std::size_t count_max)
    : disk_(disk),
      directory_(std::move(directory)),
      segment_bytes_(segment_bytes),
      count_max_(count_max) {}

bool SpareSegments::MayReuse(const FileInfo& info) const {
  return info.links == 1 && info.bytes >= segment_bytes_ / 2 &&
         info.bytes <= 2 * segment_bytes_;
}

absl::Status SpareSegments::Adopt() {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                            disk_.List(directory_));
  std::vector<std::string> found;
  for (const std::string& name : names) {
    if (!IsSpareFileName(name)) continue;
    const std::string path = absl::StrCat(directory_, "/", name);
    ROWHOUSE_ASSIGN_OR_RETURN(const FileInfo info, disk_.Stat(path));
    if (found.size() < count_max_ && MayReuse(info)) {
      // What a killed process had reserved for the segment it was to become.
      ROWHOUSE_RETURN_IF_ERROR(disk_.DropReservation(path));
      found.push_back(path);
    } else {
      ROWHOUSE_RETURN_IF_ERROR(disk_.Remove(path));
    }
  }
  if (found.empty()) return absl::OkStatus();
  ROWHOUSE_RETURN_IF_ERROR(disk_.SyncDirectory(directory_));
  MutexLock lock(mu_);
  spares_ = std::move(found);
  return absl::OkStatus();
}

absl::Status SpareSegments::RetireOne(const std::string& path,
                                      std::vector<std::string>& spares) {
  const absl::StatusOr<FileInfo> info = disk_.Stat(path);
  if (absl::IsNotFound(info.status())) return absl::OkStatus();
  ROWHOUSE_RETURN_IF_ERROR(info.status());
  if (count() + spares.size() < count_max_ && MayReuse(*info)) {
    std::string spare = SparePathOf(path);
    ROWHOUSE_RETURN_IF_ERROR(disk_.Rename(path, spare));
    spares.push_back(std::move(spare));
    return absl::OkStatus();
  }
  return RemoveIfThere(disk_, path);
}

absl::Status SpareSegments::Retire(absl::Span<const std::string> paths) {
  std::vector<std::string> spares;
  for (const std::string& path : paths) {
    // A file that stays costs space until the next start finds it.
    ROWHOUSE_RETURN_IF_ERROR(RetireOne(path, spares));
  }
  ROWHOUSE_RETURN_IF_ERROR(disk_.SyncDirectory(directory_));
  MutexLock lock(mu_);
  spares_.insert(spares_.end(), std::make_move_iterator(spares.begin()),
                 std::make_move_iterator(spares.end()));
  return absl::OkStatus();
}

absl::StatusOr<SpareSegments::Spare> SpareSegments::Take() {
  for (;;) {
    Spare spare;
    {
      MutexLock lock(mu_);
      if (spares_.empty()) return spare;
      spare.path = std::move(spares_.back());
      spares_.pop_back();
    }
    const absl::StatusOr<FileInfo> info = disk_.Stat(spare.path);
    // Nobody else is told of a spare's name, so this is an operator's doing.
    if (absl::IsNotFound(info.status())) continue;
    ROWHOUSE_RETURN_IF_ERROR(info.status());
    if (info->links != 1) {
      ROWHOUSE_RETURN_IF_ERROR(RemoveIfThere(disk_, spare.path));
      continue;
    }
    spare.bytes = info->bytes;
    ROWHOUSE_ASSIGN_OR_RETURN(spare.file, disk_.OpenToOverwrite(spare.path));
    return spare;
  }
}

absl::Status SpareSegments::Drop() {
  std::vector<std::string> spares;
  {
    MutexLock lock(mu_);
    spares.swap(spares_);
  }
  for (const std::string& path : spares) {
    ROWHOUSE_RETURN_IF_ERROR(RemoveIfThere(disk_, path));
  }
  return absl::OkStatus();
}

std::size_t SpareSegments::count() const {
  MutexLock lock(mu_);
  return spares_.size();
}

}  // namespace rowhouse::storage
