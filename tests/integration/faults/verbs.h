// The verbs of rowhouse-faults: each adds its flags to the command line and
// says what is to be run when it was asked for.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_VERBS_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_VERBS_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "tests/integration/faults/setup.h"
#include "tests/integration/faults/workload.h"

namespace rowhouse::faults {

struct Report {
  nlohmann::ordered_json line = nlohmann::ordered_json::object();
  bool kept = false;  // every promise
};

using Verb = std::function<absl::StatusOr<Report>(const Setup&)>;

// Pushes acknowledged, lost and doubled, added to what the report has of them.
// It is kept as long as none is lost or doubled.
void AddVerdict(const Workload::Verdict& verdict, Report& report);

// What every cluster has.
void AddClusterFlags(CLI::App& verb, int& shards, int& writers);

// verbs_of_crashes.cc
Verb AddKill(CLI::App& app);
Verb AddPower(CLI::App& app);
Verb AddPause(CLI::App& app);

// verbs_of_files.cc
Verb AddDisk(CLI::App& app);
Verb AddCorrupt(CLI::App& app);
Verb AddRestore(CLI::App& app);

// verbs_of_network.cc
Verb AddNet(CLI::App& app);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_VERBS_H_
