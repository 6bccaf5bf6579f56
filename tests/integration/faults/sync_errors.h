// A disk that fails to sync, once, at the n-th time: the server must stop, and
// what it had acknowledged must be there when it starts again.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_SYNC_ERRORS_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_SYNC_ERRORS_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/integration/faults/setup.h"
#include "tests/integration/faults/workload.h"

namespace rowhouse::faults {

struct SyncErrorOptions {
  Setup setup;
  int trials = 20;  // EIO at the first, second, ... sync of a run
};

struct SyncErrorResult {
  int trials = 0;
  bool power_cut = false;  // after each, so that what was not synced is gone
  int of_journal = 0;      // trials in which the journal's sync failed
  int stopped = 0;         // of these: the server served no more in a second
  absl::Duration slowest_stop;
  // Of these: the server was started again before the power was cut, so that
  // pushes whose sync had failed were sent again and acknowledged.
  int restarted = 0;
  int exit_status = -1;              // of the first process that stopped so
  std::map<std::string, int> files;  // trials by what was synced
  Workload::Verdict verdict;
};

absl::StatusOr<SyncErrorResult> RunSyncErrors(const SyncErrorOptions& options);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_SYNC_ERRORS_H_
