// A real Server in this process, on a directory of its own, and a client of its
// bytes.
#ifndef ROWHOUSE_TESTS_SERVER_RUNNING_SERVER_H_
#define ROWHOUSE_TESTS_SERVER_RUNNING_SERVER_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/requests.h"
#include "rowhouse/v1/admin_service.grpc.pb.h"
#include "rowhouse/v1/embedding_service.grpc.pb.h"
#include "server/server.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::server {

// A channel of its own connection, without gRPC's retries.
std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address);

// One call of any method with bytes for a request, in wire form. Methods that
// stream are sent one message and give one.
absl::StatusOr<std::string> CallBytes(grpc::Channel& channel,
                                      const std::string& method,
                                      absl::string_view request);

// Serves shard 0 of 1 from SetUp on; `Restart` ends it cleanly and begins anew.
class RunningServer : public ::testing::Test {
 protected:
  void SetUp() override { Start(); }

  virtual Options ServerOptions() const;
  void Start();
  absl::Status Drain() { return server_->Drain(); }
  void Restart();

  Server& server() { return *server_; }
  grpc::Channel& channel() { return *channel_; }
  v1::EmbeddingService::Stub& embedding() { return *embedding_; }
  v1::AdminService::Stub& admin() { return *admin_; }
  const TempDir& directory() const { return directory_; }

  // Table `name`, dim 2, whose weights say how often a row was pushed.
  void CreateCounters(const std::string& name);
  SessionName OpenSession();
  // Adds 1 to every weight of the ids, by the raw path.
  absl::StatusOr<PushReply> Count(const PushHeader& header,
                                  const std::string& table,
                                  absl::Span<const Id> ids);
  // The first weight of each row.
  std::vector<float> Counts(const std::string& table,
                            const std::vector<Id>& ids);

 private:
  const TempDir directory_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::EmbeddingService::Stub> embedding_;
  std::unique_ptr<v1::AdminService::Stub> admin_;
};

}  // namespace rowhouse::server

#endif  // ROWHOUSE_TESTS_SERVER_RUNNING_SERVER_H_
