#include "examples/census/server_group.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status_macros.h"

namespace rowhouse::census {
namespace {

constexpr absl::Duration kStartTimeout = absl::Seconds(30);
constexpr absl::Duration kStopTimeout = absl::Seconds(30);
constexpr absl::Duration kStopPoll = absl::Milliseconds(10);
// Longest first line that a server may print.
constexpr std::size_t kLineBytesMax = 4096;
constexpr absl::string_view kServing = "listening ";

// Between fork and exec: system calls only.
[[noreturn]] void Execute(char* const* argv, int output, int log,
                          pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // it died before the line above
  dup2(output, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execv(argv[0], argv);
  _exit(127);
}

// Reads up to the end of the first line.
absl::StatusOr<std::string> ReadLine(int fd, absl::Time deadline) {
  std::string line;
  while (line.size() < kLineBytesMax) {
    const absl::Duration left = deadline - absl::Now();
    pollfd wait{.fd = fd, .events = POLLIN};
    const int ready = poll(&wait, 1,
                           static_cast<int>(absl::ToInt64Milliseconds(
                               std::max(left, absl::ZeroDuration()))));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return absl::UnavailableError("says nothing");
    char byte = 0;
    const ssize_t got = read(fd, &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return absl::UnavailableError("ended before it served");
    if (byte == '\n') return line;
    line += byte;
  }
  return absl::UnavailableError("says too much");
}

// True when the process has ended; its wait status is then set.
bool EndedBy(pid_t pid, absl::Time deadline, int& wait_status) {
  for (;;) {
    const pid_t ended = waitpid(pid, &wait_status, WNOHANG);
    if (ended == pid || (ended < 0 && errno == ECHILD)) return true;
    if (absl::Now() >= deadline) return false;
    absl::SleepFor(kStopPoll);
  }
}

}  // namespace

absl::StatusOr<ServerGroup> ServerGroup::Start(const std::string& binary,
                                               const std::string& directory,
                                               std::uint32_t count) {
  ServerGroup group;
  for (std::uint32_t index = 0; index < count; ++index) {
    ROWHOUSE_RETURN_IF_ERROR(group.Add(binary, directory, index, count));
  }
  return group;
}

ServerGroup::ServerGroup(ServerGroup&& other) noexcept
    : servers_(std::exchange(other.servers_, {})) {}

ServerGroup::~ServerGroup() {
  for (const Server& server : servers_) {
    kill(server.pid, SIGKILL);
    waitpid(server.pid, nullptr, 0);
    close(server.output);
  }
}

absl::Status ServerGroup::Add(const std::string& binary,
                              const std::string& directory, std::uint32_t index,
                              std::uint32_t count) {
  const std::string name = absl::StrCat(directory, "/server-", index);
  Server server{.log = absl::StrCat(name, ".log")};
  std::vector<std::string> arguments = {binary,
                                        "--listen",
                                        "127.0.0.1:0",
                                        "--data-dir",
                                        name,
                                        "--shard-index",
                                        absl::StrCat(index),
                                        "--shard-count",
                                        absl::StrCat(count)};
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const int log =
      open(server.log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  int pipe_ends[2];
  if (log < 0 || pipe2(pipe_ends, O_CLOEXEC) != 0) {
    const absl::Status status = absl::UnavailableError(
        absl::StrCat("cannot start ", name, ": ", strerror(errno)));
    if (log >= 0) close(log);
    return status;
  }
  const pid_t parent = getpid();
  server.pid = fork();
  if (server.pid == 0) Execute(argv.data(), pipe_ends[1], log, parent);
  close(log);
  close(pipe_ends[1]);
  if (server.pid < 0) {
    close(pipe_ends[0]);
    return absl::UnavailableError(absl::StrCat("fork: ", strerror(errno)));
  }
  server.output = pipe_ends[0];
  servers_.push_back(server);
  const absl::StatusOr<std::string> line =
      ReadLine(server.output, absl::Now() + kStartTimeout);
  if (!line.ok() || !absl::StartsWith(*line, kServing)) {
    return absl::UnavailableError(absl::StrCat(
        binary, " ", line.ok() ? *line : std::string(line.status().message()),
        "; see ", server.log));
  }
  servers_.back().address = std::string(absl::StripPrefix(*line, kServing));
  return absl::OkStatus();
}

std::string ServerGroup::address() const {
  return absl::StrJoin(servers_, ",", [](std::string* out, const Server& s) {
    out->append(s.address);
  });
}

absl::Status ServerGroup::Stop() {
  for (const Server& server : servers_) kill(server.pid, SIGTERM);
  const absl::Time deadline = absl::Now() + kStopTimeout;
  absl::Status status;
  for (const Server& server : std::exchange(servers_, {})) {
    int wait_status = 0;
    if (!EndedBy(server.pid, deadline, wait_status)) {
      kill(server.pid, SIGKILL);
      waitpid(server.pid, &wait_status, 0);
    }
    close(server.output);
    if (wait_status != 0) {
      status.Update(absl::InternalError(
          absl::StrCat("server at ", server.address, " ended with wait status ",
                       wait_status, "; see ", server.log)));
    }
  }
  return status;
}

}  // namespace rowhouse::census
