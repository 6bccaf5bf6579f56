// The places in a server's dealings with its files where it can be killed, by
// name: what a crash there leaves behind differs from every other place.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_CRASH_POINTS_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_CRASH_POINTS_H_

#include <string>
#include <vector>

#include "tests/integration/faults/shim_control.h"

namespace rowhouse::faults {

struct CrashPoint {
  std::string name;  // "after-sync:journal"
  std::string when;  // what the server is doing there
  Call call;
  FileKind kind;
  Act act;
  bool serving;   // a server that serves comes there
  bool starting;  // one that starts does
};

const std::vector<CrashPoint>& CrashPoints();

// The fault that kills there at the first time after `skip` others.
Fault KillAt(const CrashPoint& point, std::uint64_t skip);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_CRASH_POINTS_H_
