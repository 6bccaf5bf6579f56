#include <google/protobuf/message.h>

#include "absl/time/civil_time.h"
#include "proto/wire/convert.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::wire {
namespace {

using ::testing::HasSubstr;

ShardInfo SomeInfo() {
  ShardInfo info;
  info.version = "0.1.0";
  info.map_version = 1;
  info.index = ShardIndex(2);
  info.shard_count = 4;
  info.buckets = {8192, 12288};
  info.incarnation = 5;
  info.restore_id = 6;
  info.state = "serving";
  info.sessions = 7;
  info.tables = 8;
  info.rows_stored = 9;
  info.memory_bytes = 10;
  info.last_lsn = Lsn(11);
  info.synced_lsn = Lsn(12);
  info.journal_bytes = 13;
  info.lookups = 14;
  info.lookup_rows = 15;
  info.pushes = 16;
  info.push_rows = 17;
  info.duplicates = 18;
  info.refused = 19;
  info.snapshot_epoch = 20;
  return info;
}

TEST(ConvertShardTest, InfoKeepsEveryField) {
  const v1::GetShardInfoResponse message = ToProto(SomeInfo());
  // No field was forgotten on the way out, and none on the way back.
  const auto* descriptor = message.GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    EXPECT_TRUE(
        message.GetReflection()->HasField(message, descriptor->field(i)))
        << descriptor->field(i)->name();
  }
  EXPECT_EQ(message.bucket_end(), 12288u);
  EXPECT_EQ(message.refused(), 19u);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardInfo back, FromProto(message));
  EXPECT_EQ(ToProto(back).SerializeAsString(), message.SerializeAsString());
}

TEST(ConvertShardTest, InfoThatCannotBeIsRefused) {
  v1::GetShardInfoResponse message = ToProto(SomeInfo());
  message.set_bucket_end(16385);
  EXPECT_THAT(FromProto(message),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("8192 to 16385 of 16384")));
  message.set_bucket_end(8191);
  EXPECT_THAT(FromProto(message), StatusIs(absl::StatusCode::kInvalidArgument));
  message.set_bucket_end(12288);
  message.set_shard_index(4);
  EXPECT_THAT(FromProto(message), StatusIs(absl::StatusCode::kInvalidArgument,
                                           HasSubstr("4 of 4 shards")));
}

TEST(ConvertShardTest, CheckpointsKeepEveryField) {
  CheckpointInfo info;
  info.name = "epoch-8";
  info.created = absl::FromCivil(absl::CivilSecond(2024, 2, 29, 12, 0, 1),
                                 absl::UTCTimeZone()) +
                 absl::Nanoseconds(123456789);
  info.snapshot_epoch = 1;
  info.rows = 2;
  info.bytes = 3;
  info.shards = {{ShardIndex(0), 4, 5, "ab"}, {ShardIndex(1), 6, 7, "cd"}};
  const v1::Checkpoint message = ToProto(info);
  EXPECT_EQ(message.created().seconds(), 1709208001);
  EXPECT_EQ(message.created().nanos(), 123456789);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo back, FromProto(message));
  EXPECT_EQ(back.created, info.created);
  ASSERT_EQ(back.shards.size(), 2u);
  EXPECT_EQ(back.shards[1].index, ShardIndex(1));
  EXPECT_EQ(back.shards[1].manifest_sha256, "cd");
  EXPECT_EQ(ToProto(back).SerializeAsString(), message.SerializeAsString());
}

TEST(ConvertShardTest, TimesBeforeTheEpochKeepPositiveNanos) {
  CheckpointInfo info;
  info.created = absl::UnixEpoch() - absl::Nanoseconds(1);
  const v1::Checkpoint message = ToProto(info);
  EXPECT_EQ(message.created().seconds(), -1);
  EXPECT_EQ(message.created().nanos(), 999999999);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo back, FromProto(message));
  EXPECT_EQ(back.created, info.created);
}

TEST(ConvertShardTest, AListingSaysWhichCannotBeReadAndWhy) {
  CheckpointListing listing;
  listing.complete.emplace_back().name = "good";
  listing.unreadable = {{"bad", absl::DataLossError("bad/MANIFEST: junk\xff")},
                        {"far", absl::UnavailableError("no disk")}};
  v1::ListCheckpointsResponse message = ToProto(listing);
  EXPECT_EQ(message.unreadable(0).message(), "bad/MANIFEST: junk?");
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointListing back,
                                FromProto(message));
  ASSERT_EQ(back.complete.size(), 1u);
  EXPECT_EQ(back.complete[0].name, "good");
  ASSERT_EQ(back.unreadable.size(), 2u);
  EXPECT_EQ(back.unreadable[0].name, "bad");
  EXPECT_EQ(back.unreadable[0].why, absl::DataLossError("bad/MANIFEST: junk?"));
  EXPECT_EQ(back.unreadable[1], listing.unreadable[1]);
  message.mutable_unreadable(1)->clear_code();
  EXPECT_EQ(FromProto(message)->unreadable[1].why,
            absl::UnknownError("no disk"));
}

TEST(ConvertShardTest, WhatIsNoCheckpointIsRefused) {
  v1::Checkpoint message;
  message.mutable_created()->set_nanos(1000000000);
  EXPECT_THAT(FromProto(message), StatusIs(absl::StatusCode::kInvalidArgument,
                                           HasSubstr("1000000000 ns")));
  message.clear_created();
  message.add_shards()->set_shard_index(1024);
  EXPECT_THAT(FromProto(message), StatusIs(absl::StatusCode::kInvalidArgument,
                                           HasSubstr("shard_index: 1024")));
}

}  // namespace
}  // namespace rowhouse::wire
