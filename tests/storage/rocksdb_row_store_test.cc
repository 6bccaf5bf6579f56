#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "absl/strings/match.h"
#include "base/limits.h"
#include "rocksdb/db.h"
#include "storage/disk.h"
#include "storage/rocksdb_options.h"
#include "storage/row_codec.h"
#include "storage/row_store.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::storage {
namespace {

using ::testing::HasSubstr;

constexpr TableIncarnation kTable{1};
constexpr int kRows = 200;

class RocksDbRowStoreTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<RowStore>> Open(bool read_only = false) {
    return OpenRocksDbRowStore({.path = path_, .read_only = read_only});
  }

  // One table of kRows rows, row i of bucket 1 holding i, flushed.
  void Fill() {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto store, Open());
    ROWHOUSE_ASSERT_OK(store->CreateTable(kTable));
    for (int i = 0; i < kRows; ++i) {
      const std::vector<float> values(16, static_cast<float>(i));
      ROWHOUSE_ASSERT_OK(store->Write(kTable, {{.bucket = BucketId(1),
                                                .id = static_cast<Id>(i),
                                                .lsn = Lsn(1000 + i),
                                                .values = values}}));
    }
    ROWHOUSE_ASSERT_OK(store->Flush(kTable));
  }

  // Every row as Fill wrote it, or the error.
  absl::Status ReadAll() {
    ROWHOUSE_ASSIGN_OR_RETURN(const auto store, Open(/*read_only=*/true));
    int next = 0;
    ROWHOUSE_RETURN_IF_ERROR(
        store->Scan(kTable, {0, kBuckets}, [&](const RowImage& row) {
          EXPECT_EQ(row.id, next);
          EXPECT_EQ(row.lsn, Lsn(1000 + next));
          EXPECT_EQ(row.values[15], static_cast<float>(next));
          ++next;
          return absl::OkStatus();
        }));
    EXPECT_EQ(next, kRows);
    return absl::OkStatus();
  }

  std::vector<std::string> FilesEndingWith(absl::string_view suffix) {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      if (absl::EndsWith(entry.path().string(), suffix)) {
        paths.push_back(entry.path().string());
      }
    }
    return paths;
  }

  // A new file: ext4 syncs one that was truncated and written again.
  static void Overwrite(const std::string& path, absl::string_view content) {
    std::filesystem::remove(path);
    std::ofstream(path, std::ios::binary) << content;
  }

  TempDir directory_;
  const std::string path_ = directory_.File("rows");
};

TEST_F(RocksDbRowStoreTest, RowsThatWereNotFlushedMayBeLost) {
  Fill();
  {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto store, Open());
    ROWHOUSE_ASSERT_OK(store->Write(
        kTable, {{.bucket = BucketId(1), .id = 0, .lsn = Lsn(9999)}}));
  }
  // They are not in a log of RocksDB's either: the journal has them.
  ROWHOUSE_EXPECT_OK(ReadAll());
}

TEST_F(RocksDbRowStoreTest, NoInfoLogIsWritten) {
  Fill();
  EXPECT_FALSE(std::filesystem::exists(path_ + "/LOG"));
}

TEST_F(RocksDbRowStoreTest, AFlippedBitInRowsIsFoundOrHarmless) {
  Fill();
  const auto files = FilesEndingWith(".sst");
  ASSERT_EQ(files.size(), 1);
  const std::string content = PosixDisk().Read(files[0], 1 << 20).value();
  int found = 0;
  for (std::size_t at = 0; at < content.size(); at += 61) {
    std::string damaged = content;
    damaged[at] ^= 16;
    Overwrite(files[0], damaged);
    const absl::Status status = ReadAll();
    if (status.ok()) continue;
    ++found;
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kDataLoss)) << at;
  }
  // The rows are most of the file; properties nobody reads are the rest.
  EXPECT_GT(found, static_cast<int>(content.size() / 61 / 2));
}

TEST_F(RocksDbRowStoreTest, ATruncatedOrMissingFileOfRowsIsFound) {
  Fill();
  const std::string file = FilesEndingWith(".sst").at(0);
  const std::string content = PosixDisk().Read(file, 1 << 20).value();
  Overwrite(file, content.substr(0, content.size() / 2));
  EXPECT_THAT(ReadAll(), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Open().status(), StatusIs(absl::StatusCode::kDataLoss));
  ROWHOUSE_ASSERT_OK(PosixDisk().Remove(file));
  EXPECT_THAT(ReadAll(), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Open().status(), StatusIs(absl::StatusCode::kDataLoss));
}

// RocksDB alone takes a third of these for a torn tail and opens an older or an
// empty store without a word.
TEST_F(RocksDbRowStoreTest, EveryDamageToTheListOfFilesIsRefused) {
  Fill();
  std::string manifest;
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    const std::string name = entry.path().filename().string();
    if (absl::StartsWith(name, "MANIFEST-")) manifest = entry.path().string();
  }
  const std::string content = PosixDisk().Read(manifest, 1 << 20).value();
  for (std::size_t at = 0; at < content.size(); ++at) {
    std::string damaged = content;
    damaged[at] ^= 4;
    Overwrite(manifest, damaged);
    ASSERT_THAT(Open().status(),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(manifest)))
        << at;
    Overwrite(manifest, content.substr(0, at));
    ASSERT_THAT(Open().status(),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(manifest)))
        << at;
  }
  Overwrite(manifest, content);
  ROWHOUSE_EXPECT_OK(Open().status());
}

TEST_F(RocksDbRowStoreTest, AStoreThatLostItsBeginningIsNotMadeAnew) {
  Fill();
  ROWHOUSE_ASSERT_OK(PosixDisk().Remove(path_ + "/CURRENT"));
  EXPECT_THAT(Open().status(),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("no CURRENT")));
}

TEST_F(RocksDbRowStoreTest, ReadingWhatIsNotThereMakesNothing) {
  EXPECT_THAT(Open(/*read_only=*/true).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(path_)));
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(RocksDbRowStoreTest, AStoreInUseIsNotOpenedTwice) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto store, Open());
  EXPECT_THAT(Open().status(), StatusIs(absl::StatusCode::kUnavailable));
}

// Under the store's feet, as a fault of the medium would.
class TamperTest : public RocksDbRowStoreTest {
 protected:
  void Put(const std::string& family, absl::string_view key,
           absl::string_view value) {
    rocksdb::DB* opened = nullptr;
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::Options options = RowStoreOptions(/*read_only=*/false, 8u << 20);
    options.create_missing_column_families = true;
    ASSERT_TRUE(rocksdb::DB::Open(options, path_,
                                  {{rocksdb::kDefaultColumnFamilyName, options},
                                   {TableKey(kTable), options}},
                                  &handles, &opened)
                    .ok());
    const std::unique_ptr<rocksdb::DB> db(opened);
    rocksdb::ColumnFamilyHandle* extra = nullptr;
    if (family != TableKey(kTable)) {
      ASSERT_TRUE(db->CreateColumnFamily(options, family, &extra).ok());
      handles.push_back(extra);
    }
    ASSERT_TRUE(db->Put({}, handles.back(), {key.data(), key.size()},
                        {value.data(), value.size()})
                    .ok());
    for (rocksdb::ColumnFamilyHandle* handle : handles) {
      ASSERT_TRUE(db->Flush({}, handle).ok());
      ASSERT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
    }
  }
};

TEST_F(TamperTest, ARowUnderAnotherKeyIsFound) {
  Fill();
  const RowImage row{.bucket = BucketId(1), .id = 7, .lsn = Lsn(1)};
  std::string value;
  EncodeRowValue(kTable, row, RowKey(row.bucket, row.id), value);
  Put(TableKey(kTable), RowKey(BucketId(1), 8), value);
  EXPECT_THAT(ReadAll(), StatusIs(absl::StatusCode::kDataLoss,
                                  HasSubstr("bucket 1, id 8")));
}

TEST_F(TamperTest, AKeyOfAnotherLengthIsFound) {
  Fill();
  Put(TableKey(kTable), "key", "value");  // sorts behind every bucket
  EXPECT_THAT(ReadAll(), StatusIs(absl::StatusCode::kDataLoss,
                                  HasSubstr("3 bytes (6b6579)")));
}

TEST_F(TamperTest, AFamilyThatIsNoTableIsFound) {
  Fill();
  Put("rows", "key", "value");
  EXPECT_THAT(Open().status(),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("'rows'")));
}

// ThreadSanitizer sees no locks of a RocksDB that was not built for it.
#ifndef __SANITIZE_THREAD__
TEST_F(RocksDbRowStoreTest, ManyMayWriteAndScan) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto store, Open());
  ROWHOUSE_ASSERT_OK(store->CreateTable(kTable));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const std::vector<float> values(4, static_cast<float>(t));
      for (int i = 0; i < 20; ++i) {
        ROWHOUSE_EXPECT_OK(
            store->Write(kTable, {{.bucket = BucketId(1),
                                   .id = static_cast<Id>(i * 4 + t),
                                   .lsn = Lsn(i + 1),
                                   .values = values}}));
        if (i % 10 == 0) {
          ROWHOUSE_EXPECT_OK(store->Flush(kTable));
        }
        const TableIncarnation own(static_cast<std::uint64_t>(100 + t));
        if (i % 10 == 3) {
          ROWHOUSE_EXPECT_OK(store->CreateTable(own));
        }
        if (i % 10 == 4) {
          ROWHOUSE_EXPECT_OK(store->DropTable(own));
        }
        int rows = 0;
        ROWHOUSE_EXPECT_OK(store->Scan(kTable, {1, 2}, [&](const RowImage&) {
          ++rows;
          return absl::OkStatus();
        }));
        EXPECT_GT(rows, i);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}
#endif

}  // namespace
}  // namespace rowhouse::storage
