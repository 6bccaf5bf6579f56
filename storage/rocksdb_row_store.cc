#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/mutex.h"
#include "base/status_macros.h"
#include "rocksdb/db.h"
#include "rocksdb/utilities/checkpoint.h"
#include "rocksdb/write_batch.h"
#include "storage/disk.h"
#include "storage/manifest_seal.h"
#include "storage/rocksdb_options.h"
#include "storage/rocksdb_scrub.h"
#include "storage/rocksdb_status.h"
#include "storage/row_codec.h"
#include "storage/row_store.h"

namespace rowhouse::storage {
namespace {

// Keys of one RocksDB MultiGet: it sorts and batches them on its stack.
constexpr std::size_t kRowsPerGet = 64;

absl::string_view View(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

// A column family while somebody uses it: RocksDB keeps a dropped one readable
// until its handle goes.
class Family {
 public:
  Family(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* handle)
      : db_(db), handle_(handle) {}
  ~Family() { db_.DestroyColumnFamilyHandle(handle_).PermitUncheckedError(); }
  Family(const Family&) = delete;
  Family& operator=(const Family&) = delete;
  rocksdb::ColumnFamilyHandle* handle() const { return handle_; }

 private:
  rocksdb::DB& db_;
  rocksdb::ColumnFamilyHandle* const handle_;
};

// One family per table, named by its incarnation; the default family is empty.
class RocksDbRowStore final : public RowStore {
 public:
  RocksDbRowStore(const RocksDbOptions& options, rocksdb::Options settings,
                  std::unique_ptr<rocksdb::DB> db)
      : path_(options.path),
        read_only_(options.read_only),
        settings_(std::move(settings)),
        seal_(PosixDisk(), options.path),
        db_(std::move(db)),
        scrub_(*db_, *settings_.file_checksum_gen_factory) {}

  absl::Status Seal() { return read_only_ ? absl::OkStatus() : seal_.Renew(); }

  // Takes the handles. DATA_LOSS when a family's name is no table's.
  absl::Status Adopt(const std::vector<rocksdb::ColumnFamilyHandle*>& handles) {
    MutexLock lock(mu_);
    absl::Status status;
    for (rocksdb::ColumnFamilyHandle* handle : handles) {
      auto family = std::make_shared<Family>(*db_, handle);
      TableIncarnation table;
      if (handle->GetName() == rocksdb::kDefaultColumnFamilyName) continue;
      if (ParseTableKey(handle->GetName(), table)) {
        families_.emplace(table, std::move(family));
      } else {
        status = absl::DataLossError(absl::StrCat(
            path_, ": column family '", handle->GetName(), "' is no table"));
      }
    }
    return status;
  }

  std::vector<TableIncarnation> Tables() const override {
    MutexLock lock(mu_);
    std::vector<TableIncarnation> tables;
    for (const auto& [table, family] : families_) tables.push_back(table);
    return tables;
  }

  absl::Status CreateTable(TableIncarnation table) override {
    MutexLock lock(mu_);
    ROWHOUSE_RETURN_IF_ERROR(CheckWritable());
    if (families_.contains(table) && !half_made_.contains(table)) {
      return absl::AlreadyExistsError(
          absl::StrCat("table ", TableKey(table), " exists in ", path_));
    }
    if (half_made_.insert(table).second) {
      rocksdb::ColumnFamilyHandle* handle = nullptr;
      const absl::Status made =
          Check(db_->CreateColumnFamily(settings_, TableKey(table), &handle),
                table, "create");
      if (!made.ok()) {
        half_made_.erase(table);
        return made;
      }
      families_.emplace(table, std::make_shared<Family>(*db_, handle));
    }
    ROWHOUSE_RETURN_IF_ERROR(Seal());
    half_made_.erase(table);
    return absl::OkStatus();
  }

  absl::Status DropTable(TableIncarnation table) override {
    MutexLock lock(mu_);
    ROWHOUSE_RETURN_IF_ERROR(CheckWritable());
    const auto it = families_.find(table);
    if (it == families_.end()) return absl::OkStatus();
    ROWHOUSE_RETURN_IF_ERROR(
        Check(db_->DropColumnFamily(it->second->handle()), table, "drop"));
    families_.erase(it);
    half_made_.erase(table);
    return Seal();
  }

  absl::Status Write(TableIncarnation table,
                     absl::Span<const RowImage> rows) override {
    ROWHOUSE_RETURN_IF_ERROR(CheckWritable());
    ROWHOUSE_ASSIGN_OR_RETURN(const auto family, Find(table));
    rocksdb::WriteBatch batch;
    std::string value;
    for (const RowImage& row : rows) {
      const std::string key = RowKey(row.bucket, row.id);
      EncodeRowValue(table, row, key, value);
      ROWHOUSE_RETURN_IF_ERROR(
          Check(batch.Put(family->handle(), key, value), table, "write"));
    }
    return Check(db_->Write(RowStoreWriteOptions(), &batch), table, "write");
  }

  absl::Status Flush(TableIncarnation table) override {
    ROWHOUSE_RETURN_IF_ERROR(CheckWritable());
    ROWHOUSE_ASSIGN_OR_RETURN(const auto family, Find(table));
    rocksdb::FlushOptions options;
    options.wait = true;
    options.allow_write_stall = true;
    ROWHOUSE_RETURN_IF_ERROR(
        Check(db_->Flush(options, family->handle()), table, "flush"));
    return Seal();
  }

  absl::Status Scan(
      TableIncarnation table, BucketRange buckets,
      absl::FunctionRef<absl::Status(const RowImage&)> visit) const override {
    ROWHOUSE_ASSIGN_OR_RETURN(const auto family, Find(table));
    if (buckets.begin >= buckets.end) return absl::OkStatus();
    const std::string end_key = BucketPrefix(buckets.end);
    const rocksdb::Slice end = end_key;
    rocksdb::ReadOptions options = RowStoreReadOptions();
    // Behind the last bucket there is nothing, or damage to be found.
    if (buckets.end < kBuckets) options.iterate_upper_bound = &end;
    const std::unique_ptr<rocksdb::Iterator> rows(
        db_->NewIterator(options, family->handle()));
    std::vector<float> values;
    for (rows->Seek(BucketPrefix(buckets.begin)); rows->Valid(); rows->Next()) {
      ROWHOUSE_ASSIGN_OR_RETURN(
          const RowImage row,
          DecodeRow(table, View(rows->key()), View(rows->value()), values));
      ROWHOUSE_RETURN_IF_ERROR(visit(row));
    }
    return Check(rows->status(), table, "scan");
  }

  absl::Status MultiGet(
      TableIncarnation table, absl::Span<const RowPlace> places,
      absl::FunctionRef<absl::Status(std::size_t, const RowImage&)> visit)
      const override {
    ROWHOUSE_ASSIGN_OR_RETURN(const auto family, Find(table));
    const rocksdb::ReadOptions options = RowStorePointReadOptions();
    std::array<std::string, kRowsPerGet> keys;
    std::array<rocksdb::Slice, kRowsPerGet> slices;
    std::array<rocksdb::PinnableSlice, kRowsPerGet> values;
    std::array<rocksdb::Status, kRowsPerGet> statuses;
    std::vector<float> floats;
    for (std::size_t begin = 0; begin < places.size(); begin += kRowsPerGet) {
      const std::size_t count = std::min(kRowsPerGet, places.size() - begin);
      for (std::size_t i = 0; i < count; ++i) {
        keys[i] = RowKey(places[begin + i].bucket, places[begin + i].id);
        slices[i] = keys[i];
        values[i].Reset();
      }
      db_->MultiGet(options, family->handle(), count, slices.data(),
                    values.data(), statuses.data(), /*sorted_input=*/true);
      for (std::size_t i = 0; i < count; ++i) {
        if (statuses[i].IsNotFound()) continue;
        ROWHOUSE_RETURN_IF_ERROR(Check(statuses[i], table, "read"));
        ROWHOUSE_ASSIGN_OR_RETURN(
            const RowImage row,
            DecodeRow(table, keys[i], View(values[i]), floats));
        ROWHOUSE_RETURN_IF_ERROR(visit(begin + i, row));
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::uint64_t> Scrub(std::uint64_t bytes_max) override {
    return scrub_.Read(bytes_max);
  }

  absl::Status CopyTo(const std::string& path) const override {
    if (read_only_) return CheckWritable();
    ROWHOUSE_ASSIGN_OR_RETURN(const bool exists, PosixDisk().Exists(path));
    if (exists) return absl::AlreadyExistsError(absl::StrCat(path, " exists"));
    rocksdb::Checkpoint* checkpoint = nullptr;
    rocksdb::Status status =
        rocksdb::Checkpoint::Create(db_.get(), &checkpoint);
    const std::unique_ptr<rocksdb::Checkpoint> owned(checkpoint);
    // Never a flush: the caller has flushed, and what is written meanwhile
    // does not belong to the copy.
    constexpr auto kNoFlush = std::numeric_limits<std::uint64_t>::max();
    if (status.ok()) status = checkpoint->CreateCheckpoint(path, kNoFlush);
    return FromRocksDb(status, absl::StrCat("copy ", path_, " to ", path));
  }

 private:
  absl::Status Check(const rocksdb::Status& status, TableIncarnation table,
                     absl::string_view what) const {
    if (status.ok()) return absl::OkStatus();
    return FromRocksDb(
        status, absl::StrCat(what, " table ", TableKey(table), " in ", path_));
  }

  absl::Status CheckWritable() const {
    if (!read_only_) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat(path_, " is open for reading only"));
  }

  absl::StatusOr<std::shared_ptr<Family>> Find(TableIncarnation table) const {
    MutexLock lock(mu_);
    const auto it = families_.find(table);
    if (it != families_.end()) return it->second;
    return absl::NotFoundError(
        absl::StrCat("no table ", TableKey(table), " in ", path_));
  }

  const std::string path_;
  const bool read_only_;
  const rocksdb::Options settings_;  // one block cache for all families
  ManifestSeal seal_;
  const std::unique_ptr<rocksdb::DB> db_;  // outlives the families
  RocksDbScrub scrub_;
  mutable Mutex mu_;
  std::map<TableIncarnation, std::shared_ptr<Family>> families_
      ABSL_GUARDED_BY(mu_);
  // Created, and then not sealed: the disk was full. Asked for again they are.
  std::set<TableIncarnation> half_made_ ABSL_GUARDED_BY(mu_);
};

// The families to open. A directory that lost the file which says what is in it
// must not become an empty store.
absl::StatusOr<std::vector<std::string>> FamilyNames(
    const RocksDbOptions& options) {
  Disk& disk = PosixDisk();
  ROWHOUSE_ASSIGN_OR_RETURN(
      const bool exists, disk.Exists(absl::StrCat(options.path, "/CURRENT")));
  std::vector<std::string> names;
  if (exists) {
    // A copy has no seal: its checkpoint's manifest has every file's SHA-256.
    if (!options.read_only) {
      ROWHOUSE_RETURN_IF_ERROR(ManifestSeal(disk, options.path).Check());
    }
    ROWHOUSE_RETURN_IF_ERROR(
        FromRocksDb(rocksdb::DB::ListColumnFamilies(
                        RowStoreOptions(options.read_only, options.cache_bytes),
                        options.path, &names),
                    absl::StrCat("open row store ", options.path)));
    return names;
  }
  if (options.read_only) {
    return absl::NotFoundError(absl::StrCat("no row store in ", options.path));
  }
  ROWHOUSE_RETURN_IF_ERROR(disk.MakeDirectory(options.path));
  ROWHOUSE_ASSIGN_OR_RETURN(const auto files, disk.List(options.path));
  for (const std::string& file : files) {
    if (!absl::EndsWith(file, ".sst")) continue;
    return absl::DataLossError(
        absl::StrCat(options.path, " has ", file, " and no CURRENT"));
  }
  names.push_back(rocksdb::kDefaultColumnFamilyName);
  return names;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RowStore>> OpenRocksDbRowStore(
    const RocksDbOptions& options) {
  ROWHOUSE_ASSIGN_OR_RETURN(const auto names, FamilyNames(options));
  const rocksdb::Options settings =
      RowStoreOptions(options.read_only, options.cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) families.emplace_back(name, settings);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status =
      options.read_only
          ? rocksdb::DB::OpenForReadOnly(settings, options.path, families,
                                         &handles, &opened)
          : rocksdb::DB::Open(settings, options.path, families, &handles,
                              &opened);
  ROWHOUSE_RETURN_IF_ERROR(
      FromRocksDb(status, absl::StrCat("open row store ", options.path)));
  auto store = std::make_unique<RocksDbRowStore>(
      options, settings, std::unique_ptr<rocksdb::DB>(opened));
  ROWHOUSE_RETURN_IF_ERROR(store->Adopt(handles));
  ROWHOUSE_RETURN_IF_ERROR(store->Seal());
  return store;
}

}  // namespace rowhouse::storage
