// What every run that breaks something needs.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_SETUP_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_SETUP_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rowhouse::faults {

struct Setup {
  std::string server_binary;
  std::string shim;       // the shared object of shim.cc
  std::string directory;  // for everything; must exist and be empty
  std::uint64_t seed = 1;
  bool progress = false;  // on standard error
};

// The same for a part of a run, in a new directory of that name below.
absl::StatusOr<Setup> SetupBelow(const Setup& setup, absl::string_view name);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_SETUP_H_
