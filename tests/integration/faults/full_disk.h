// A disk that fills up and gets room again, under a server that is pushed to.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_FULL_DISK_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_FULL_DISK_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/integration/faults/setup.h"

namespace rowhouse::faults {

struct FullDiskOptions {
  Setup setup;
  int cycles = 10;
};

struct FullDiskResult {
  int cycles = 0;
  std::uint64_t acked = 0;
  std::uint64_t lost = 0;
  std::uint64_t doubled = 0;
  std::uint64_t rejected = 0;  // pushes, RESOURCE_EXHAUSTED
  int resumed = 0;  // cycles after which pushes went on by themselves
  absl::Duration slowest_resume;
  std::uint64_t lookups = 0;
  std::uint64_t lookups_failed = 0;  // while the server was not restarted
  int killed_full = 0;               // servers killed on a full disk
  int restarted_full = 0;  // of these: that served again before there was room
};

// UNIMPLEMENTED with the reason where the machine has no loop devices.
absl::StatusOr<FullDiskResult> RunFullDisk(const FullDiskOptions& options);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_FULL_DISK_H_
