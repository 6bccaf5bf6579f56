// What an example prints while it learns.
#ifndef ROWHOUSE_EXAMPLES_DENSE_LOSS_REPORT_H_
#define ROWHOUSE_EXAMPLES_DENSE_LOSS_REPORT_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace rowhouse::dense {

// Ten lines to standard output over `steps` steps, each with the mean loss
// since the line before.
class LossReport {
 public:
  // REQUIRES: steps >= 10.
  LossReport(absl::string_view program, int steps);

  // Of the next step.
  void Step(double loss);

  using Figures = std::vector<std::pair<std::string, std::uint64_t>>;
  // One line of JSON: program, steps, the losses of the first line and of the
  // last one, and `figures`. REQUIRES: all steps are done.
  std::string Json(const Figures& figures = {}) const;

 private:
  const std::string program_;
  const int steps_;
  int done_ = 0;
  int since_line_ = 0;
  double sum_ = 0;  // since the last line
  double first_ = 0;
  double last_ = 0;
};

}  // namespace rowhouse::dense

#endif  // ROWHOUSE_EXAMPLES_DENSE_LOSS_REPORT_H_
