// The program: flags, environment and file, exit status, signals, standard
// output. ROWHOUSE_SERVER_BINARY is the path of rowhouse-server.
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "grpc/health/v1/health.pb.h"
#include "tests/server/running_server.h"
#include "tests/testing/server_process.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Ended {
  int status = -1;
  std::string out;
  std::string err;
};

std::string Content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class MainTest : public ::testing::Test {
 protected:
  // Runs the program to its end by a shell, `environment` being assignments.
  Ended Run(const std::string& arguments, const std::string& environment = "") {
    Ended ended;
    const std::string err = directory_.File("stderr");
    const std::string command =
        absl::StrCat("env ", environment, " ", ROWHOUSE_SERVER_BINARY, " ",
                     arguments, " 2>", err);
    FILE* pipe = ::popen(command.c_str(), "r");
    char buffer[4096];
    for (std::size_t got; (got = fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
      ended.out.append(buffer, got);
    }
    const int status = ::pclose(pipe);
    ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    ended.err = Content(err);
    return ended;
  }

  std::string WriteFile(const std::string& name, const std::string& content) {
    const std::string path = directory_.File(name);
    std::ofstream(path) << content;
    return path;
  }

  ServerProcess::Options ProcessOptions() const {
    ServerProcess::Options options;
    options.binary = ROWHOUSE_SERVER_BINARY;
    options.data_dir = directory_.File("data");
    options.log_path = directory_.File("log");
    return options;
  }

  const TempDir directory_;
};

TEST_F(MainTest, SaysWhatItIs) {
  const Ended version = Run("--version");
  EXPECT_EQ(version.status, 0);
  EXPECT_THAT(version.out,
              AllOf(StartsWith("rowhouse-server "), HasSubstr("(commit "),
                    HasSubstr("data directory format 1\n"),
                    HasSubstr("protocol rowhouse.v1\n")));
  const Ended help = Run("--help");
  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.out, AllOf(HasSubstr("--drain-timeout"),
                              HasSubstr("ROWHOUSE_DATA_DIR")));
}

TEST_F(MainTest, FlagsThatMakeNoSenseEndWithStatus2) {
  const std::string data = " --data-dir " + directory_.File("data");
  struct Case {
    std::string arguments;
    std::string says;
  };
  for (const Case& c : {
           Case{"", "--data-dir: missing"},
           Case{"--shard-index 4 --shard-count 4" + data,
                "--shard-index 4: must be below --shard-count 4"},
           Case{"--shard-index -1" + data, "--shard-index"},
           Case{"--shard-count many" + data, "--shard-count"},
           Case{"--listen 0.0.0.0:0" + data, "--allow-remote permits it"},
           Case{"--listen 127.0.0.1:70000" + data, "port '70000'"},
           Case{"--lanes 3" + data, "3 lanes, expected a power of two"},
           Case{"--threads 1000" + data, "--threads 1000: at most 256"},
           Case{"--drain-timeout soon" + data, "--drain-timeout soon"},
           Case{"--log-format xml" + data, "xml"},
           Case{"--log-level loud" + data, "loud"},
           Case{"--no-such-flag" + data, "--no-such-flag"},
           Case{"stray" + data, "stray"},
           Case{"--config /no/such/file" + data, "/no/such/file"},
       }) {
    const Ended ended = Run(c.arguments);
    EXPECT_EQ(ended.status, 2) << c.arguments;
    EXPECT_EQ(ended.out, "") << c.arguments;
    EXPECT_THAT(ended.err,
                AllOf(StartsWith("rowhouse-server: "), HasSubstr(c.says)))
        << c.arguments;
  }
}

TEST_F(MainTest, AFlagWinsOverTheEnvironmentAndThatOverTheFile) {
  const std::string file = WriteFile("config.toml",
                                     "listen = \"127.0.0.1:1\"\n"
                                     "data-dir = \"/from/file\"\n"
                                     "lanes = 2\n"
                                     "allow-remote = true\n"
                                     "log-level = \"error\"\n");
  const Ended ended =
      Run("--print-config --listen 127.0.0.1:3 --config " + file,
          "ROWHOUSE_LISTEN=127.0.0.1:2 ROWHOUSE_DATA_DIR=/from/environment "
          "ROWHOUSE_DRAIN_TIMEOUT=3s");
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_THAT(
      ended.out,
      AllOf(HasSubstr("listen=\"127.0.0.1:3\"\n"),
            HasSubstr("data-dir=\"/from/environment\"\n"),
            HasSubstr("drain-timeout=\"3s\"\n"), HasSubstr("lanes=2\n"),
            HasSubstr("log-level=\"error\"\n"),
            HasSubstr("allow-remote=true\n"), HasSubstr("shard-count=1\n")));
  // What it prints is such a file again.
  const std::string again = WriteFile("again.toml", ended.out);
  EXPECT_EQ(Run("--print-config --config " + again).out, ended.out);
  // The file's name may come from the environment too.
  EXPECT_EQ(Run("--print-config", "ROWHOUSE_CONFIG=" + again).out, ended.out);
}

TEST_F(MainTest, AFileWithAnUnknownKeyIsRefused) {
  struct Case {
    std::string content;
    std::string says;
  };
  for (const Case& c : {
           Case{"data-dir = \"/d\"\nshards = 4\n", "'shards'"},
           Case{"[server]\ndata-dir = \"/d\"\n", "server"},
           Case{"print-config = true\n", "'print-config'"},
           Case{"config = \"/other\"\n", "'config'"},
           Case{"data-dir = \"/d\"\nlanes = \"x\"\n", "x"},
       }) {
    const std::string path = WriteFile("bad.toml", c.content);
    const Ended ended = Run("--print-config --config " + path);
    EXPECT_EQ(ended.status, 2) << c.content << ended.out;
    EXPECT_THAT(ended.err, HasSubstr(c.says));
  }
}

TEST_F(MainTest, ServesAndEndsOnASignal) {
  ServerProcess::Options options = ProcessOptions();
  options.more_flags = {"--log-format", "json"};
  ServerProcess process(options);
  ROWHOUSE_ASSERT_OK(process.Start());
  // The channel is gone before the signal: one that nobody polls would answer
  // the server's farewell only seconds later.
  ROWHOUSE_EXPECT_OK(CallBytes(*ChannelTo(process.address()),
                               "/rowhouse.v1.AdminService/GetShardInfo", ""));
  EXPECT_THAT(process.Terminate(), IsOkAndHolds(0));
  // Every log line is an object with a time, a level and an event.
  std::vector<std::string> events;
  for (const absl::string_view line :
       absl::StrSplit(Content(options.log_path), '\n', absl::SkipEmpty())) {
    const auto json =
        nlohmann::json::parse(line.begin(), line.end(), nullptr, false);
    ASSERT_TRUE(json.is_object()) << line;
    EXPECT_TRUE(json.contains("ts") && json.contains("level")) << line;
    events.push_back(json.value("event", ""));
  }
  EXPECT_THAT(events,
              ::testing::IsSupersetOf({"serving", "draining", "stopped"}));
}

TEST_F(MainTest, StandardOutputIsOneLine) {
  // Ended from inside the shell, so that all of standard output is seen.
  const std::string out = directory_.File("stdout");
  const std::string script = absl::StrCat(
      "'", ROWHOUSE_SERVER_BINARY, " --listen unix:", directory_.File("s"),
      " --data-dir ", directory_.File("data"), " >", out, " & ",
      "while ! grep -q listening ", out, " 2>/dev/null; do :; done; ",
      "kill -TERM $!; wait $!'");
  FILE* pipe = ::popen(("sh -c " + script + " 2>/dev/null").c_str(), "r");
  EXPECT_EQ(::pclose(pipe), 0);
  EXPECT_EQ(Content(out),
            absl::StrCat("listening unix:", directory_.File("s"), "\n"));
}

TEST_F(MainTest, WhatCannotServeEndsWithStatus1) {
  ServerProcess process(ProcessOptions());
  ROWHOUSE_ASSERT_OK(process.Start());
  const std::string data = " --data-dir " + ProcessOptions().data_dir;
  const Ended in_use = Run("--listen 127.0.0.1:0" + data);
  EXPECT_EQ(in_use.status, 1);
  EXPECT_EQ(in_use.out, "");
  EXPECT_THAT(in_use.err, AllOf(HasSubstr("start_failed"),
                                HasSubstr(ProcessOptions().data_dir)));
  const Ended same_port =
      Run(absl::StrCat("--listen ", process.address(), " --data-dir ",
                       directory_.File("other")));
  EXPECT_EQ(same_port.status, 1);
  EXPECT_THAT(same_port.err, HasSubstr("Address already in use"));
  EXPECT_THAT(process.Terminate(), IsOkAndHolds(0));
  const Ended other_shard =
      Run("--listen 127.0.0.1:0 --shard-index 1 --shard-count 4" + data);
  EXPECT_EQ(other_shard.status, 1);
  EXPECT_THAT(other_shard.err, HasSubstr("0 of 1"));
}

TEST_F(MainTest, ADirectoryThatCannotBeMadeEndsItAtTheStart) {
  const std::string data = directory_.File("data");
  for (const std::string& flags :
       {absl::StrCat("--data-dir /proc/nope"),
        absl::StrCat("--data-dir ", data, " --checkpoint-dir /proc/nope")}) {
    // Else one that starts after all would hold the test up.
    const Ended ended = Run("--listen 127.0.0.1:0 " + flags, "timeout 30");
    EXPECT_EQ(ended.status, 1) << flags;
    EXPECT_EQ(ended.out, "") << flags;
    EXPECT_THAT(ended.err, AllOf(HasSubstr("start_failed"),
                                 HasSubstr("FAILED_PRECONDITION: mkdir "
                                           "/proc/nope: No such file")));
    EXPECT_THAT(ended.err, Not(HasSubstr("draining")));
  }
}

// A call that never ends by itself holds a drain up until its timeout; a second
// signal does not wait for that.
TEST_F(MainTest, ASecondSignalEndsItAtOnce) {
  ServerProcess::Options options = ProcessOptions();
  options.more_flags = {"--drain-timeout", "1h"};
  ServerProcess process(options);
  ROWHOUSE_ASSERT_OK(process.Start());
  grpc::GenericStub stub(ChannelTo(process.address()));
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto watch =
      stub.PrepareCall(&context, "/grpc.health.v1.Health/Watch", &queue);
  const auto wait = [&] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const auto next_status = [&] {
    grpc::ByteBuffer bytes;
    watch->Read(&bytes, nullptr);
    EXPECT_TRUE(wait());
    grpc::health::v1::HealthCheckResponse response;
    grpc::Slice slice;
    EXPECT_TRUE(bytes.DumpToSingleSlice(&slice).ok());
    EXPECT_TRUE(
        response.ParseFromArray(slice.begin(), static_cast<int>(slice.size())));
    return response.status();
  };
  watch->StartCall(nullptr);
  ASSERT_TRUE(wait());
  const grpc::Slice no_bytes;
  watch->Write(grpc::ByteBuffer(&no_bytes, 1), nullptr);
  ASSERT_TRUE(wait());
  EXPECT_EQ(next_status(), grpc::health::v1::HealthCheckResponse::SERVING);
  ASSERT_EQ(::kill(process.pid(), SIGTERM), 0);
  EXPECT_EQ(next_status(), grpc::health::v1::HealthCheckResponse::NOT_SERVING);
  EXPECT_THAT(process.Terminate(), IsOkAndHolds(128 + SIGTERM));
  grpc::Status status;
  watch->Finish(&status, nullptr);
  wait();
}

}  // namespace
}  // namespace rowhouse::server
