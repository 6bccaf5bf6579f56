// A checkpoint of two small parts on a disk in memory.
#ifndef ROWHOUSE_TESTS_STORAGE_CHECKPOINT_FILES_H_
#define ROWHOUSE_TESTS_STORAGE_CHECKPOINT_FILES_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "storage/checkpoint.h"
#include "storage/checkpoint_part.h"
#include "storage/mem_disk.h"

namespace rowhouse::storage {

inline constexpr char kRoot[] = "checkpoints";

class CheckpointFilesTest : public ::testing::Test {
 protected:
  static PartPlace Place(std::uint32_t index,
                         absl::string_view name = "day-1") {
    return {kRoot, std::string(name), ShardIndex(index), 2};
  }
  static std::string PartPath(std::uint32_t index,
                              absl::string_view name = "day-1") {
    return Place(index, name).Path();
  }

  // `cut` tells attempts apart.
  static ShardManifest Manifest(std::uint32_t index, std::uint64_t cut = 500) {
    ShardManifest manifest;
    manifest.index = ShardIndex(index);
    manifest.shard_count = 2;
    manifest.data_incarnation = 0x77;
    manifest.cut = Lsn(cut);
    manifest.snapshot_epoch = 4;
    manifest.sessions_lsn = Lsn(300);
    manifest.last_session_number = 9;
    manifest.sessions.push_back({.number = 8,
                                 .lowest = 1,
                                 .highest_plus_one = 4,
                                 .last_lsn = 299,
                                 .snapshot_epoch = 3,
                                 .done = {1, 3}});
    manifest.software = "rowhouse test";
    for (const std::uint64_t rows : {10u, 20u}) {
      CheckpointTable table;
      table.table.incarnation = TableIncarnation(rows);
      table.table.spec.name = absl::StrCat("t", rows);
      table.table.spec.dim = 1;
      table.rows = rows;
      table.after = Lsn(290 + rows);
      table.fresh = rows == 10;
      if (rows == 20) {
        table.steps = {.first = 3, .learning_rates = {0.5f}, .iterations = {8}};
      }
      manifest.tables.push_back(table);
    }
    return manifest;
  }

  // A directory with two files and a manifest; the files are as CopyTo would
  // leave them, not synced.
  absl::StatusOr<ShardCheckpoint> Stage(const std::string& path,
                                        const ShardManifest& manifest) {
    ROWHOUSE_RETURN_IF_ERROR(disk_.RemoveAll(path));
    ROWHOUSE_RETURN_IF_ERROR(disk_.MakeDirectory(path + "/rows"));
    for (const char* file : {"b.sst", "a.sst"}) {
      ROWHOUSE_ASSIGN_OR_RETURN(
          const auto created, disk_.Create(absl::StrCat(path, "/rows/", file)));
      const std::string content =
          absl::StrCat(file, " of ", manifest.index.value());
      ROWHOUSE_RETURN_IF_ERROR(
          created->Append({absl::Span<const char>(content)}));
    }
    return FinishPart(disk_, path, manifest);
  }

  absl::StatusOr<ShardCheckpoint> MakePart(std::uint32_t index,
                                           absl::string_view name = "day-1",
                                           std::uint64_t cut = 500) {
    ROWHOUSE_ASSIGN_OR_RETURN(ShardCheckpoint part,
                              Stage("staged", Manifest(index, cut)));
    ROWHOUSE_RETURN_IF_ERROR(PublishPart(disk_, "staged", Place(index, name)));
    return part;
  }

  // Both parts made and reported, not yet a checkpoint.
  absl::StatusOr<CheckpointInfo> MakeParts(absl::string_view name = "day-1",
                                           std::uint64_t cut = 500) {
    CheckpointInfo info{.name = std::string(name),
                        .created = absl::FromUnixMicros(1234567),
                        .snapshot_epoch = 4};
    for (std::uint32_t index = 0; index < 2; ++index) {
      ROWHOUSE_ASSIGN_OR_RETURN(ShardCheckpoint part,
                                MakePart(index, name, cut));
      info.rows += part.rows;
      info.bytes += part.bytes;
      info.shards.push_back(std::move(part));
    }
    return info;
  }

  absl::Status Commit(Disk& disk, const CheckpointInfo& info) {
    return CommitCheckpoint(disk, kRoot, info, "rowhouse test");
  }
  absl::Status Commit(const CheckpointInfo& info) {
    return Commit(disk_, info);
  }

  MemDisk disk_;
};

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_TESTS_STORAGE_CHECKPOINT_FILES_H_
