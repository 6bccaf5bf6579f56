#include "tests/testing/server_process.h"

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

namespace rowhouse {
namespace {

constexpr char kServing[] = "listening ";

// Runs in the child between fork and exec: system calls only.
[[noreturn]] void Execute(char* const* argv, char* const* environment,
                          int stdout_fd, const char* log_path) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // never outlive the test
  dup2(stdout_fd, STDOUT_FILENO);
  const int log =
      open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log >= 0) dup2(log, STDERR_FILENO);
  execve(argv[0], argv, environment);
  _exit(127);
}

// For exec: ends with a null, valid as long as `words`.
std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

ServerProcess::ServerProcess(Options options) : options_(std::move(options)) {}

ServerProcess::~ServerProcess() { Kill(); }

std::vector<std::string> ServerProcess::Arguments() const {
  std::vector<std::string> arguments = {
      options_.binary,
      "--listen",
      address_.empty() ? options_.listen : address_,
      "--data-dir",
      options_.data_dir,
      "--shard-index",
      absl::StrCat(options_.shard_index),
      "--shard-count",
      absl::StrCat(options_.shard_count)};
  if (!options_.checkpoint_dir.empty()) {
    arguments.push_back("--checkpoint-dir");
    arguments.push_back(options_.checkpoint_dir);
  }
  arguments.insert(arguments.end(), options_.more_flags.begin(),
                   options_.more_flags.end());
  arguments.insert(arguments.begin(), options_.prefix.begin(),
                   options_.prefix.end());
  return arguments;
}

std::vector<std::string> ServerProcess::Environment() const {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    all.emplace_back(*entry);
  }
  all.insert(all.end(), options_.environment.begin(),
             options_.environment.end());
  return all;
}

absl::Status ServerProcess::Spawn() {
  if (running()) return absl::FailedPreconditionError("already running");
  std::vector<std::string> arguments = Arguments();
  std::vector<std::string> environment = Environment();
  const std::vector<char*> argv = Pointers(arguments);
  const std::vector<char*> envp = Pointers(environment);
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) != 0) {
    return absl::UnavailableError(absl::StrCat("pipe: ", strerror(errno)));
  }
  const std::string log =
      options_.log_path.empty() ? "/dev/null" : options_.log_path;
  const pid_t pid = fork();
  if (pid == 0) Execute(argv.data(), envp.data(), fds[1], log.c_str());
  close(fds[1]);
  if (pid < 0) {
    close(fds[0]);
    return absl::UnavailableError(absl::StrCat("fork: ", strerror(errno)));
  }
  pid_ = pid;
  stdout_fd_ = fds[0];
  return absl::OkStatus();
}

absl::Status ServerProcess::WaitUntilServing(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  std::string line;
  while (!absl::StrContains(line, '\n')) {
    const auto left_ms = absl::ToInt64Milliseconds(deadline - absl::Now());
    pollfd waiting = {stdout_fd_, POLLIN, 0};
    if (left_ms <= 0 || poll(&waiting, 1, static_cast<int>(left_ms)) == 0) {
      return absl::DeadlineExceededError(
          absl::StrCat(options_.binary, " does not serve after ",
                       absl::FormatDuration(timeout)));
    }
    char buffer[256];
    const ssize_t got = read(stdout_fd_, buffer, sizeof buffer);
    if (got <= 0) {
      const absl::StatusOr<int> status = Wait(absl::Seconds(10));
      return absl::UnavailableError(
          absl::StrCat(options_.binary, " ended before it served, status ",
                       status.ok() ? absl::StrCat(*status) : "unknown",
                       "; its log: ", options_.log_path));
    }
    line.append(buffer, static_cast<std::size_t>(got));
  }
  line.resize(line.find('\n'));
  absl::string_view address = line;
  if (!absl::ConsumePrefix(&address, kServing)) {
    return absl::InternalError(absl::StrCat("first line is '", line, "'"));
  }
  address_ = std::string(address);
  return absl::OkStatus();
}

absl::Status ServerProcess::Start() {
  if (absl::Status status = Spawn(); !status.ok()) return status;
  return WaitUntilServing();
}

absl::StatusOr<int> ServerProcess::Wait(absl::Duration timeout) {
  if (!running()) return absl::FailedPreconditionError("not running");
  const absl::Time deadline = absl::Now() + timeout;
  int status = 0;
  while (true) {
    const pid_t pid = waitpid(pid_, &status, WNOHANG);
    if (pid == pid_) break;
    if (pid < 0) return absl::InternalError(strerror(errno));
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError(
          absl::StrCat("process ", pid_, " does not end"));
    }
    absl::SleepFor(absl::Milliseconds(2));
  }
  pid_ = 0;
  close(stdout_fd_);
  stdout_fd_ = -1;
  last_status_ =
      WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return last_status_;
}

void ServerProcess::Kill() {
  if (!running()) return;
  kill(pid_, SIGKILL);
  Wait(absl::Seconds(30)).IgnoreError();
}

absl::StatusOr<int> ServerProcess::Terminate(absl::Duration timeout) {
  if (!running()) return absl::FailedPreconditionError("not running");
  kill(pid_, SIGTERM);
  return Wait(timeout);
}

std::vector<ServerProcess::Options> ClusterOptions(const std::string& binary,
                                                   const std::string& directory,
                                                   int shard_count) {
  std::vector<ServerProcess::Options> all;
  for (int i = 0; i < shard_count; ++i) {
    ServerProcess::Options options;
    options.binary = binary;
    options.data_dir = absl::StrCat(directory, "/shard-", i);
    options.checkpoint_dir = absl::StrCat(directory, "/checkpoints");
    options.log_path = absl::StrCat(directory, "/shard-", i, ".log");
    options.shard_index = i;
    options.shard_count = shard_count;
    all.push_back(std::move(options));
  }
  return all;
}

std::string AddressList(const std::vector<const ServerProcess*>& servers) {
  return absl::StrJoin(servers, ",",
                       [](std::string* out, const ServerProcess* server) {
                         absl::StrAppend(out, server->address());
                       });
}

}  // namespace rowhouse
