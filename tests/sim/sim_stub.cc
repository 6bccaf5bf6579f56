#include "tests/sim/sim_stub.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tests/sim/push_message.h"

namespace rowhouse::sim {
namespace {

template <typename T>
std::vector<T> Copy(absl::Span<const T> values) {
  return {values.begin(), values.end()};
}

// A lookup that owns what it asks for: copies of it come late.
struct LookupMessage {
  struct Input {
    std::string table;
    LookupInput view;
    std::vector<Id> ids;
    std::vector<float> weights;
    std::vector<std::uint32_t> row_splits;
  };
  std::uint64_t map_version = 0;
  std::vector<Input> inputs;

  explicit LookupMessage(const LookupRequest& request)
      : map_version(request.map_version) {
    for (const LookupInput& input : request.inputs) {
      inputs.push_back({std::string(input.table), input, Copy(input.bags.ids),
                        Copy(input.bags.weights), Copy(input.bags.row_splits)});
    }
    for (Input& input : inputs) {
      input.view.table = input.table;
      input.view.bags = {input.ids, input.weights, input.row_splits};
    }
  }
  LookupMessage(const LookupMessage&) = delete;
  LookupMessage& operator=(const LookupMessage&) = delete;

  absl::StatusOr<LookupReply> Deliver(const shard::Shard& shard) const {
    std::vector<LookupInput> views;
    for (const Input& input : inputs) views.push_back(input.view);
    const LookupRequest request{map_version, views};
    ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<std::size_t> rows,
                              shard.CheckLookup(request));
    std::size_t floats = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      floats += rows[i] * views[i].dim;
    }
    auto storage = std::make_shared<std::vector<float>>(floats);
    std::vector<absl::Span<float>> outputs;
    float* next = storage->data();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      outputs.emplace_back(next, rows[i] * views[i].dim);
      next += outputs.back().size();
    }
    ROWHOUSE_RETURN_IF_ERROR(shard.Lookup(request, outputs));
    return LookupReply{{outputs.begin(), outputs.end()}, std::move(storage)};
  }
};

}  // namespace

void SimShardStub::Lookup(const LookupRequest& request,
                          absl::Span<const absl::Span<float>>,
                          absl::Time deadline, LookupDone done) {
  auto message = std::make_shared<const LookupMessage>(request);
  scheduler_.Spawn("lookup", [this, message, deadline,
                              done = std::move(done)]() mutable {
    done(Call<LookupReply>("lookup", deadline, [message](Node&, Life& life) {
      return message->Deliver(*life.shard);
    }));
  });
}

void SimShardStub::Push(const PushRequest& request, absl::Time deadline,
                        PushDone done) {
  auto message = std::make_shared<PushMessage>();
  message->header = request.header;
  for (const PushInput& input : request.inputs) {
    message->inputs.push_back({.table = std::string(input.table),
                               .incarnation = input.incarnation,
                               .dim = input.dim,
                               .ids = Copy(input.bags.ids),
                               .weights = Copy(input.bags.weights),
                               .row_splits = Copy(input.bags.row_splits),
                               .gradients = Copy(input.gradients),
                               .learning_rate = input.learning_rate,
                               .table_step = input.table_step});
  }
  scheduler_.Spawn(
      "push", [this, message, deadline, done = std::move(done)]() mutable {
        done(Call<PushReply>("push", deadline, Deliver(story_, message)));
      });
}

void SimShardStub::WriteRows(const WriteRowsRequest& request,
                             absl::Time deadline, PushDone done) {
  auto message = std::make_shared<PushMessage>();
  message->header = request.header;
  message->writes = true;
  message->inputs.push_back({.table = std::string(request.table),
                             .incarnation = request.incarnation,
                             .dim = request.dim,
                             .ids = Copy(request.ids),
                             .gradients = Copy(request.weights),
                             .slots = Copy(request.slots)});
  scheduler_.Spawn(
      "write", [this, message, deadline, done = std::move(done)]() mutable {
        done(Call<PushReply>("write", deadline, Deliver(story_, message)));
      });
}

absl::StatusOr<RowsReply> SimShardStub::ReadRows(const ReadRowsRequest& request,
                                                 absl::Time deadline) {
  return Call<RowsReply>(
      "read", deadline,
      [version = request.map_version, table = std::string(request.table),
       incarnation = request.incarnation,
       ids = Copy(request.ids)](Node&, Life& life) {
        return life.shard->ReadRows({version, table, incarnation, ids});
      });
}

absl::StatusOr<OpenSessionReply> SimShardStub::OpenSession(
    absl::Time deadline) {
  return Call<OpenSessionReply>(
      "open session", deadline, [story = &story_](Node& at, Life& life) {
        absl::StatusOr<OpenSessionReply> opened = life.shard->OpenSession();
        if (opened.ok() && life.alive()) {
          story->Check(at.ledger().OnSession(*opened));
        }
        return opened;
      });
}

absl::StatusOr<std::uint64_t> SimShardStub::Heartbeat(
    const HeartbeatRequest& request, absl::Time deadline) {
  return Call<std::uint64_t>(
      "heartbeat", deadline,
      [request](Node&, Life& life) { return life.shard->Heartbeat(request); });
}

absl::Status SimShardStub::EndSession(const SessionName& session,
                                      absl::Time deadline) {
  return Tell("end session", deadline, [session](shard::Shard& shard) {
    return shard.EndSession(session);
  });
}

absl::Status SimShardStub::Tell(
    const char* what, absl::Time deadline,
    std::function<absl::Status(shard::Shard&)> handle) {
  return Call<bool>(what, deadline,
                    [handle](Node&, Life& life) -> absl::StatusOr<bool> {
                      ROWHOUSE_RETURN_IF_ERROR(handle(*life.shard));
                      return true;
                    })
      .status();
}

absl::Status SimShardStub::CreateTable(const TableSpec& spec,
                                       TableIncarnation incarnation,
                                       absl::Time deadline) {
  return Tell("create table", deadline,
              [spec, incarnation](shard::Shard& shard) {
                return shard.CreateTable(spec, incarnation);
              });
}

absl::Status SimShardStub::DropTable(const DropTableRequest& request,
                                     absl::Time deadline) {
  return Tell("drop table", deadline, [request](shard::Shard& shard) {
    return shard.DropTable(request);
  });
}

absl::StatusOr<TableInfo> SimShardStub::DescribeTable(absl::string_view name,
                                                      absl::Time deadline) {
  return Call<TableInfo>("describe table", deadline,
                         [name = std::string(name)](Node&, Life& life) {
                           return life.shard->DescribeTable(name);
                         });
}

absl::StatusOr<std::vector<TableInfo>> SimShardStub::ListTables(
    absl::Time deadline) {
  using Tables = std::vector<TableInfo>;
  return Call<Tables>("list tables", deadline,
                      [](Node&, Life& life) -> absl::StatusOr<Tables> {
                        return life.shard->ListTables();
                      });
}

absl::StatusOr<ShardInfo> SimShardStub::GetShardInfo(absl::Time deadline) {
  return Call<ShardInfo>("info", deadline,
                         [](Node&, Life& life) -> absl::StatusOr<ShardInfo> {
                           return life.shard->Info();
                         });
}

absl::Status SimShardStub::OpenCheckpoint(absl::string_view name,
                                          std::uint64_t epoch,
                                          absl::Time deadline) {
  return Tell("open checkpoint", deadline,
              [name = std::string(name), epoch](shard::Shard& shard) {
                return shard.OpenCheckpoint(name, epoch);
              });
}

absl::StatusOr<ShardCheckpoint> SimShardStub::CloseCheckpoint(
    absl::string_view name, std::uint64_t epoch, absl::Time deadline) {
  return Call<ShardCheckpoint>(
      "close checkpoint", deadline,
      [name = std::string(name), epoch](Node&, Life& life) {
        return life.shard->CloseCheckpoint(name, epoch);
      });
}

absl::StatusOr<CheckpointInfo> SimShardStub::CommitCheckpoint(
    absl::string_view name, std::uint64_t epoch,
    const std::vector<ShardCheckpoint>& parts, absl::Time deadline) {
  return Call<CheckpointInfo>(
      "commit checkpoint", deadline,
      [name = std::string(name), epoch, parts](Node&, Life& life) {
        return life.shard->CommitCheckpoint(name, epoch, parts);
      });
}

absl::Status SimShardStub::AbortCheckpoint(absl::string_view name,
                                           std::uint64_t epoch,
                                           absl::Time deadline) {
  return Tell("abort checkpoint", deadline,
              [name = std::string(name), epoch](shard::Shard& shard) {
                return shard.AbortCheckpoint(name, epoch);
              });
}

absl::Status SimShardStub::DeleteCheckpoint(absl::string_view name,
                                            absl::Time deadline) {
  return Tell("delete checkpoint", deadline,
              [name = std::string(name)](shard::Shard& shard) {
                return shard.DeleteCheckpoint(name);
              });
}

absl::StatusOr<CheckpointListing> SimShardStub::ListCheckpoints(
    absl::Time deadline) {
  return Call<CheckpointListing>(
      "list checkpoints", deadline,
      [](Node&, Life& life) { return life.shard->ListCheckpoints(); });
}

absl::Status SimShardStub::BeginRestore(const RestoreRequest& request,
                                        absl::Time deadline) {
  return Tell("begin restore", deadline, [request](shard::Shard& shard) {
    return shard.BeginRestore(request);
  });
}

absl::Status SimShardStub::FinishRestore(absl::string_view,
                                         std::uint64_t restore_id,
                                         absl::Time deadline) {
  return Tell("finish restore", deadline, [restore_id](shard::Shard& shard) {
    return shard.FinishRestore(restore_id);
  });
}

}  // namespace rowhouse::sim
