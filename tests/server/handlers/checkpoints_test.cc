#include "server/handlers/checkpoints.h"

#include <string>
#include <vector>

#include "tests/server/handlers/shard_under_test.h"

namespace rowhouse::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CheckpointsTest : public ShardUnderTest {
 protected:
  v1::CreateCheckpointRequest Open(const std::string& name) {
    v1::CreateCheckpointRequest request;
    request.set_name(name);
    request.set_stage(v1::CreateCheckpointRequest::STAGE_OPEN);
    request.set_snapshot_epoch(shard().Info().snapshot_epoch);
    return request;
  }
  static v1::RestoreCheckpointRequest Begin(const std::string& name) {
    v1::RestoreCheckpointRequest request;
    request.set_name(name);
    request.set_stage(v1::RestoreCheckpointRequest::STAGE_BEGIN);
    request.set_restore_id(77);
    request.set_replace(true);
    return request;
  }
  // All stages.
  absl::Status Make(const std::string& name) {
    v1::CreateCheckpointResponse part;
    v1::CreateCheckpointRequest request = Open(name);
    ROWHOUSE_RETURN_IF_ERROR(CreateCheckpoint(shard(), request, part));
    ROWHOUSE_RETURN_IF_ERROR(
        trainer().Move(shard(), request.snapshot_epoch() + 1));
    request.set_stage(v1::CreateCheckpointRequest::STAGE_CLOSE);
    ROWHOUSE_RETURN_IF_ERROR(CreateCheckpoint(shard(), request, part));
    request.set_stage(v1::CreateCheckpointRequest::STAGE_COMMIT);
    *request.add_shards() = part.shard();
    return CreateCheckpoint(shard(), request, made_);
  }

  v1::CreateCheckpointResponse made_;
};

TEST_F(CheckpointsTest, MakesListsAndRestores) {
  ROWHOUSE_ASSERT_OK(Make("one"));
  EXPECT_EQ(made_.checkpoint().name(), "one");
  EXPECT_EQ(made_.checkpoint().rows(), 2u);
  EXPECT_EQ(made_.checkpoint().created().seconds(), 1'700'000'000);
  ASSERT_EQ(made_.checkpoint().shards_size(), 1);
  EXPECT_EQ(made_.checkpoint().shards(0).manifest_sha256().size(), 64u);

  v1::ListCheckpointsResponse listed;
  ROWHOUSE_ASSERT_OK(ListCheckpoints(shard(), {}, listed));
  ASSERT_EQ(listed.checkpoints_size(), 1);
  EXPECT_EQ(listed.checkpoints(0).SerializeAsString(),
            made_.checkpoint().SerializeAsString());

  const std::vector<Id> ids = {1};
  ROWHOUSE_ASSERT_OK(trainer().Count(shard(), "t", ids));
  EXPECT_THAT(Counts(), ElementsAre(0, 2, 2));
  v1::RestoreCheckpointResponse restored;
  v1::RestoreCheckpointRequest request = Begin("one");
  ROWHOUSE_ASSERT_OK(RestoreCheckpoint(shard(), request, restored));
  EXPECT_EQ(shard().Info().state, "restoring");
  request.set_stage(v1::RestoreCheckpointRequest::STAGE_FINISH);
  ROWHOUSE_ASSERT_OK(RestoreCheckpoint(shard(), request, restored));
  EXPECT_EQ(shard().Info().state, "serving");
  EXPECT_THAT(Counts(), ElementsAre(0, 1, 2));
  // The session from before the restore is refused and applies nothing.
  EXPECT_THAT(trainer().Count(shard(), "t", ids),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("session of incarnation 1000")));
  EXPECT_THAT(Counts(), ElementsAre(0, 1, 2));
}

TEST_F(CheckpointsTest, OneIsGivenUpOrDeleted) {
  v1::CreateCheckpointResponse response;
  v1::CreateCheckpointRequest request = Open("one");
  ROWHOUSE_ASSERT_OK(CreateCheckpoint(shard(), request, response));
  request.set_stage(v1::CreateCheckpointRequest::STAGE_CLOSE);
  EXPECT_THAT(CreateCheckpoint(shard(), request, response),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("waits for 1 of 1 sessions")));
  request.set_stage(v1::CreateCheckpointRequest::STAGE_ABORT);
  ROWHOUSE_ASSERT_OK(CreateCheckpoint(shard(), request, response));
  request.set_stage(v1::CreateCheckpointRequest::STAGE_CLOSE);
  EXPECT_THAT(CreateCheckpoint(shard(), request, response),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("has no open cut of epoch 0")));
  ROWHOUSE_ASSERT_OK(Make("one"));
  v1::DeleteCheckpointRequest removal;
  v1::DeleteCheckpointResponse removed;
  removal.set_name("one");
  ROWHOUSE_EXPECT_OK(DeleteCheckpoint(shard(), removal, removed));
  EXPECT_THAT(DeleteCheckpoint(shard(), removal, removed),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(CheckpointsTest, BadCreationsGetTheirCodeAndChangeNothing) {
  const auto invalid = absl::StatusCode::kInvalidArgument;
  v1::CreateCheckpointResponse response;
  v1::CreateCheckpointRequest request = Open("one");
  request.clear_stage();
  EXPECT_THAT(CreateCheckpoint(shard(), request, response),
              StatusIs(invalid, "stage: 0 is no stage"));
  EXPECT_THAT(CreateCheckpoint(shard(), Open("../etc"), response),
              StatusIs(invalid, HasSubstr("../etc")));
  request.set_stage(v1::CreateCheckpointRequest::STAGE_COMMIT);
  EXPECT_THAT(CreateCheckpoint(shard(), request, response),
              StatusIs(invalid, HasSubstr("of 0 parts, expected 1")));
  request.add_shards()->set_shard_index(3);
  EXPECT_THAT(CreateCheckpoint(shard(), request, response),
              StatusIs(invalid, HasSubstr("part of shard 3, expected 0")));
  for (int i = 0; i < 1024; ++i) request.add_shards();
  EXPECT_THAT(CreateCheckpoint(shard(), request, response),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("1025 parts, at most 1024")));
  ROWHOUSE_ASSERT_OK(Make("one"));
  EXPECT_THAT(CreateCheckpoint(shard(), Open("one"), response),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("'one'")));
  ExpectNothingChanged(/*more=*/1);
}

TEST_F(CheckpointsTest, BadRestoresGetTheirCodeAndChangeNothing) {
  ROWHOUSE_ASSERT_OK(Make("one"));
  v1::RestoreCheckpointResponse response;
  EXPECT_THAT(RestoreCheckpoint(shard(), Begin("two"), response),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("two")));
  v1::RestoreCheckpointRequest request = Begin("one");
  request.set_replace(false);
  EXPECT_THAT(RestoreCheckpoint(shard(), request, response),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("has 1 tables, and `replace`")));
  request = Begin("one");
  request.set_restore_id(0);
  EXPECT_THAT(RestoreCheckpoint(shard(), request, response),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "restore_id: 0, it must not be"));
  request = Begin("one");
  request.set_incarnation(shard().Info().incarnation + 1);
  EXPECT_THAT(RestoreCheckpoint(shard(), request, response),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("was asked for when shard 0 had")));
  request = Begin("one");
  request.clear_stage();
  EXPECT_THAT(
      RestoreCheckpoint(shard(), request, response),
      StatusIs(absl::StatusCode::kInvalidArgument, "stage: 0 is no stage"));
  request.set_stage(v1::RestoreCheckpointRequest::STAGE_FINISH);
  EXPECT_THAT(RestoreCheckpoint(shard(), request, response),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("is 0, not 77")));
  ExpectNothingChanged(/*more=*/1);
}

}  // namespace
}  // namespace rowhouse::server
