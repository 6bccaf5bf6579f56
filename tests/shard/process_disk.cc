#include "tests/shard/process_disk.h"

#include <utility>

#include "base/status_macros.h"

namespace rowhouse::shard {

absl::Status ProcessDisk::Life::Alive() const {
  return dead ? absl::UnavailableError("the process is dead")
              : absl::OkStatus();
}

absl::Status ProcessDisk::Life::Step() {
  if (++steps == die_at) dead = true;
  return Alive();
}

class ProcessDisk::File final : public storage::WritableFile {
 public:
  File(std::unique_ptr<storage::WritableFile> file, std::shared_ptr<Life> life)
      : file_(std::move(file)), life_(std::move(life)) {}

  absl::Status Append(
      absl::Span<const absl::Span<const char>> pieces) override {
    ROWHOUSE_RETURN_IF_ERROR(life_->Step());
    return file_->Append(pieces);
  }
  absl::Status WriteAt(
      std::uint64_t offset,
      absl::Span<const absl::Span<const char>> pieces) override {
    ROWHOUSE_RETURN_IF_ERROR(life_->Step());
    return file_->WriteAt(offset, pieces);
  }
  absl::Status Reserve(std::uint64_t bytes) override {
    ROWHOUSE_RETURN_IF_ERROR(life_->Step());
    return file_->Reserve(bytes);
  }
  absl::Status Sync() override {
    ROWHOUSE_RETURN_IF_ERROR(life_->Step());
    return file_->Sync();
  }

 private:
  const std::unique_ptr<storage::WritableFile> file_;
  const std::shared_ptr<Life> life_;
};

ProcessDisk::ProcessDisk(storage::MemDisk& disk, std::uint64_t die_at)
    : disk_(disk), life_(std::make_shared<Life>(die_at)) {}

void ProcessDisk::Die() { life_->dead = true; }
bool ProcessDisk::dead() const { return life_->dead; }
std::uint64_t ProcessDisk::steps() const { return life_->steps; }

void ProcessDisk::OnRename(std::function<void(const std::string& to)> fn) {
  on_rename_ = std::move(fn);
}

absl::StatusOr<std::unique_ptr<storage::WritableFile>> ProcessDisk::Create(
    const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Step());
  ROWHOUSE_ASSIGN_OR_RETURN(auto file, disk_.Create(path));
  return std::make_unique<File>(std::move(file), life_);
}

absl::StatusOr<std::unique_ptr<storage::WritableFile>>
ProcessDisk::OpenToOverwrite(const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Alive());
  ROWHOUSE_ASSIGN_OR_RETURN(auto file, disk_.OpenToOverwrite(path));
  return std::make_unique<File>(std::move(file), life_);
}

absl::StatusOr<std::string> ProcessDisk::Read(const std::string& path,
                                              std::uint64_t bytes_max) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Alive());
  return disk_.Read(path, bytes_max);
}

absl::StatusOr<std::string> ProcessDisk::ReadPiece(const std::string& path,
                                                   std::uint64_t offset,
                                                   std::size_t bytes) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Alive());
  return disk_.ReadPiece(path, offset, bytes);
}

absl::StatusOr<storage::FileInfo> ProcessDisk::Stat(const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Alive());
  return disk_.Stat(path);
}

absl::Status ProcessDisk::SyncFile(const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Step());
  return disk_.SyncFile(path);
}

absl::Status ProcessDisk::DropReservation(const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Step());
  return disk_.DropReservation(path);
}

absl::Status ProcessDisk::Rename(const std::string& from,
                                 const std::string& to) {
  if (on_rename_) on_rename_(to);
  ROWHOUSE_RETURN_IF_ERROR(life_->Step());
  return disk_.Rename(from, to);
}

absl::Status ProcessDisk::Link(const std::string& from, const std::string& to) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Step());
  return disk_.Link(from, to);
}

absl::Status ProcessDisk::Remove(const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Step());
  return disk_.Remove(path);
}

absl::Status ProcessDisk::RemoveAll(const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Step());
  return disk_.RemoveAll(path);
}

absl::Status ProcessDisk::RemoveEmptyDirectory(const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Step());
  return disk_.RemoveEmptyDirectory(path);
}

absl::Status ProcessDisk::MakeDirectory(const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Step());
  return disk_.MakeDirectory(path);
}

absl::StatusOr<std::vector<std::string>> ProcessDisk::List(
    const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Alive());
  return disk_.List(path);
}

absl::StatusOr<bool> ProcessDisk::Exists(const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Alive());
  return disk_.Exists(path);
}

absl::Status ProcessDisk::SyncDirectory(const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Step());
  return disk_.SyncDirectory(path);
}

absl::StatusOr<std::unique_ptr<storage::DirectoryLock>> ProcessDisk::Lock(
    const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Alive());
  return disk_.Lock(path);
}

}  // namespace rowhouse::shard
