// Programs of the system that a fault run needs: mkfs.ext4, ip.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_COMMAND_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rowhouse::faults {

// The absolute path of a program in PATH or in the directories of the system's
// administrator; NOT_FOUND names it.
absl::StatusOr<std::string> FindProgram(absl::string_view name);

// Runs `words` (a program and its arguments) to its end. UNAVAILABLE with what
// it wrote when its exit status is not 0.
absl::Status RunCommand(const std::vector<std::string>& words);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_COMMAND_H_
