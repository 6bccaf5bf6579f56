// A disk that calls a function before each thing that is asked of it, so that a
// test can put one operation between any two steps of another, or hold a step.
#ifndef ROWHOUSE_TESTS_STORAGE_STEPPED_DISK_H_
#define ROWHOUSE_TESTS_STORAGE_STEPPED_DISK_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/disk.h"

namespace rowhouse::storage {

// As thread-safe as `step`. Appending and syncing of a file are not steps.
class SteppedDisk final : public Disk {
 public:
  SteppedDisk(Disk& disk, std::function<void(const std::string& path)> step)
      : disk_(disk), step_(std::move(step)) {}

  absl::StatusOr<std::unique_ptr<WritableFile>> Create(
      const std::string& path) override {
    step_(path);
    return disk_.Create(path);
  }
  absl::StatusOr<std::unique_ptr<WritableFile>> OpenToOverwrite(
      const std::string& path) override {
    step_(path);
    return disk_.OpenToOverwrite(path);
  }
  absl::StatusOr<std::string> Read(const std::string& path,
                                   std::uint64_t bytes_max) override {
    step_(path);
    return disk_.Read(path, bytes_max);
  }
  absl::StatusOr<std::string> ReadPiece(const std::string& path,
                                        std::uint64_t offset,
                                        std::size_t bytes) override {
    step_(path);
    return disk_.ReadPiece(path, offset, bytes);
  }
  absl::StatusOr<FileInfo> Stat(const std::string& path) override {
    step_(path);
    return disk_.Stat(path);
  }
  absl::Status SyncFile(const std::string& path) override {
    step_(path);
    return disk_.SyncFile(path);
  }
  absl::Status DropReservation(const std::string& path) override {
    step_(path);
    return disk_.DropReservation(path);
  }
  absl::Status Rename(const std::string& from, const std::string& to) override {
    step_(from);
    return disk_.Rename(from, to);
  }
  absl::Status Link(const std::string& from, const std::string& to) override {
    step_(from);
    return disk_.Link(from, to);
  }
  absl::Status Remove(const std::string& path) override {
    step_(path);
    return disk_.Remove(path);
  }
  absl::Status RemoveAll(const std::string& path) override {
    step_(path);
    return disk_.RemoveAll(path);
  }
  absl::Status RemoveEmptyDirectory(const std::string& path) override {
    step_(path);
    return disk_.RemoveEmptyDirectory(path);
  }
  absl::Status MakeDirectory(const std::string& path) override {
    step_(path);
    return disk_.MakeDirectory(path);
  }
  absl::StatusOr<std::vector<std::string>> List(
      const std::string& path) override {
    step_(path);
    return disk_.List(path);
  }
  absl::StatusOr<bool> Exists(const std::string& path) override {
    step_(path);
    return disk_.Exists(path);
  }
  absl::Status SyncDirectory(const std::string& path) override {
    step_(path);
    return disk_.SyncDirectory(path);
  }
  absl::StatusOr<std::unique_ptr<DirectoryLock>> Lock(
      const std::string& path) override {
    step_(path);
    return disk_.Lock(path);
  }

 private:
  Disk& disk_;
  const std::function<void(const std::string& path)> step_;
};

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_TESTS_STORAGE_STEPPED_DISK_H_
