#include "tests/integration/faults/command.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"

namespace rowhouse::faults {
namespace {

// What a program writes is an error message; longer ones are cut.
constexpr std::size_t kOutputBytesMax = 4096;

std::string ReadAll(int fd) {
  std::string output;
  std::array<char, 512> buffer;
  ssize_t got = 0;
  while ((got = ::read(fd, buffer.data(), buffer.size())) > 0) {
    if (output.size() < kOutputBytesMax) {
      output.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }
  return output;
}

}  // namespace

absl::StatusOr<std::string> FindProgram(absl::string_view name) {
  for (const char* directory : {"/usr/sbin", "/sbin", "/usr/bin", "/bin",
                                "/usr/local/sbin", "/usr/local/bin"}) {
    std::string path = absl::StrCat(directory, "/", name);
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  return absl::NotFoundError(absl::StrCat("no program ", name));
}

absl::Status RunCommand(const std::vector<std::string>& words) {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string program,
                            FindProgram(words.front()));
  std::vector<std::string> copies = words;
  std::vector<char*> argv;
  for (std::string& word : copies) argv.push_back(word.data());
  argv.push_back(nullptr);
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) {
    return absl::UnavailableError(std::strerror(errno));
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fds[1], STDERR_FILENO);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, program.c_str(), &actions, nullptr,
                                  argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(fds[1]);
  const std::string output = error == 0 ? ReadAll(fds[0]) : "";
  ::close(fds[0]);
  int status = 0;
  if (error == 0) ::waitpid(pid, &status, 0);
  if (error == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    return absl::OkStatus();
  }
  return absl::UnavailableError(
      absl::StrCat(absl::StrJoin(words, " "), ": ",
                   error != 0 ? std::strerror(error) : output));
}

}  // namespace rowhouse::faults
