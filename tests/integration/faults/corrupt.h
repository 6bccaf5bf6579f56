// Files of a server that is down are damaged; it must refuse, or serve what is
// right.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_CORRUPT_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_CORRUPT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/integration/faults/setup.h"

namespace rowhouse::faults {

struct CorruptOptions {
  Setup setup;
  int trials = 200;
};

struct CorruptResult {
  int trials = 0;
  int refused = 0;   // by an error, before or instead of serving
  int named = 0;     // of these: the error names the damaged file
  int harmless = 0;  // served, every row right
  std::uint64_t wrong_rows = 0;
  int crashes = 0;                   // ended by a signal
  int aborts = 0;                    // of these: by an assertion of RocksDB
  int hung = 0;                      // neither serves nor ends
  std::map<std::string, int> kinds;  // trials by kind of file
  // What went wrong, or was not named, a line each; for a person.
  std::vector<std::string> notes;
};

absl::StatusOr<CorruptResult> RunCorruptions(const CorruptOptions& options);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_CORRUPT_H_
