// The state of a shard, and checkpoints.
#include <google/protobuf/util/time_util.h>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "proto/wire/convert.h"
#include "proto/wire/utf8.h"

namespace rowhouse::wire {
namespace {

google::protobuf::Timestamp ToProto(absl::Time time) {
  const std::int64_t seconds = absl::ToUnixSeconds(time);
  google::protobuf::Timestamp message;
  message.set_seconds(seconds);
  message.set_nanos(static_cast<std::int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return message;
}

absl::StatusOr<absl::Time> FromProto(
    const google::protobuf::Timestamp& message) {
  using google::protobuf::util::TimeUtil;
  if (message.seconds() < TimeUtil::kTimestampMinSeconds ||
      message.seconds() > TimeUtil::kTimestampMaxSeconds ||
      message.nanos() < 0 || message.nanos() > 999'999'999) {
    return absl::InvalidArgumentError(
        absl::StrCat("created: ", message.seconds(), " s and ", message.nanos(),
                     " ns is no timestamp"));
  }
  return absl::FromUnixSeconds(message.seconds()) +
         absl::Nanoseconds(message.nanos());
}

}  // namespace

v1::GetShardInfoResponse ToProto(const ShardInfo& info) {
  v1::GetShardInfoResponse message;
  message.set_version(info.version);
  message.set_map_version(info.map_version);
  message.set_shard_index(info.index.value());
  message.set_shard_count(info.shard_count);
  message.set_bucket_begin(info.buckets.begin);
  message.set_bucket_end(info.buckets.end);
  message.set_incarnation(info.incarnation);
  message.set_restore_id(info.restore_id);
  message.set_state(info.state);
  message.set_sessions(info.sessions);
  message.set_tables(info.tables);
  message.set_rows_stored(info.rows_stored);
  message.set_memory_bytes(info.memory_bytes);
  message.set_last_lsn(info.last_lsn.value());
  message.set_synced_lsn(info.synced_lsn.value());
  message.set_journal_bytes(info.journal_bytes);
  message.set_lookups(info.lookups);
  message.set_lookup_rows(info.lookup_rows);
  message.set_pushes(info.pushes);
  message.set_push_rows(info.push_rows);
  message.set_duplicates(info.duplicates);
  message.set_refused(info.refused);
  message.set_snapshot_epoch(info.snapshot_epoch);
  return message;
}

absl::StatusOr<ShardInfo> FromProto(const v1::GetShardInfoResponse& info) {
  if (info.bucket_begin() > info.bucket_end() || info.bucket_end() > kBuckets) {
    return absl::InvalidArgumentError(
        absl::StrCat("buckets: ", info.bucket_begin(), " to ",
                     info.bucket_end(), " of ", kBuckets));
  }
  if (info.shard_count() > kShardsMax ||
      info.shard_index() >= info.shard_count()) {
    return absl::InvalidArgumentError(
        absl::StrCat("shard_index: ", info.shard_index(), " of ",
                     info.shard_count(), " shards, at most ", kShardsMax));
  }
  ShardInfo out;
  out.version = info.version();
  out.map_version = info.map_version();
  out.index = ShardIndex(info.shard_index());
  out.shard_count = info.shard_count();
  out.buckets = {info.bucket_begin(), info.bucket_end()};
  out.incarnation = info.incarnation();
  out.restore_id = info.restore_id();
  out.state = info.state();
  out.sessions = info.sessions();
  out.tables = info.tables();
  out.rows_stored = info.rows_stored();
  out.memory_bytes = info.memory_bytes();
  out.last_lsn = Lsn(info.last_lsn());
  out.synced_lsn = Lsn(info.synced_lsn());
  out.journal_bytes = info.journal_bytes();
  out.lookups = info.lookups();
  out.lookup_rows = info.lookup_rows();
  out.pushes = info.pushes();
  out.push_rows = info.push_rows();
  out.duplicates = info.duplicates();
  out.refused = info.refused();
  out.snapshot_epoch = info.snapshot_epoch();
  return out;
}

v1::ShardCheckpoint ToProto(const ShardCheckpoint& part) {
  v1::ShardCheckpoint message;
  message.set_shard_index(part.index.value());
  message.set_rows(part.rows);
  message.set_bytes(part.bytes);
  message.set_manifest_sha256(part.manifest_sha256);
  return message;
}

absl::StatusOr<ShardCheckpoint> FromProto(const v1::ShardCheckpoint& part) {
  if (part.shard_index() >= kShardsMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("shard_index: ", part.shard_index(), ", at most ",
                     kShardsMax, " shards"));
  }
  return ShardCheckpoint{.index = ShardIndex(part.shard_index()),
                         .rows = part.rows(),
                         .bytes = part.bytes(),
                         .manifest_sha256 = part.manifest_sha256()};
}

v1::Checkpoint ToProto(const CheckpointInfo& info) {
  v1::Checkpoint message;
  message.set_name(info.name);
  *message.mutable_created() = ToProto(info.created);
  message.set_snapshot_epoch(info.snapshot_epoch);
  message.set_rows(info.rows);
  message.set_bytes(info.bytes);
  for (const ShardCheckpoint& part : info.shards) {
    *message.add_shards() = ToProto(part);
  }
  return message;
}

absl::StatusOr<CheckpointInfo> FromProto(const v1::Checkpoint& checkpoint) {
  CheckpointInfo info;
  info.name = checkpoint.name();
  ROWHOUSE_ASSIGN_OR_RETURN(info.created, FromProto(checkpoint.created()));
  info.snapshot_epoch = checkpoint.snapshot_epoch();
  info.rows = checkpoint.rows();
  info.bytes = checkpoint.bytes();
  info.shards.reserve(checkpoint.shards_size());
  for (const v1::ShardCheckpoint& part : checkpoint.shards()) {
    ROWHOUSE_ASSIGN_OR_RETURN(info.shards.emplace_back(), FromProto(part));
  }
  return info;
}

v1::ListCheckpointsResponse ToProto(const CheckpointListing& listing) {
  v1::ListCheckpointsResponse message;
  for (const CheckpointInfo& info : listing.complete) {
    *message.add_checkpoints() = ToProto(info);
  }
  for (const CheckpointListing::Unreadable& one : listing.unreadable) {
    v1::UnreadableCheckpoint& unreadable = *message.add_unreadable();
    unreadable.set_name(one.name);
    unreadable.set_code(static_cast<std::int32_t>(one.why.code()));
    unreadable.set_message(ToUtf8(one.why.message(), kErrorMessageBytesMax));
  }
  return message;
}

absl::StatusOr<CheckpointListing> FromProto(
    const v1::ListCheckpointsResponse& response) {
  CheckpointListing listing;
  for (const v1::Checkpoint& checkpoint : response.checkpoints()) {
    ROWHOUSE_ASSIGN_OR_RETURN(listing.complete.emplace_back(),
                              FromProto(checkpoint));
  }
  for (const v1::UnreadableCheckpoint& one : response.unreadable()) {
    // An unreadable one never becomes one that is fine.
    const auto code = one.code() == 0
                          ? absl::StatusCode::kUnknown
                          : static_cast<absl::StatusCode>(one.code());
    listing.unreadable.push_back(
        {one.name(), absl::Status(code, one.message())});
  }
  return listing;
}

}  // namespace rowhouse::wire
