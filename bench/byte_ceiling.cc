#include "bench/byte_ceiling.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "base/limits.h"
#include "proto/wire/status.h"

namespace rowhouse::bench {
namespace {

constexpr char kMethod[] = "/rowhouse.bench.Ceiling/Call";

grpc::ByteBuffer StaticBytes(const std::vector<char>& bytes) {
  const grpc::Slice slice(bytes.data(), bytes.size(),
                          grpc::Slice::STATIC_SLICE);
  return grpc::ByteBuffer(&slice, 1);
}

// Reads the request whole, writes the reply, finishes.
class Reactor final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Reactor(const std::vector<char>& reply)
      : reply_(StaticBytes(reply)) {
    StartRead(&request_);
  }
  void OnReadDone(bool ok) override {
    if (ok) {
      StartWriteAndFinish(&reply_, grpc::WriteOptions(), grpc::Status::OK);
    } else {
      Finish(grpc::Status(grpc::StatusCode::INTERNAL, "no request"));
    }
  }
  void OnDone() override { delete this; }

 private:
  grpc::ByteBuffer request_;
  grpc::ByteBuffer reply_;
};

class Service final : public grpc::CallbackGenericService {
 public:
  explicit Service(std::size_t reply_bytes) : reply_(reply_bytes) {}
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext*) override {
    return new Reactor(reply_);
  }

 private:
  const std::vector<char> reply_;
};

}  // namespace

struct ByteCeiling::State {
  State(std::size_t request_bytes, std::size_t reply_bytes)
      : request(request_bytes), service(reply_bytes) {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    builder.RegisterCallbackGenericService(&service);
    builder.SetMaxReceiveMessageSize(static_cast<int>(kMessageBytesMax));
    server = builder.BuildAndStart();
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(static_cast<int>(kMessageBytesMax));
    stub = std::make_unique<grpc::GenericStub>(grpc::CreateCustomChannel(
        absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials(),
        arguments));
  }

  const std::vector<char> request;
  Service service;
  std::unique_ptr<grpc::Server> server;
  std::unique_ptr<grpc::GenericStub> stub;
};

ByteCeiling::ByteCeiling(std::size_t request_bytes, std::size_t reply_bytes)
    : state_(std::make_unique<State>(request_bytes, reply_bytes)) {}

ByteCeiling::~ByteCeiling() { state_->server->Shutdown(); }

absl::Status ByteCeiling::Call() {
  const grpc::ByteBuffer request = StaticBytes(state_->request);
  grpc::ByteBuffer reply;
  grpc::ClientContext context;
  absl::Notification done;
  grpc::Status status;
  state_->stub->UnaryCall(&context, kMethod, grpc::StubOptions(), &request,
                          &reply, [&](grpc::Status finished) {
                            status = std::move(finished);
                            done.Notify();
                          });
  done.WaitForNotification();
  return wire::FromGrpcStatus(status);
}

}  // namespace rowhouse::bench
