#include "tests/integration/faults/freeze.h"

#include <signal.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace rowhouse::faults {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(10);

// The letter of /proc/PID/task/TID/stat, behind the name in brackets; a thread
// that is gone counts as dead.
char StateOf(const std::filesystem::path& task) {
  std::ifstream in(task / "stat");
  std::string line;
  std::getline(in, line);
  const std::size_t end = line.rfind(')');
  return end == std::string::npos || end + 2 >= line.size() ? 'X'
                                                            : line[end + 2];
}

// Stopped, waiting for a device, or dead.
bool StandsStill(char state) {
  return state == 'T' || state == 't' || state == 'D' || state == 'Z' ||
         state == 'X';
}

bool AllStandStill(pid_t pid) {
  std::error_code gone;
  const std::filesystem::directory_iterator tasks(
      absl::StrCat("/proc/", pid, "/task"), gone);
  if (gone) return true;
  for (const auto& task : tasks) {
    if (!StandsStill(StateOf(task.path()))) return false;
  }
  return true;
}

}  // namespace

absl::Status Freeze(pid_t pid) {
  ::kill(pid, SIGSTOP);
  const absl::Time deadline = absl::Now() + kPatience;
  while (!AllStandStill(pid)) {
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError(
          absl::StrCat("process ", pid, " does not stand still"));
    }
    absl::SleepFor(absl::Microseconds(100));
  }
  return absl::OkStatus();
}

}  // namespace rowhouse::faults
