// SIGSTOP, and certainty that it has come to every thread.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_FREEZE_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_FREEZE_H_

#include <sys/types.h>

#include "absl/status/status.h"

namespace rowhouse::faults {

// Returns when no thread of the process will do anything of its own any more:
// it is stopped, or in a system call behind which it stops. A call that was
// under way may still end, but nobody hears of it. OK for a process that has
// ended.
absl::Status Freeze(pid_t pid);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_FREEZE_H_
