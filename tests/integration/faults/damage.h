// Damage to files at rest: a bit, a page, an end, a name.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_DAMAGE_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_DAMAGE_H_

#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace rowhouse::faults {

struct Damage {
  std::string what;                // "bit 3 of byte 17 flipped"
  std::vector<std::string> files;  // one, or two that were swapped
  bool changed = false;            // some byte of them is another now
};

// All files below `directory` that are not empty, sorted.
std::vector<std::string> FilesBelow(const std::string& directory);

// The kind of a file, so that many SSTs do not crowd out one MANIFEST: its name
// without numbers and random parts.
std::string KindName(const std::string& path);

// Damages one file below `directory`, of a kind drawn first; `random` decides
// everything. NOT_FOUND: there is none.
absl::StatusOr<Damage> DamageOneFile(const std::string& directory,
                                     std::mt19937_64& random);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_DAMAGE_H_
