#include "tests/integration/faults/restore.h"

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "client/internal/grpc_shard_stub.h"
#include "rowhouse/client.h"
#include "tests/integration/faults/progress.h"
#include "tests/integration/faults/server_group.h"
#include "tests/integration/faults/training.h"

namespace rowhouse::faults {
namespace {

constexpr absl::Duration kCallPatience = absl::Seconds(30);

// A push as a client from before the restore would repeat it, or send next.
struct OldPush {
  SessionName session;
  std::uint64_t sequence = 0;
};

// By now the shard may have other buckets than the id's: a session that is
// refused is so before anybody looks.
absl::Status Send(const std::string& address, const OldPush& push) {
  const auto stub = internal::MakeGrpcShardStub(address);
  const TableSpec spec = TrainedTable(0);
  const std::vector<Id> ids = {1};
  const std::vector<float> gradients(spec.dim, 1.0f);
  PushInput input;
  input.table = spec.name;
  input.dim = spec.dim;
  input.bags.ids = ids;
  input.gradients = gradients;
  PushRequest request;
  request.header.session = push.session;
  request.header.sequence = push.sequence;
  request.inputs = absl::MakeConstSpan(&input, 1);
  absl::Status answer = absl::UnknownError("not called back");
  std::atomic<bool> done{false};
  stub->Push(request, absl::Now() + kCallPatience,
             [&](absl::StatusOr<PushReply> reply) {
               answer = reply.status();
               done = true;
             });
  while (!done) absl::SleepFor(absl::Microseconds(200));
  return answer;
}

class Restores {
 public:
  explicit Restores(const RestoreOptions& options)
      : options_(options),
        progress_("pairs",
                  static_cast<std::uint64_t>(options.shards_max) *
                      static_cast<std::uint64_t>(options.shards_max),
                  options.setup.progress) {}

  // Trains on `from` shards, makes a checkpoint, restores it onto every count.
  absl::Status RestoreFrom(int from) {
    const std::string name = absl::StrCat("of-", from);
    ROWHOUSE_ASSIGN_OR_RETURN(const auto group,
                              ServerGroup::Start(options_.setup, name, from));
    ROWHOUSE_ASSIGN_OR_RETURN(Client client, Client::Connect(group->Address()));
    const std::uint64_t seed = options_.setup.seed;
    ROWHOUSE_RETURN_IF_ERROR(client.CreateTable(TrainedTable(seed)));
    const std::atomic<bool> never{false};
    for (std::uint64_t step = 0; step < options_.steps; ++step) {
      ROWHOUSE_RETURN_IF_ERROR(TrainStep(client, seed, step, never));
    }
    ROWHOUSE_RETURN_IF_ERROR(OpenOldSessions(*group));
    ROWHOUSE_RETURN_IF_ERROR(client.CreateCheckpoint(name).status());
    for (int to = 1; to <= options_.shards_max; ++to) {
      ROWHOUSE_RETURN_IF_ERROR(RestoreOnto(name, to, client));
    }
    return absl::OkStatus();
  }

  const RestoreResult& result() const { return result_; }

 private:
  absl::Status OpenOldSessions(const ServerGroup& group) {
    old_.clear();
    for (const std::string& address : group.Addresses()) {
      const auto stub = internal::MakeGrpcShardStub(address);
      ROWHOUSE_ASSIGN_OR_RETURN(const OpenSessionReply reply,
                                stub->OpenSession(absl::Now() + kCallPatience));
      old_.push_back({reply.session, 0});
    }
    return absl::OkStatus();
  }

  absl::Status RestoreOnto(const std::string& name, int to, Client& original) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        const auto group,
        ServerGroup::Start(options_.setup, absl::StrCat(name, "-onto-", to),
                           to));
    ROWHOUSE_ASSIGN_OR_RETURN(Client client, Client::Connect(group->Address()));
    ROWHOUSE_RETURN_IF_ERROR(client.RestoreCheckpoint(name, false));
    for (const std::string& address : group->Addresses()) {
      for (const OldPush& push : old_) {
        const absl::Status answer = Send(address, push);
        if (answer.ok()) ++result_.admitted;
        if (absl::IsFailedPrecondition(answer)) {
          ++result_.refused;
        } else if (!answer.ok()) {
          return answer;
        }
      }
    }
    ROWHOUSE_ASSIGN_OR_RETURN(
        const std::uint64_t unequal,
        UnequalRows(original, client, options_.setup.seed));
    result_.unequal += unequal > 0 ? 1 : 0;
    ++result_.pairs;
    progress_.Show(static_cast<std::uint64_t>(result_.pairs));
    return absl::OkStatus();
  }

  const RestoreOptions& options_;
  Progress progress_;
  RestoreResult result_;
  std::vector<OldPush> old_;  // one of each shard of the original
};

}  // namespace

absl::StatusOr<RestoreResult> RunRestores(const RestoreOptions& options) {
  Restores restores(options);
  for (int from = 1; from <= options.shards_max; ++from) {
    ROWHOUSE_RETURN_IF_ERROR(restores.RestoreFrom(from));
  }
  return restores.result();
}

}  // namespace rowhouse::faults
