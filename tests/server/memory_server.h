// A Server whose shard lives on a disk in memory, and whose periodic work is
// done when the test says so.
#ifndef ROWHOUSE_TESTS_SERVER_MEMORY_SERVER_H_
#define ROWHOUSE_TESTS_SERVER_MEMORY_SERVER_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "grpc/health/v1/health.pb.h"
#include "server/server.h"
#include "storage/mem_disk.h"
#include "storage/mem_row_store.h"
#include "tests/server/running_server.h"
#include "tests/storage/stepped_disk.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::server {

// Does all work in the caller's thread, periodic work when told to.
class ManualExecutor final : public Executor {
 public:
  void ForEach(std::size_t count,
               absl::FunctionRef<void(std::size_t)> fn) override {
    for (std::size_t i = 0; i < count; ++i) fn(i);
  }
  std::unique_ptr<Periodic> Every(absl::Duration,
                                  absl::AnyInvocable<void()> fn) override {
    periodic_.push_back(std::move(fn));
    return std::make_unique<Handle>();
  }
  void FireAll() {
    for (auto& fn : periodic_) fn();
  }

 private:
  class Handle final : public Periodic {
    void Hurry() override {}
  };
  std::vector<absl::AnyInvocable<void()>> periodic_;
};

// Shard 0 of 1. Its socket is known before it listens.
class MemoryServer : public ::testing::Test {
 protected:
  using Health = grpc::health::v1::HealthCheckResponse;

  absl::Status Start() {
    Options options;
    options.listen = address();
    options.data_dir = "/data";
    options.new_incarnation = 1;
    auto executor = std::make_unique<ManualExecutor>();
    executor_ = executor.get();
    const shard::Environment environment = {
        .disk = stepped_,
        .clock = clock_,
        .executor = *executor_,
        .open_row_store = [this](const std::string& path, bool read_only) {
          return storage::OpenMemRowStore(stepped_, path, read_only);
        }};
    ROWHOUSE_ASSIGN_OR_RETURN(
        server_, Server::Start(options, std::move(executor), environment));
    return absl::OkStatus();
  }

  std::string address() const { return "unix:" + directory_.File("s"); }
  storage::MemDisk& disk() { return disk_; }
  ManualExecutor& executor() { return *executor_; }
  Server& server() { return *server_; }
  // Called before each step that the shard takes on the disk, with its path. To
  // be changed while it takes none.
  void OnStep(std::function<void(const std::string&)> step) {
    step_ = std::move(step);
  }

  // Of a service, "" being the server.
  Health::ServingStatus HealthOf(const std::string& service) {
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    const auto channel = ChannelTo(address());
    const auto bytes = CallBytes(*channel, "/grpc.health.v1.Health/Check",
                                 request.SerializeAsString());
    EXPECT_THAT(bytes, IsOk());
    Health response;
    EXPECT_TRUE(bytes.ok() && response.ParseFromString(*bytes));
    return response.status();
  }

 private:
  const TempDir directory_;
  storage::MemDisk disk_;
  std::function<void(const std::string&)> step_;
  storage::SteppedDisk stepped_{disk_, [this](const std::string& path) {
                                  if (step_) step_(path);
                                }};
  FakeClock clock_;
  ManualExecutor* executor_ = nullptr;  // the server's
  std::unique_ptr<Server> server_;
};

}  // namespace rowhouse::server

#endif  // ROWHOUSE_TESTS_SERVER_MEMORY_SERVER_H_
