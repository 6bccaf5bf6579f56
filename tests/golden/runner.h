// Runs the recorded cases of a folder.
#ifndef ROWHOUSE_TESTS_GOLDEN_RUNNER_H_
#define ROWHOUSE_TESTS_GOLDEN_RUNNER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tests/golden/cluster.h"
#include "tests/golden/kind.h"
#include "tests/golden/report.h"

namespace rowhouse::golden {

struct RunOptions {
  std::string folder;  // whose *.json files are read
  std::string kind;    // empty: every kind
  std::string name;    // of one case; empty: every case
  std::vector<ClusterLayout> layouts = {ClusterLayout::kEmbedded,
                                        ClusterLayout::kOneServer,
                                        ClusterLayout::kThreeServers};
};

// Every case of every file of the folder that has this format, in the order of
// the files' names. A case of a kind with tables passes when it passes on every
// layout, each begun without tables. A case of a kind that is not among
// `kinds` and one with a member that its kind does not know are failures, as is
// a file that cannot be read as JSON. An empty "expect" says: no error.
// NOT_FOUND: there is no such folder. Other errors: a cluster does not start.
absl::StatusOr<Report> RunCases(const RunOptions& options,
                                absl::Span<const Kind> kinds);

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_RUNNER_H_
