#include "tests/tools/run_tool.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/testing/temp_dir.h"

namespace rowhouse::tools {
namespace {

std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

int OpenForWriting(const std::string& path) {
  return open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

// Both ends of a terminal: what is written to `child` is read from `parent`.
struct Terminal {
  int parent = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  int child = -1;

  Terminal() {
    if (grantpt(parent) != 0 || unlockpt(parent) != 0) return;
    child = open(ptsname(parent), O_RDWR | O_NOCTTY | O_CLOEXEC);
  }

  // All of it, once nobody has the other end open.
  std::string ReadAll() {
    close(child);
    std::string all;
    char piece[1024];
    for (ssize_t n; (n = read(parent, piece, sizeof(piece))) > 0;) {
      all.append(piece, static_cast<size_t>(n));
    }
    close(parent);
    return all;
  }
};

}  // namespace

ToolRun RunTool(const std::vector<std::string>& arguments,
                const ToolOptions& options) {
  const TempDir dir;
  const std::string data_path =
      options.data_path.empty() ? dir.File("data") : options.data_path;
  std::vector<std::string> words = {ROWHOUSE_TOOL};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment = options.environment;
  const std::vector<char*> argv = Pointers(words);
  const std::vector<char*> envp = Pointers(environment);
  const int data = OpenForWriting(data_path);
  Terminal terminal;
  const int talk =
      options.terminal ? terminal.child : OpenForWriting(dir.File("talk"));
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(data, STDOUT_FILENO);
    dup2(talk, STDERR_FILENO);
    execve(argv[0], argv.data(), envp.data());
    _exit(127);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  close(data);
  if (!options.terminal) close(talk);
  ToolRun run;
  if (WIFEXITED(status)) run.code = WEXITSTATUS(status);
  if (options.data_path.empty()) run.data = ReadAll(data_path);
  const std::string seen = terminal.ReadAll();
  run.talk = options.terminal ? seen : ReadAll(dir.File("talk"));
  return run;
}

nlohmann::ordered_json RunForJson(std::vector<std::string> arguments) {
  arguments.push_back("--json");
  const ToolRun run = RunTool(arguments);
  EXPECT_EQ(run.code, 0) << run.talk;
  auto json = nlohmann::ordered_json::parse(run.data, nullptr,
                                            /*allow_exceptions=*/false);
  EXPECT_FALSE(json.is_discarded()) << run.data;
  return run.code == 0 && !json.is_discarded() ? json
                                               : nlohmann::ordered_json();
}

}  // namespace rowhouse::tools
