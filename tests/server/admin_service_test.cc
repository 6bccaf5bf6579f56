#include "server/admin_service.h"

#include <string>
#include <vector>

#include "proto/wire/convert.h"
#include "proto/wire/status.h"
#include "tests/server/running_server.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AdminServiceTest : public RunningServer {
 protected:
  // admin().METHOD(request), its answer in `response`.
  template <typename Request, typename Response>
  absl::Status Call(grpc::Status (v1::AdminService::Stub::*method)(
                        grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response& response) {
    grpc::ClientContext context;
    response.Clear();
    return wire::FromGrpcStatus(
        (admin().*method)(&context, request, &response));
  }
};

using Stub = v1::AdminService::Stub;

TEST_F(AdminServiceTest, TablesLiveAndDie) {
  CreateCounters("t");
  CreateCounters("t");  // an equal one is there: OK
  v1::DescribeTableRequest describe;
  describe.set_name("t");
  v1::DescribeTableResponse described;
  ROWHOUSE_ASSERT_OK(Call(&Stub::DescribeTable, describe, described));
  EXPECT_EQ(described.table().spec().dim(), 2u);
  EXPECT_EQ(described.table().incarnation(), 9u);

  v1::CreateTableRequest other;
  *other.mutable_spec() = described.table().spec();
  other.mutable_spec()->set_dim(3);
  other.set_incarnation(9);
  v1::CreateTableResponse created;
  EXPECT_THAT(Call(&Stub::CreateTable, other, created),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       HasSubstr("table 't' exists as")));

  Restart();  // created means durable
  v1::ListTablesResponse listed;
  ROWHOUSE_ASSERT_OK(Call(&Stub::ListTables, {}, listed));
  ASSERT_EQ(listed.tables_size(), 1);
  EXPECT_EQ(listed.tables(0).spec().SerializeAsString(),
            described.table().spec().SerializeAsString());

  v1::DropTableRequest drop;
  drop.set_name("t");
  v1::DropTableResponse dropped;
  ROWHOUSE_ASSERT_OK(Call(&Stub::DropTable, drop, dropped));
  EXPECT_THAT(Call(&Stub::DropTable, drop, dropped),
              StatusIs(absl::StatusCode::kNotFound, "no table 't'"));
  EXPECT_THAT(Call(&Stub::DescribeTable, describe, described),
              StatusIs(absl::StatusCode::kNotFound, "no table 't'"));
}

TEST_F(AdminServiceTest, BadSpecsChangeNothing) {
  v1::CreateTableRequest request;
  request.mutable_spec()->set_name("t");
  request.mutable_spec()->set_dim(0);
  request.mutable_spec()->mutable_sgd()->set_learning_rate(1);
  request.set_incarnation(9);
  v1::CreateTableResponse response;
  EXPECT_THAT(Call(&Stub::CreateTable, request, response),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("dim 0")));
  request.mutable_spec()->set_dim(2);
  request.mutable_spec()->clear_sgd();
  EXPECT_THAT(Call(&Stub::CreateTable, request, response),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "spec.optimizer: missing; it has no default"));
  v1::ListTablesResponse listed;
  ROWHOUSE_ASSERT_OK(Call(&Stub::ListTables, {}, listed));
  EXPECT_EQ(listed.tables_size(), 0);
}

TEST_F(AdminServiceTest, EveryRequestWithAMapVersionIsChecked) {
  const auto stale = StatusIs(absl::StatusCode::kFailedPrecondition,
                              "request of map version 8, this shard has 1");
  const auto expect_stale = [&](auto method, auto request, auto response) {
    request.set_map_version(8);
    EXPECT_THAT(Call(method, request, response), stale);
  };
  expect_stale(&Stub::CreateTable, v1::CreateTableRequest(),
               v1::CreateTableResponse());
  expect_stale(&Stub::DescribeTable, v1::DescribeTableRequest(),
               v1::DescribeTableResponse());
  expect_stale(&Stub::ListTables, v1::ListTablesRequest(),
               v1::ListTablesResponse());
  expect_stale(&Stub::DropTable, v1::DropTableRequest(),
               v1::DropTableResponse());
  expect_stale(&Stub::CreateCheckpoint, v1::CreateCheckpointRequest(),
               v1::CreateCheckpointResponse());
  expect_stale(&Stub::DeleteCheckpoint, v1::DeleteCheckpointRequest(),
               v1::DeleteCheckpointResponse());
  expect_stale(&Stub::RestoreCheckpoint, v1::RestoreCheckpointRequest(),
               v1::RestoreCheckpointResponse());
  v1::ListTablesRequest right;
  right.set_map_version(1);
  v1::ListTablesResponse listed;
  ROWHOUSE_EXPECT_OK(Call(&Stub::ListTables, right, listed));
}

TEST_F(AdminServiceTest, ACheckpointIsMadeAndRestored) {
  CreateCounters("t");
  PushHeader header;
  header.map_version = 1;
  header.session = OpenSession();
  const std::vector<Id> ids = {1, 2};
  ROWHOUSE_ASSERT_OK(Count(header, "t", ids));
  ++header.sequence;

  v1::CreateCheckpointRequest create;
  create.set_name("one");
  create.set_stage(v1::CreateCheckpointRequest::STAGE_OPEN);
  v1::CreateCheckpointResponse created;
  ROWHOUSE_ASSERT_OK(Call(&Stub::CreateCheckpoint, create, created));
  create.set_stage(v1::CreateCheckpointRequest::STAGE_CLOSE);
  EXPECT_THAT(Call(&Stub::CreateCheckpoint, create, created),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("waits for 1 of 1 sessions")));
  header.snapshot_epoch = 1;
  ROWHOUSE_ASSERT_OK(Count(header, "t", ids));
  ++header.sequence;
  ROWHOUSE_ASSERT_OK(Call(&Stub::CreateCheckpoint, create, created));
  EXPECT_EQ(created.shard().rows(), 2u);
  create.set_stage(v1::CreateCheckpointRequest::STAGE_COMMIT);
  *create.add_shards() = created.shard();
  ROWHOUSE_ASSERT_OK(Call(&Stub::CreateCheckpoint, create, created));
  v1::ListCheckpointsResponse listed;
  ROWHOUSE_ASSERT_OK(Call(&Stub::ListCheckpoints, {}, listed));
  ASSERT_EQ(listed.checkpoints_size(), 1);
  EXPECT_EQ(listed.checkpoints(0).SerializeAsString(),
            created.checkpoint().SerializeAsString());

  ROWHOUSE_ASSERT_OK(Count(header, "t", ids));
  ++header.sequence;
  EXPECT_THAT(Counts("t", {1, 2}), ElementsAre(3, 3));
  v1::RestoreCheckpointRequest restore;
  restore.set_name("one");
  restore.set_restore_id(3);
  restore.set_replace(true);
  restore.set_stage(v1::RestoreCheckpointRequest::STAGE_BEGIN);
  v1::RestoreCheckpointResponse restored;
  ROWHOUSE_ASSERT_OK(Call(&Stub::RestoreCheckpoint, restore, restored));
  EXPECT_THAT(Count(header, "t", ids),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  restore.set_stage(v1::RestoreCheckpointRequest::STAGE_FINISH);
  ROWHOUSE_ASSERT_OK(Call(&Stub::RestoreCheckpoint, restore, restored));
  EXPECT_THAT(Counts("t", {1, 2}), ElementsAre(1, 1));
  EXPECT_THAT(Count(header, "t", ids),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("session of incarnation 4711")));
  EXPECT_THAT(Counts("t", {1, 2}), ElementsAre(1, 1));
}

TEST_F(AdminServiceTest, TheShardSaysWhoItIs) {
  v1::GetShardInfoResponse info;
  ROWHOUSE_ASSERT_OK(Call(&Stub::GetShardInfo, {}, info));
  EXPECT_FALSE(info.version().empty());
  EXPECT_EQ(info.map_version(), 1u);
  EXPECT_EQ(info.shard_index(), 0u);
  EXPECT_EQ(info.shard_count(), 1u);
  EXPECT_EQ(info.incarnation(), 4711u);
  EXPECT_EQ(info.state(), "serving");
}

}  // namespace
}  // namespace rowhouse::server
