// The picture of how runs learned: accuracy, area under the curve and loss on
// the test rows, epoch by epoch.
#ifndef ROWHOUSE_EXAMPLES_CENSUS_LEARNING_CURVES_H_
#define ROWHOUSE_EXAMPLES_CENSUS_LEARNING_CURVES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "examples/census/train.h"

namespace rowhouse::census {

struct NamedRun {
  std::string name;
  std::vector<EpochResult> epochs;
};

// SVG. The first run is drawn as a line, the second as rings over it, so that
// equal runs show as equal. REQUIRES: one or two runs of at least one epoch.
std::string DrawLearningCurves(const std::vector<NamedRun>& runs,
                               absl::string_view subtitle);

}  // namespace rowhouse::census

#endif  // ROWHOUSE_EXAMPLES_CENSUS_LEARNING_CURVES_H_
