#include "tests/integration/faults/duplicator.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <chrono>
#include <utility>

#include "absl/time/clock.h"
#include "rowhouse/v1/embedding_service.pb.h"

namespace rowhouse::faults {
namespace {

// Copies that wait to be sent, and those under way.
constexpr std::size_t kWaitingMax = 20'000;
constexpr std::size_t kUnderWayMax = 64;

constexpr std::chrono::seconds kCallTimeout(30);

struct PushCall {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
};

bool IsDuplicate(grpc::ByteBuffer& response) {
  v1::PushResponse message;
  grpc::ProtoBufferReader reader(&response);
  return message.ParseFromZeroCopyStream(&reader) &&
         message.result().duplicate();
}

// Shards are spoken to directly, whatever proxy the machine's web uses.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& server) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  return grpc::CreateCustomChannel(server, grpc::InsecureChannelCredentials(),
                                   arguments);
}

}  // namespace

// The calls, and how they ended.
class Duplicator::Calls {
 public:
  explicit Calls(const std::string& server) : stub_(MakeChannel(server)) {}

  // Waits while too many are under way.
  void Start(const std::string& push) {
    {
      MutexLock lock(mu_);
      while (under_way_ >= kUnderWayMax) changed_.Wait(mu_);
      ++under_way_;
      ++counts_.sent;
    }
    auto call = std::make_shared<PushCall>();
    const grpc::Slice slice(push);
    call->request = grpc::ByteBuffer(&slice, 1);
    call->context.set_deadline(std::chrono::system_clock::now() + kCallTimeout);
    stub_.UnaryCall(&call->context, "/rowhouse.v1.EmbeddingService/Push",
                    grpc::StubOptions(), &call->request, &call->response,
                    [this, call](const grpc::Status& status) {
                      Finish(status,
                             status.ok() && IsDuplicate(call->response));
                    });
  }

  void WaitForAll() {
    MutexLock lock(mu_);
    while (under_way_ > 0) changed_.Wait(mu_);
  }

  Counts counts() const {
    MutexLock lock(mu_);
    return counts_;
  }

 private:
  void Finish(const grpc::Status& status, bool duplicate) {
    MutexLock lock(mu_);
    switch (status.error_code()) {
      case grpc::StatusCode::OK:
        ++(duplicate ? counts_.known : counts_.first);
        break;
      case grpc::StatusCode::FAILED_PRECONDITION:
        ++counts_.refused;
        break;
      case grpc::StatusCode::UNAVAILABLE:
      case grpc::StatusCode::DEADLINE_EXCEEDED:
        ++counts_.unanswered;
        break;
      default:
        ++counts_.failed;
    }
    --under_way_;
    changed_.NotifyAll();
  }

  grpc::GenericStub stub_;
  mutable Mutex mu_;
  CondVar changed_;
  std::size_t under_way_ ABSL_GUARDED_BY(mu_) = 0;
  Counts counts_ ABSL_GUARDED_BY(mu_);
};

Duplicator::Duplicator(const std::string& server)
    : calls_(std::make_unique<Calls>(server)), thread_([this] { Loop(); }) {}

Duplicator::~Duplicator() {
  Drain();
  {
    MutexLock lock(mu_);
    stop_ = true;
    changed_.NotifyAll();
  }
  thread_.join();
}

void Duplicator::Send(std::string push, absl::Duration delay) {
  MutexLock lock(mu_);
  if (waiting_.size() >= kWaitingMax) return;
  waiting_.emplace(absl::Now() + delay, std::move(push));
  changed_.NotifyAll();
}

void Duplicator::Drain() {
  {
    MutexLock lock(mu_);
    hurry_ = true;
    changed_.NotifyAll();
    while (!waiting_.empty()) changed_.Wait(mu_);
    hurry_ = false;
  }
  calls_->WaitForAll();
}

Duplicator::Counts Duplicator::counts() const { return calls_->counts(); }

void Duplicator::Loop() {
  MutexLock lock(mu_);
  while (!stop_) {
    if (waiting_.empty()) {
      changed_.Wait(mu_);
      continue;
    }
    const auto next = waiting_.begin();
    const absl::Duration left = next->first - absl::Now();
    if (!hurry_ && left > absl::ZeroDuration()) {
      changed_.WaitFor(mu_, left);
      continue;
    }
    const std::string push = std::move(next->second);
    mu_.unlock();
    calls_->Start(push);
    mu_.lock();
    // Others may have come before it meanwhile, but only Loop takes one away.
    waiting_.erase(next);
    changed_.NotifyAll();
  }
}

}  // namespace rowhouse::faults
