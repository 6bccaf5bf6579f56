#include "rowhouse/client.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/internal/address.h"
#include "client/internal/client_state.h"
#include "client/internal/connection.h"
#include "client/internal/embedded.h"
#include "client/internal/grpc_shard_stub.h"

namespace rowhouse {
namespace {

// Threads that wait for blocking calls to several shards; more shards than this
// share them.
constexpr std::size_t kControlThreadsMax = 15;

// Numbers that must not come twice, in no run of any program, have no seed but
// the machine.
absl::StatusOr<std::uint64_t> MachineBits() {
  std::uint64_t bits = 0;
  if (::getentropy(&bits, sizeof(bits)) != 0) {
    return absl::UnavailableError(
        absl::StrCat("getentropy: ", std::strerror(errno)));
  }
  return bits;
}

absl::StatusOr<internal::Cluster::Options> ClusterOptions(
    const internal::Address& address, const ClientOptions& options) {
  internal::Cluster::Options cluster;
  cluster.retry.timeout = options.timeout;
  cluster.retry.wait_min = options.retry_wait_min;
  cluster.retry.wait_max = options.retry_wait_max;
  cluster.retry.on_retry = options.on_retry;
  cluster.retry.jitter_seed = options.seed;
  if (options.seed == 0) {
    ROWHOUSE_ASSIGN_OR_RETURN(cluster.retry.jitter_seed, MachineBits());
  }
  if (address.servers.size() > 1) {
    cluster.executor = MakeThreadExecutor(
        std::min(address.servers.size() - 1, kControlThreadsMax));
  }
  return cluster;
}

absl::StatusOr<std::vector<std::unique_ptr<internal::ShardStub>>> MakeStubs(
    const internal::Address& address, const ClientOptions& options) {
  std::vector<std::unique_ptr<internal::ShardStub>> stubs;
  if (!address.embedded_dir.empty()) {
    internal::EmbeddedOptions embedded;
    embedded.data_dir = address.embedded_dir;
    embedded.threads = options.embedded_threads;
    ROWHOUSE_ASSIGN_OR_RETURN(embedded.new_incarnation, MachineBits());
    ROWHOUSE_ASSIGN_OR_RETURN(stubs.emplace_back(),
                              internal::OpenEmbeddedShard(embedded));
  }
  for (const std::string& server : address.servers) {
    stubs.push_back(internal::MakeGrpcShardStub(server));
  }
  return stubs;
}

}  // namespace

struct Ticket::State {
  internal::TicketData data;
};

Ticket::Ticket() = default;
Ticket::~Ticket() = default;
Ticket::Ticket(Ticket&&) noexcept = default;
Ticket& Ticket::operator=(Ticket&&) noexcept = default;

Client::Client(std::unique_ptr<State> state) : state_(std::move(state)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

absl::StatusOr<Client> Client::Connect(absl::string_view address,
                                       const ClientOptions& options) {
  ROWHOUSE_ASSIGN_OR_RETURN(const internal::Address parsed,
                            internal::ParseAddress(address));
  internal::Connection::Options connection;
  ROWHOUSE_ASSIGN_OR_RETURN(connection.cluster,
                            ClusterOptions(parsed, options));
  connection.open_sessions = options.open_sessions;
  connection.heartbeat = absl::Seconds(kHeartbeatSeconds);
  // Never from the given seed: a second run would give a table the incarnation
  // that an earlier life of it had.
  ROWHOUSE_ASSIGN_OR_RETURN(connection.number_seed, MachineBits());
  ROWHOUSE_ASSIGN_OR_RETURN(auto stubs, MakeStubs(parsed, options));
  ROWHOUSE_ASSIGN_OR_RETURN(
      auto opened,
      internal::Connection::Open(std::move(stubs), std::move(connection)));
  auto state = std::make_unique<State>();
  state->connection = std::move(opened);
  return Client(std::move(state));
}

absl::Status Client::CreateTable(const TableSpec& spec) {
  return state_->connection->CreateTable(spec);
}

absl::Status Client::DropTable(absl::string_view name) {
  return state_->connection->DropTable(name);
}

absl::StatusOr<TableSummary> Client::DescribeTable(absl::string_view name) {
  return state_->connection->DescribeTable(name);
}

absl::StatusOr<std::vector<TableSummary>> Client::ListTables() {
  return state_->connection->ListTables();
}

absl::StatusOr<LookupResult> Client::Lookup(std::vector<FeatureIds> features) {
  ROWHOUSE_ASSIGN_OR_RETURN(auto found,
                            state_->connection->Lookup(std::move(features)));
  LookupResult result;
  result.activations = std::move(found.first);
  result.ticket.state_ =
      std::make_unique<Ticket::State>(Ticket::State{std::move(found.second)});
  return result;
}

absl::StatusOr<PushOutcome> Client::Push(Ticket ticket, Gradients gradients,
                                         const PushOptions& options) {
  if (ticket.state_ == nullptr) {
    return absl::FailedPreconditionError("the ticket was used already");
  }
  return state_->connection->Push(std::move(ticket.state_->data), gradients,
                                  options);
}

absl::Status Client::PushAsync(Ticket ticket, Gradients gradients,
                               const PushOptions& options) {
  if (ticket.state_ == nullptr) {
    return absl::FailedPreconditionError("the ticket was used already");
  }
  return state_->connection->PushAsync(std::move(ticket.state_->data),
                                       gradients, options);
}

absl::Status Client::Flush() { return state_->connection->Flush(); }

void Client::EndStep() { state_->connection->EndStep(); }

absl::StatusOr<Rows> Client::ReadRows(absl::string_view table,
                                      absl::Span<const std::uint64_t> ids) {
  return state_->connection->ReadRows(table, ids);
}

absl::Status Client::WriteRows(absl::string_view table,
                               absl::Span<const std::uint64_t> ids,
                               absl::Span<const float> weights,
                               absl::Span<const float> slots) {
  return state_->connection->WriteRows(table, ids, weights, slots);
}

absl::StatusOr<CheckpointSummary> Client::CreateCheckpoint(
    absl::string_view name) {
  return state_->connection->CreateCheckpoint(name);
}

absl::StatusOr<std::vector<CheckpointSummary>> Client::ListCheckpoints(
    std::vector<UnreadableCheckpoint>* unreadable) {
  return state_->connection->ListCheckpoints(unreadable);
}

absl::Status Client::DeleteCheckpoint(absl::string_view name) {
  return state_->connection->DeleteCheckpoint(name);
}

absl::Status Client::RestoreCheckpoint(absl::string_view name, bool replace) {
  return state_->connection->RestoreCheckpoint(name, replace);
}

absl::StatusOr<std::vector<ShardSummary>> Client::Shards() {
  return state_->connection->Shards();
}

absl::StatusOr<std::vector<ShardAnswer>> Client::AskShards(
    absl::string_view address, const ClientOptions& options) {
  ROWHOUSE_ASSIGN_OR_RETURN(const internal::Address parsed,
                            internal::ParseAddress(address));
  ROWHOUSE_ASSIGN_OR_RETURN(const internal::Cluster::Options cluster,
                            ClusterOptions(parsed, options));
  ROWHOUSE_ASSIGN_OR_RETURN(const auto stubs, MakeStubs(parsed, options));
  return internal::AskShards(stubs, cluster);
}

}  // namespace rowhouse
