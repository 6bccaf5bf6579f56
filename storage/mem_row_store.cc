#include "storage/mem_row_store.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "base/status_macros.h"
#include "storage/byte_order.h"
#include "storage/framed_file.h"
#include "storage/mem_disk.h"
#include "storage/row_codec.h"

namespace rowhouse::storage {
namespace {

// Encoded rows by encoded key: the order and the checksums of the disk.
using Rows = std::map<std::string, std::string>;

// key, length of the value, value; one after the other.
std::string EncodeRows(const Rows& rows) {
  std::string bytes;
  for (const auto& [key, value] : rows) {
    char length[4];
    StoreLittle(static_cast<std::uint32_t>(value.size()), length);
    absl::StrAppend(&bytes, key, absl::string_view(length, sizeof(length)),
                    value);
  }
  return bytes;
}

absl::StatusOr<Rows> DecodeRows(absl::string_view bytes,
                                absl::string_view path) {
  Rows rows;
  while (!bytes.empty()) {
    constexpr std::size_t kHead = kRowKeyBytes + 4;
    if (bytes.size() < kHead) break;
    const auto length = LoadLittle<std::uint32_t>(&bytes[kRowKeyBytes]);
    if (bytes.size() - kHead < length) break;
    rows.emplace(bytes.substr(0, kRowKeyBytes), bytes.substr(kHead, length));
    bytes.remove_prefix(kHead + length);
  }
  if (bytes.empty()) return rows;
  return absl::DataLossError(absl::StrCat(path, ": a row is cut off"));
}

class MemRowStore final : public RowStore {
 public:
  MemRowStore(Disk& disk, std::string path, bool read_only,
              std::unique_ptr<Disk> own_disk)
      : own_disk_(std::move(own_disk)),
        disk_(disk),
        path_(std::move(path)),
        read_only_(read_only) {}

  absl::Status Load() {
    MutexLock lock(mu_);
    if (!read_only_) {
      ROWHOUSE_RETURN_IF_ERROR(disk_.MakeDirectory(path_));
      // A killed process may have renamed a file and not have synced that. What
      // is read counts as flushed.
      ROWHOUSE_RETURN_IF_ERROR(disk_.SyncDirectory(path_));
    }
    ROWHOUSE_ASSIGN_OR_RETURN(const auto names, disk_.List(path_));
    for (const std::string& name : names) {
      TableIncarnation table;
      if (!ParseTableKey(name, table)) continue;
      const std::string file = absl::StrCat(path_, "/", name);
      ROWHOUSE_ASSIGN_OR_RETURN(const std::string bytes,
                                ReadFramedFile(disk_, file, kMemRowsMagic));
      ROWHOUSE_ASSIGN_OR_RETURN(tables_[table], DecodeRows(bytes, file));
    }
    return absl::OkStatus();
  }

  std::vector<TableIncarnation> Tables() const override {
    MutexLock lock(mu_);
    std::vector<TableIncarnation> tables;
    for (const auto& [table, rows] : tables_) tables.push_back(table);
    return tables;
  }

  absl::Status CreateTable(TableIncarnation table) override {
    MutexLock lock(mu_);
    ROWHOUSE_RETURN_IF_ERROR(CheckWritable());
    if (tables_.contains(table)) {
      return absl::AlreadyExistsError(
          absl::StrCat("table ", TableKey(table), " exists in ", path_));
    }
    ROWHOUSE_RETURN_IF_ERROR(Save(table, Rows()));
    tables_[table];
    return absl::OkStatus();
  }

  absl::Status DropTable(TableIncarnation table) override {
    MutexLock lock(mu_);
    ROWHOUSE_RETURN_IF_ERROR(CheckWritable());
    if (tables_.erase(table) == 0) return absl::OkStatus();
    ROWHOUSE_RETURN_IF_ERROR(disk_.Remove(FileOf(table)));
    return disk_.SyncDirectory(path_);
  }

  absl::Status Write(TableIncarnation table,
                     absl::Span<const RowImage> rows) override {
    MutexLock lock(mu_);
    ROWHOUSE_RETURN_IF_ERROR(CheckWritable());
    ROWHOUSE_ASSIGN_OR_RETURN(Rows* const stored, Find(table));
    for (const RowImage& row : rows) {
      const std::string key = RowKey(row.bucket, row.id);
      EncodeRowValue(table, row, key, (*stored)[key]);
    }
    return absl::OkStatus();
  }

  absl::Status Flush(TableIncarnation table) override {
    MutexLock lock(mu_);
    ROWHOUSE_RETURN_IF_ERROR(CheckWritable());
    ROWHOUSE_ASSIGN_OR_RETURN(const Rows* const rows, Find(table));
    return Save(table, *rows);
  }

  absl::Status Scan(
      TableIncarnation table, BucketRange buckets,
      absl::FunctionRef<absl::Status(const RowImage&)> visit) const override {
    Rows rows;  // a copy: `visit` may call back
    {
      MutexLock lock(mu_);
      ROWHOUSE_ASSIGN_OR_RETURN(const Rows* const stored, Find(table));
      if (buckets.begin >= buckets.end) return absl::OkStatus();
      rows = Rows(stored->lower_bound(BucketPrefix(buckets.begin)),
                  stored->lower_bound(BucketPrefix(buckets.end)));
    }
    std::vector<float> values;
    for (const auto& [key, value] : rows) {
      ROWHOUSE_ASSIGN_OR_RETURN(const RowImage row,
                                DecodeRow(table, key, value, values));
      ROWHOUSE_RETURN_IF_ERROR(visit(row));
    }
    return absl::OkStatus();
  }

  absl::Status MultiGet(
      TableIncarnation table, absl::Span<const RowPlace> places,
      absl::FunctionRef<absl::Status(std::size_t, const RowImage&)> visit)
      const override {
    // Copies: `visit` may call back.
    std::vector<std::pair<std::size_t, Rows::value_type>> found;
    {
      MutexLock lock(mu_);
      ROWHOUSE_ASSIGN_OR_RETURN(const Rows* const stored, Find(table));
      for (std::size_t i = 0; i < places.size(); ++i) {
        const auto it = stored->find(RowKey(places[i].bucket, places[i].id));
        if (it != stored->end()) found.emplace_back(i, *it);
      }
    }
    std::vector<float> values;
    for (const auto& [index, row] : found) {
      ROWHOUSE_ASSIGN_OR_RETURN(
          const RowImage image,
          DecodeRow(table, row.first, row.second, values));
      ROWHOUSE_RETURN_IF_ERROR(visit(index, image));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::uint64_t> Scrub(std::uint64_t /*bytes_max*/) override {
    MutexLock lock(mu_);
    std::uint64_t bytes = 0;
    for (const auto& [table, rows] : tables_) {
      ROWHOUSE_ASSIGN_OR_RETURN(
          const std::string flushed,
          ReadFramedFile(disk_, FileOf(table), kMemRowsMagic));
      bytes += flushed.size();
    }
    return bytes;
  }

  absl::Status CopyTo(const std::string& path) const override {
    MutexLock lock(mu_);
    ROWHOUSE_ASSIGN_OR_RETURN(const bool exists, disk_.Exists(path));
    if (exists) {
      return absl::AlreadyExistsError(absl::StrCat(path, " exists"));
    }
    ROWHOUSE_RETURN_IF_ERROR(disk_.MakeDirectory(path));
    for (const auto& [table, rows] : tables_) {
      ROWHOUSE_ASSIGN_OR_RETURN(
          const std::string flushed,
          ReadFramedFile(disk_, FileOf(table), kMemRowsMagic));
      ROWHOUSE_RETURN_IF_ERROR(
          WriteFramedFile(disk_, absl::StrCat(path, "/", TableKey(table)),
                          kMemRowsMagic, flushed));
    }
    return absl::OkStatus();
  }

 private:
  std::string FileOf(TableIncarnation table) const {
    return absl::StrCat(path_, "/", TableKey(table));
  }

  absl::Status CheckWritable() const {
    if (!read_only_) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat(path_, " is open for reading only"));
  }

  absl::StatusOr<const Rows*> Find(TableIncarnation table) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    const auto it = tables_.find(table);
    if (it != tables_.end()) return &it->second;
    return NotFound(table);
  }
  absl::StatusOr<Rows*> Find(TableIncarnation table)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    const auto it = tables_.find(table);
    if (it != tables_.end()) return &it->second;
    return NotFound(table);
  }

  absl::Status NotFound(TableIncarnation table) const {
    return absl::NotFoundError(
        absl::StrCat("no table ", TableKey(table), " in ", path_));
  }

  absl::Status Save(TableIncarnation table, const Rows& rows) {
    return WriteFramedFile(disk_, FileOf(table), kMemRowsMagic,
                           EncodeRows(rows));
  }

  const std::unique_ptr<Disk> own_disk_;
  Disk& disk_;
  const std::string path_;
  const bool read_only_;
  mutable Mutex mu_;
  std::map<TableIncarnation, Rows> tables_ ABSL_GUARDED_BY(mu_);
};

}  // namespace

absl::StatusOr<std::unique_ptr<RowStore>> OpenMemRowStore(
    Disk& disk, const std::string& path, bool read_only) {
  auto store = std::make_unique<MemRowStore>(disk, path, read_only, nullptr);
  ROWHOUSE_RETURN_IF_ERROR(store->Load());
  return store;
}

std::unique_ptr<RowStore> MakeMemRowStore() {
  auto disk = std::make_unique<MemDisk>();
  disk->MakeDirectory("rows").IgnoreError();  // cannot fail in an empty disk
  MemDisk& borrowed = *disk;
  return std::make_unique<MemRowStore>(borrowed, "rows", /*read_only=*/false,
                                       std::move(disk));
}

}  // namespace rowhouse::storage
