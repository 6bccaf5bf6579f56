#include "server/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/executor.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "base/version.h"
#include "grpc/health/v1/health.pb.h"
#include "server/admin_service.h"
#include "server/embedding_service.h"
#include "server/listen_address.h"
#include "server/reply_budget.h"
#include "server/work_queue.h"
#include "shard/shard.h"

namespace rowhouse::server {
namespace {

// Calls that may run where gRPC called them, which leaves gRPC at least one
// thread that listens.
constexpr int kCallersMax = 1;

// Threads for pushes mostly wait for the disk: so many may share one sync. All
// of them may wait for it, so lookups have threads of their own.
constexpr std::size_t kWriteThreads = 16;
constexpr std::size_t kReadThreads = 16;

// A shard works on one checkpoint or restore at a time and tells others so, so
// the rest of these are free for what takes no time.
constexpr std::size_t kAdminThreads = 4;

// How often the health status is brought up to date.
constexpr absl::Duration kHealthPeriod = absl::Seconds(1);

// A client may keep its connection alive with pings this often.
constexpr int kPingIntervalMinMs = 10'000;

// A peer that is silent for so long is asked for a sign of life, and given up
// when none comes in so long: its calls and replies hold memory.
constexpr int kKeepaliveMs = 60'000;
constexpr int kKeepaliveTimeoutMs = 20'000;

// A connection without calls is closed after this; a client makes another when
// it needs one. There is no limit of age: a trainer keeps its connection for as
// long as it trains.
constexpr int kConnectionIdleMs = 30 * 60'000;

// A peer that connects and does not speak HTTP/2 is dropped after this.
constexpr int kHandshakeTimeoutMs = 10'000;

static_assert(kReplyBytesMax >= 2 * kMessageBytesMax, "a reply finds room");

WorkQueue::Options QueueOptions(std::size_t threads, CallerSlots* callers) {
  return {.threads = threads,
          .waiting_max = kQueuedCallsMax,
          .waiting_bytes_max = kQueuedCallBytesMax,
          .callers = callers};
}

// What a peer may make gRPC hold; limits.h has the reasons.
void SetLimits(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kMessageBytesMax);
  // gRPC bounds a message before it unpacks it, and zeros become a
  // thousandfold.
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder.SetMaxSendMessageSize(kMessageBytesMax);
  builder.SetResourceQuota(
      grpc::ResourceQuota("rowhouse-server").Resize(kGrpcBytesMax));
  const std::pair<const char*, std::size_t> arguments[] = {
      {GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0},
      {GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsPerConnectionMax},
      {GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax},
      {GRPC_ARG_MAX_CONNECTION_IDLE_MS, kConnectionIdleMs},
      {GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeTimeoutMs},
      {GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs},
      {GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs},
      {GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0},  // else only two are sent
      {GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
       kPingIntervalMinMs},
      {GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1}};
  for (const auto& [name, value] : arguments) {
    builder.AddChannelArgument(name, static_cast<int>(value));
  }
}

shard::Options ShardOptions(const Options& options) {
  shard::Options out;
  out.data_dir = options.data_dir;
  out.checkpoint_dir = options.checkpoint_dir;
  out.index = ShardIndex(options.shard_index);
  out.shard_count = options.shard_count;
  out.map_version = options.map_version;
  out.lanes = options.lanes;
  out.new_incarnation = options.new_incarnation;
  out.session_lease = options.session_lease;
  out.row_memory_bytes = options.row_memory_bytes;
  out.journal_bytes_max = options.journal_bytes_max;
  out.disk_reserve_bytes = options.disk_reserve_bytes;
  out.version = std::string(Version());
  return out;
}

}  // namespace

class Server::State {
 public:
  State(const Options& options, std::unique_ptr<Executor> executor)
      : options_(options),
        executor_(std::move(executor)),
        reads_(QueueOptions(kReadThreads, &callers_)),
        writes_(QueueOptions(kWriteThreads, &callers_)),
        admin_calls_(QueueOptions(kAdminThreads, nullptr)),
        embedding_service_({open_shard_, reads_, options.map_version},
                           {open_shard_, writes_, options.map_version},
                           replies_),
        admin_service_({open_shard_, admin_calls_, options.map_version}) {}

  ~State() {
    if (const absl::Status status = Drain(); !status.ok()) {
      LogError("drain_failed", {{"status", status.ToString()}});
    }
  }

  // Answers from here on, every call with UNAVAILABLE.
  absl::Status Listen(const ListenAddress& address);
  // Serves from here on.
  absl::Status OpenShard(const shard::Environment& environment);
  absl::Status CheckAlive() const;
  absl::Status Drain();
  const std::string& address() const { return address_; }

 private:
  void SetHealth(bool serving, bool administered);
  void CheckHealth();

  const Options options_;
  const std::unique_ptr<Executor> executor_;
  std::unique_ptr<shard::Shard> shard_;
  std::atomic<shard::Shard*> open_shard_{nullptr};
  CallerSlots callers_{kCallersMax};
  WorkQueue reads_;
  WorkQueue writes_;
  WorkQueue admin_calls_;
  ReplyBudget replies_{kReplyBytesMax};
  EmbeddingService embedding_service_;
  AdminService admin_service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Executor::Periodic> health_;
  std::string address_;
  std::optional<absl::Status> drained_;
};

absl::Status Server::State::Listen(const ListenAddress& address) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  // gRPC's health service has no descriptor of its own; linked in, this one
  // lets reflection describe it.
  grpc::health::v1::HealthCheckRequest::descriptor();
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(address.WithPort(0),
                           grpc::InsecureServerCredentials(), &port);
  // Two servers that share a port would each get half of a client's calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  SetLimits(builder);
  builder.RegisterService(&embedding_service_);
  builder.RegisterService(&admin_service_);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot listen at ", address.WithPort(0),
                     ": gRPC refused; its log lines say why"));
  }
  address_ = address.WithPort(port);
  SetHealth(/*serving=*/false, /*administered=*/false);
  return absl::OkStatus();
}

absl::Status Server::State::OpenShard(const shard::Environment& environment) {
  ROWHOUSE_ASSIGN_OR_RETURN(
      shard_, shard::Shard::Open(ShardOptions(options_), environment));
  // Else a place where it cannot be would be found by the first checkpoint.
  if (!options_.checkpoint_dir.empty()) {
    ROWHOUSE_RETURN_IF_ERROR(
        environment.disk.MakeDirectory(options_.checkpoint_dir));
  }
  open_shard_ = shard_.get();
  CheckHealth();
  health_ = executor_->Every(kHealthPeriod, [this] { CheckHealth(); });
  return absl::OkStatus();
}

void Server::State::SetHealth(bool serving, bool administered) {
  grpc::HealthCheckServiceInterface* health = server_->GetHealthCheckService();
  health->SetServingStatus("", serving);
  health->SetServingStatus(v1::EmbeddingService::service_full_name(), serving);
  health->SetServingStatus(v1::AdminService::service_full_name(), administered);
}

// A shard whose disk failed answers nothing but that error: what can help is a
// new start, which whoever watches the health status may order. One that is
// being restored serves no rows, but AdminService is what ends that.
void Server::State::CheckHealth() {
  const absl::Status serving = shard_->CheckServing();
  SetHealth(serving.ok(), serving.ok() || absl::IsFailedPrecondition(serving));
}

absl::Status Server::State::CheckAlive() const {
  absl::Status serving = shard_->CheckServing();
  // Only a restore that is under way says that; a fault is what failed first.
  return absl::IsFailedPrecondition(serving) ? absl::OkStatus() : serving;
}

absl::Status Server::State::Drain() {
  if (drained_.has_value()) return *drained_;
  health_.reset();
  if (server_ != nullptr) {
    SetHealth(/*serving=*/false, /*administered=*/false);
    if (open_shard_ != nullptr) {  // else it never served
      LogInfo("draining",
              {{"timeout", absl::FormatDuration(options_.drain_timeout)}});
    }
    // Shutdown waits for handlers even of calls that it has cancelled.
    const auto stop = executor_->Every(
        std::max(options_.drain_timeout, absl::Milliseconds(100)), [this] {
          if (shard_ != nullptr) shard_->Stop();
        });
    server_->Shutdown(std::chrono::system_clock::now() +
                      absl::ToChronoMicroseconds(options_.drain_timeout));
  }
  reads_.Stop();
  writes_.Stop();
  admin_calls_.Stop();
  drained_ = shard_ == nullptr ? absl::OkStatus() : shard_->Close();
  return *drained_;
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() = default;

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Options& options) {
  // Before threads are made, which validation bounds.
  ROWHOUSE_RETURN_IF_ERROR(Validate(options));
  std::unique_ptr<Executor> executor = MakeThreadExecutor(options.threads);
  const shard::Environment environment =
      shard::RealEnvironment(*executor, options.row_memory_bytes);
  return Start(options, std::move(executor), environment);
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(
    const Options& options, std::unique_ptr<Executor> executor,
    const shard::Environment& environment) {
  ROWHOUSE_RETURN_IF_ERROR(Validate(options));
  ROWHOUSE_ASSIGN_OR_RETURN(const ListenAddress address,
                            ListenAddress::Parse(options.listen));
  ROWHOUSE_RETURN_IF_ERROR(address.CheckFree());
  auto state = std::make_unique<State>(options, std::move(executor));
  ROWHOUSE_RETURN_IF_ERROR(state->Listen(address));
  ROWHOUSE_RETURN_IF_ERROR(state->OpenShard(environment));
  LogInfo(
      "serving",
      {{"address", state->address()},
       {"data_dir", options.data_dir},
       {"shard", absl::StrCat(options.shard_index, "/", options.shard_count)},
       {"version", std::string(Version())},
       {"commit", std::string(Commit())}});
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

const std::string& Server::address() const { return state_->address(); }

absl::Status Server::CheckAlive() const { return state_->CheckAlive(); }

absl::Status Server::Drain() { return state_->Drain(); }

}  // namespace rowhouse::server
