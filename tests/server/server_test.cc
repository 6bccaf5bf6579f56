#include "server/server.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/descriptor_database.h>
#include <google/protobuf/message.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/limits.h"
#include "grpc/health/v1/health.pb.h"
#include "proto/wire/status.h"
#include "tests/server/memory_server.h"
#include "tests/server/running_server.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::server {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

class ServerTest : public RunningServer {
 protected:
  Options OtherOptions() const {
    Options options = ServerOptions();
    options.data_dir = directory().File("other");
    return options;
  }
};

TEST_F(ServerTest, ListensAtAFreePortAndSaysWhich) {
  absl::string_view port = server().address();
  ASSERT_TRUE(absl::ConsumePrefix(&port, "127.0.0.1:"));
  EXPECT_NE(port, "0");
  v1::GetShardInfoResponse info;
  grpc::ClientContext context;
  EXPECT_TRUE(admin().GetShardInfo(&context, {}, &info).ok());
}

TEST_F(ServerTest, ListensAtASocketFile) {
  Options options = OtherOptions();
  options.listen = "unix:" + directory().File("socket");
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto other, Server::Start(options));
  EXPECT_EQ(other->address(), options.listen);
  const auto channel = ChannelTo(other->address());
  ROWHOUSE_EXPECT_OK(
      CallBytes(*channel, "/rowhouse.v1.AdminService/ListTables", ""));
  Options third = options;
  third.data_dir = directory().File("third");
  EXPECT_THAT(Server::Start(third),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("Address already in use")));
  EXPECT_FALSE(std::filesystem::exists(third.data_dir));
}

TEST_F(ServerTest, TwoServersDoNotShareAPort) {
  Options options = OtherOptions();
  options.listen = server().address();
  EXPECT_THAT(Server::Start(options),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       absl::StrCat("cannot listen at ", server().address(),
                                    ": Address already in use")));
  EXPECT_FALSE(std::filesystem::exists(options.data_dir));
}

TEST_F(ServerTest, TwoServersDoNotShareADataDirectory) {
  EXPECT_THAT(Server::Start(ServerOptions()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr(ServerOptions().data_dir)));
  v1::GetShardInfoResponse info;  // the first one does not mind
  grpc::ClientContext context;
  EXPECT_TRUE(admin().GetShardInfo(&context, {}, &info).ok());
}

TEST_F(ServerTest, AnotherShardsDataDirectoryIsRefused) {
  ROWHOUSE_ASSERT_OK(Drain());
  Options options = ServerOptions();
  options.shard_index = 1;
  options.shard_count = 4;
  EXPECT_THAT(
      Server::Start(options),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               ::testing::AllOf(HasSubstr("0 of 1"), HasSubstr("1 of 4"))));
  Restart();  // the right one still may
}

TEST_F(ServerTest, FlagsThatMakeNoSenseAreRefused) {
  Options options = OtherOptions();
  options.shard_index = 4;
  options.shard_count = 4;
  EXPECT_THAT(Server::Start(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "--shard-index 4: must be below --shard-count 4"));
  options = OtherOptions();
  options.lanes = 3;
  EXPECT_THAT(Server::Start(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("3 lanes, expected a power of two")));
  EXPECT_FALSE(std::filesystem::exists(options.data_dir));
}

TEST_F(ServerTest, HealthIsTold) {
  for (const std::string service :
       {"", "rowhouse.v1.EmbeddingService", "rowhouse.v1.AdminService"}) {
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        const std::string bytes,
        CallBytes(channel(), "/grpc.health.v1.Health/Check",
                  request.SerializeAsString()));
    grpc::health::v1::HealthCheckResponse response;
    ASSERT_TRUE(response.ParseFromString(bytes));
    EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING)
        << service;
  }
  EXPECT_THAT(CallBytes(channel(), "/grpc.health.v1.Health/Check", "\x0a\x01x"),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ServerTest, ADrainedServerIsGoneAndItsRowsAreNot) {
  CreateCounters("t");
  PushHeader header;
  header.map_version = 1;
  header.session = OpenSession();
  const std::vector<Id> ids = {7};
  ROWHOUSE_ASSERT_OK(Count(header, "t", ids));
  ROWHOUSE_ASSERT_OK(Drain());
  ROWHOUSE_EXPECT_OK(Drain());
  EXPECT_THAT(Count(header, "t", ids),
              StatusIs(absl::StatusCode::kUnavailable));
  Restart();
  EXPECT_THAT(Counts("t", ids), ::testing::ElementsAre(1));
}

// What HTTP/2 tells every peer that connects, by the number of the setting.
std::map<int, std::uint32_t> SettingsOf(const std::string& socket_path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  socket_path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address),
                      sizeof(address)),
            0);
  const std::string hello("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
                          24 + 9);
  EXPECT_EQ(::write(fd, hello.data(), hello.size()),
            static_cast<ssize_t>(hello.size()));
  const auto read = [&](std::size_t count) {
    std::vector<unsigned char> bytes(count);
    EXPECT_EQ(::recv(fd, bytes.data(), count, MSG_WAITALL),
              static_cast<ssize_t>(count));
    return bytes;
  };
  const auto head = read(9);
  EXPECT_EQ(head[3], 4) << "the first frame is SETTINGS";
  const auto body = read(head[0] << 16 | head[1] << 8 | head[2]);
  std::map<int, std::uint32_t> settings;
  for (std::size_t i = 0; i + 6 <= body.size(); i += 6) {
    std::uint32_t& value = settings[body[i] << 8 | body[i + 1]];
    for (int b = 2; b < 6; ++b) value = value << 8 | body[i + b];
  }
  ::close(fd);
  return settings;
}

class ServerLimitsTest : public MemoryServer {};

TEST_F(ServerLimitsTest, EveryPeerIsToldHowManyCallsAndHowMuchMetadata) {
  ROWHOUSE_ASSERT_OK(Start());
  std::map<int, std::uint32_t> settings = SettingsOf(address().substr(5));
  constexpr int kMaxConcurrentStreams = 3;  // RFC 9113, 6.5.2
  constexpr int kMaxHeaderListSize = 6;
  EXPECT_EQ(settings[kMaxConcurrentStreams], kStreamsPerConnectionMax);
  EXPECT_EQ(settings[kMaxHeaderListSize], kMetadataBytesMax);
}

TEST_F(ServerLimitsTest, MetadataWithoutEndIsRefused) {
  ROWHOUSE_ASSERT_OK(Start());
  // Each over a connection of its own: gRPC drops the one that said too much.
  const auto call = [&](std::size_t bytes) {
    grpc::ClientContext context;
    context.AddMetadata("x", std::string(bytes, 'x'));
    v1::GetShardInfoResponse info;
    return wire::FromGrpcStatus(v1::AdminService::NewStub(ChannelTo(address()))
                                    ->GetShardInfo(&context, {}, &info));
  };
  EXPECT_FALSE(call(20'000).ok());
  ROWHOUSE_EXPECT_OK(call(2'000));
}

class ServerHealthTest : public MemoryServer {
 protected:
  void ExpectHealth(Health::ServingStatus rows, Health::ServingStatus admin) {
    EXPECT_EQ(HealthOf(""), rows);
    EXPECT_EQ(HealthOf("rowhouse.v1.EmbeddingService"), rows);
    EXPECT_EQ(HealthOf("rowhouse.v1.AdminService"), admin);
  }
};

TEST_F(ServerHealthTest, AShardThatCannotWriteIsNotHealthy) {
  ROWHOUSE_ASSERT_OK(Start());
  executor().FireAll();
  ExpectHealth(Health::SERVING, Health::SERVING);
  disk().FailSync(1, absl::UnavailableError("the disk is on fire"));
  const auto channel = ChannelTo(address());
  // A session is synced before it is answered.
  EXPECT_THAT(
      CallBytes(*channel, "/rowhouse.v1.EmbeddingService/OpenSession", ""),
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr("on fire")));
  executor().FireAll();
  ExpectHealth(Health::NOT_SERVING, Health::NOT_SERVING);
  // From here on there is no other answer, and no clean end.
  EXPECT_THAT(CallBytes(*channel, "/rowhouse.v1.EmbeddingService/Lookup", ""),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("on fire")));
  EXPECT_FALSE(server().Drain().ok());
}

TEST_F(ServerHealthTest, AShardThatIsBeingRestoredIsNotHealthyUntilItIsOver) {
  ROWHOUSE_ASSERT_OK(Start());
  const auto stub = v1::AdminService::NewStub(ChannelTo(address()));
  const auto checkpoint = [&](v1::CreateCheckpointRequest::Stage stage,
                              const v1::ShardCheckpoint* part) {
    v1::CreateCheckpointRequest request;
    request.set_name("c");
    request.set_stage(stage);
    if (part != nullptr) *request.add_shards() = *part;
    v1::CreateCheckpointResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(stub->CreateCheckpoint(&context, request, &response).ok());
    return response;
  };
  checkpoint(v1::CreateCheckpointRequest::STAGE_OPEN, nullptr);
  const v1::ShardCheckpoint part =
      checkpoint(v1::CreateCheckpointRequest::STAGE_CLOSE, nullptr).shard();
  checkpoint(v1::CreateCheckpointRequest::STAGE_COMMIT, &part);
  const auto restore = [&](v1::RestoreCheckpointRequest::Stage stage) {
    v1::RestoreCheckpointRequest request;
    request.set_name("c");
    request.set_stage(stage);
    request.set_restore_id(7);
    v1::RestoreCheckpointResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(stub->RestoreCheckpoint(&context, request, &response).ok());
    executor().FireAll();
  };
  executor().FireAll();
  ExpectHealth(Health::SERVING, Health::SERVING);
  restore(v1::RestoreCheckpointRequest::STAGE_BEGIN);
  // Whoever ends the restore must still be let in.
  ExpectHealth(Health::NOT_SERVING, Health::SERVING);
  restore(v1::RestoreCheckpointRequest::STAGE_FINISH);
  ExpectHealth(Health::SERVING, Health::SERVING);
}

TEST_F(ServerHealthTest, WhileTheShardIsOpenedCallsAreToldThatItStarts) {
  int asked = 0;
  OnStep([&](const std::string& path) {
    if (path != "/data/WATERMARKS" || ++asked > 1) return;
    ExpectHealth(Health::NOT_SERVING, Health::NOT_SERVING);
    const auto channel = ChannelTo(address());
    for (const std::string method :
         {"EmbeddingService/Lookup", "EmbeddingService/Push",
          "EmbeddingService/OpenSession", "AdminService/GetShardInfo"}) {
      EXPECT_THAT(CallBytes(*channel, "/rowhouse.v1." + method, ""),
                  StatusIs(absl::StatusCode::kUnavailable,
                           HasSubstr("the server is starting")))
          << method;
    }
  });
  ROWHOUSE_ASSERT_OK(Start());
  OnStep(nullptr);
  EXPECT_GT(asked, 0) << "the step that the test waits for did not come";
  ExpectHealth(Health::SERVING, Health::SERVING);
  const auto channel = ChannelTo(address());
  ROWHOUSE_EXPECT_OK(
      CallBytes(*channel, "/rowhouse.v1.EmbeddingService/OpenSession", ""));
}

TEST_F(ServerHealthTest, AShardThatCannotBeOpenedLeavesNobodyListening) {
  OnStep([&](const std::string& path) {
    if (path == "/data/LOCK") disk().FailSync(1, absl::DataLossError("bad"));
  });
  EXPECT_FALSE(Start().ok());
  const auto channel = ChannelTo(address());
  EXPECT_THAT(
      CallBytes(*channel, "/rowhouse.v1.EmbeddingService/OpenSession", ""),
      StatusIs(absl::StatusCode::kUnavailable,
               ::testing::Not(HasSubstr("starting"))));
}

// Pushes from several threads until the server is gone. Whatever was
// acknowledged is there after a new start; of each thread at most the one push
// that got no answer may be there too.
class DrainTest : public RunningServer,
                  public ::testing::WithParamInterface<absl::Duration> {
 protected:
  Options ServerOptions() const override {
    Options options = RunningServer::ServerOptions();
    options.drain_timeout = GetParam();
    return options;
  }
};

TEST_P(DrainTest, CallsUnderWayAreFinishedOrNeverHappened) {
  constexpr int kThreads = 6;
  CreateCounters("t");
  std::vector<std::uint64_t> acknowledged(kThreads, 0);
  std::atomic<int> pushes{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      PushHeader header;
      header.map_version = 1;
      header.session = OpenSession();
      header.durability = Durability::kPower;
      const std::vector<Id> ids = {static_cast<Id>(i)};
      while (Count(header, "t", ids).ok()) {
        header.lowest_unacknowledged = ++header.sequence;
        ++acknowledged[i];
        ++pushes;
        pushes.notify_one();
      }
    });
  }
  for (int seen = 0; seen < 3 * kThreads; seen = pushes) pushes.wait(seen);
  ROWHOUSE_ASSERT_OK(Drain());
  for (std::thread& thread : threads) thread.join();
  Restart();
  const std::vector<float> counts = Counts("t", {0, 1, 2, 3, 4, 5});
  ASSERT_EQ(counts.size(), static_cast<std::size_t>(kThreads));
  for (int i = 0; i < kThreads; ++i) {
    EXPECT_GE(counts[i], acknowledged[i]);
    EXPECT_LE(counts[i], acknowledged[i] + 1);
  }
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutTime, DrainTest,
                         ::testing::Values(absl::Seconds(60),
                                           absl::ZeroDuration()));

// A client that has nothing but reflection. The messages of the protocol are
// in gRPC's library, their header is not installed.
class ReflectionTest : public RunningServer {
 protected:
  using Message = google::protobuf::Message;

  static std::unique_ptr<Message> NewMessage(const std::string& name) {
    const auto* descriptor =
        google::protobuf::DescriptorPool::generated_pool()
            ->FindMessageTypeByName("grpc.reflection.v1alpha." + name);
    return std::unique_ptr<Message>(
        google::protobuf::MessageFactory::generated_factory()
            ->GetPrototype(descriptor)
            ->New());
  }

  // The answer to a request whose field `field` is `text`.
  std::unique_ptr<Message> Ask(const std::string& field,
                               const std::string& text) {
    const auto request = NewMessage("ServerReflectionRequest");
    request->GetReflection()->SetString(
        request.get(), request->GetDescriptor()->FindFieldByName(field), text);
    const auto bytes = CallBytes(
        channel(),
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        request->SerializeAsString());
    EXPECT_THAT(bytes, IsOk());
    auto response = NewMessage("ServerReflectionResponse");
    EXPECT_TRUE(bytes.ok() && response->ParseFromString(*bytes));
    return response;
  }

  static const Message& Inner(const Message& message,
                              const std::string& field) {
    return message.GetReflection()->GetMessage(
        message, message.GetDescriptor()->FindFieldByName(field));
  }

  std::vector<std::string> Services() {
    const auto response = Ask("list_services", "");
    const Message& list = Inner(*response, "list_services_response");
    const auto* field = list.GetDescriptor()->FindFieldByName("service");
    std::vector<std::string> names;
    for (int i = 0; i < list.GetReflection()->FieldSize(list, field); ++i) {
      const Message& service =
          list.GetReflection()->GetRepeatedMessage(list, field, i);
      names.push_back(service.GetReflection()->GetString(
          service, service.GetDescriptor()->FindFieldByName("name")));
    }
    return names;
  }

  // Adds the file that declares `symbol` and all that it imports to `database`.
  void Fetch(const std::string& field, const std::string& name,
             google::protobuf::SimpleDescriptorDatabase& database) {
    const auto response = Ask(field, name);
    const Message& files = Inner(*response, "file_descriptor_response");
    const auto* bytes =
        files.GetDescriptor()->FindFieldByName("file_descriptor_proto");
    const int count = files.GetReflection()->FieldSize(files, bytes);
    EXPECT_GT(count, 0) << name;
    for (int i = 0; i < count; ++i) {
      google::protobuf::FileDescriptorProto file;
      ASSERT_TRUE(file.ParseFromString(
          files.GetReflection()->GetRepeatedString(files, bytes, i)));
      google::protobuf::FileDescriptorProto known;
      if (database.FindFileByName(file.name(), &known)) continue;
      database.Add(file);
      for (const std::string& import : file.dependency()) {
        if (!database.FindFileByName(import, &known)) {
          Fetch("file_by_filename", import, database);
        }
      }
    }
  }
};

TEST_F(ReflectionTest, ListsEveryService) {
  EXPECT_THAT(Services(),
              IsSupersetOf({"rowhouse.v1.EmbeddingService",
                            "rowhouse.v1.AdminService", "grpc.health.v1.Health",
                            "grpc.reflection.v1alpha.ServerReflection"}));
}

TEST_F(ReflectionTest, DescribesEveryMethodOfEveryService) {
  google::protobuf::SimpleDescriptorDatabase database;
  for (const std::string& name : Services()) {
    Fetch("file_containing_symbol", name, database);
  }
  // A pool of its own: only what came over the wire is in it.
  const google::protobuf::DescriptorPool pool(&database);
  std::vector<std::string> methods;
  for (const std::string& name : Services()) {
    const auto* service = pool.FindServiceByName(name);
    ASSERT_NE(service, nullptr) << name;
    EXPECT_GT(service->method_count(), 0) << name;
    for (int i = 0; i < service->method_count(); ++i) {
      methods.push_back(service->method(i)->full_name());
      EXPECT_NE(service->method(i)->input_type(), nullptr);
      EXPECT_NE(service->method(i)->output_type(), nullptr);
    }
  }
  EXPECT_THAT(methods,
              IsSupersetOf({"rowhouse.v1.EmbeddingService.OpenSession",
                            "rowhouse.v1.EmbeddingService.Lookup",
                            "rowhouse.v1.EmbeddingService.Push",
                            "rowhouse.v1.EmbeddingService.ReadRows",
                            "rowhouse.v1.EmbeddingService.WriteRows",
                            "rowhouse.v1.AdminService.CreateTable",
                            "rowhouse.v1.AdminService.DescribeTable",
                            "rowhouse.v1.AdminService.ListTables",
                            "rowhouse.v1.AdminService.DropTable",
                            "rowhouse.v1.AdminService.CreateCheckpoint",
                            "rowhouse.v1.AdminService.RestoreCheckpoint",
                            "rowhouse.v1.AdminService.ListCheckpoints",
                            "rowhouse.v1.AdminService.GetShardInfo",
                            "grpc.health.v1.Health.Check"}));
  // The raw methods look like any other: their fields have names.
  EXPECT_NE(pool.FindMessageTypeByName("rowhouse.v1.LookupInput")
                ->FindFieldByName("row_splits"),
            nullptr);
}

}  // namespace
}  // namespace rowhouse::server
