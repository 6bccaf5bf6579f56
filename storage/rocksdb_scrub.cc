#include "storage/rocksdb_scrub.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "rocksdb/db.h"
#include "rocksdb/file_checksum.h"
#include "rocksdb/metadata.h"
#include "storage/disk.h"

namespace rowhouse::storage {
namespace {

constexpr std::size_t kPieceBytes = 1u << 20;

}  // namespace

RocksDbScrub::RocksDbScrub(rocksdb::DB& db,
                           rocksdb::FileChecksumGenFactory& checksums)
    : db_(db), checksums_(checksums) {}

RocksDbScrub::~RocksDbScrub() = default;

void RocksDbScrub::ListFiles() {
  std::vector<rocksdb::LiveFileMetaData> live;
  db_.GetLiveFilesMetaData(&live);
  for (const rocksdb::LiveFileMetaData& file : live) {
    files_.push_back({absl::StrCat(file.db_path, file.name), file.file_checksum,
                      file.file_checksum_func_name});
  }
}

void RocksDbScrub::Leave() {
  files_.pop_back();
  generator_.reset();
  offset_ = 0;
}

absl::StatusOr<std::uint64_t> RocksDbScrub::Read(std::uint64_t bytes_max) {
  if (files_.empty()) ListFiles();
  std::uint64_t read = 0;
  while (read < bytes_max && !files_.empty()) {
    const File& file = files_.back();
    if (generator_ == nullptr) {
      rocksdb::FileChecksumGenContext context;
      context.file_name = file.path;
      context.requested_checksum_func_name = file.function;
      generator_ = checksums_.CreateFileChecksumGenerator(context);
    }
    const absl::StatusOr<std::string> piece =
        generator_ == nullptr
            ? absl::NotFoundError("it has no checksum")
            : PosixDisk().ReadPiece(file.path, offset_, kPieceBytes);
    if (absl::IsNotFound(piece.status())) {
      Leave();
      continue;
    }
    ROWHOUSE_RETURN_IF_ERROR(piece.status());
    generator_->Update(piece->data(), piece->size());
    offset_ += piece->size();
    read += piece->size();
    if (piece->size() == kPieceBytes) continue;
    generator_->Finalize();
    const std::string checksum = generator_->GetChecksum();
    const File done = file;
    Leave();
    if (checksum == done.checksum) continue;
    return absl::DataLossError(absl::StrCat(
        done.path, ": its checksum is ", absl::BytesToHexString(checksum),
        ", expected ", absl::BytesToHexString(done.checksum)));
  }
  return read;
}

}  // namespace rowhouse::storage
