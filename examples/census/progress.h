// What a person sees while the model trains.
#ifndef ROWHOUSE_EXAMPLES_CENSUS_PROGRESS_H_
#define ROWHOUSE_EXAMPLES_CENSUS_PROGRESS_H_

#include <cstddef>
#include <string>

#include "absl/time/time.h"
#include "examples/census/metrics.h"

namespace rowhouse::census {

// One line per epoch on standard output; a bar on standard error meanwhile,
// where that is a terminal.
class Progress {
 public:
  // `title` begins every line: which run this is.
  Progress(std::string title, int epochs);

  // After training step `step` of `steps` in `epoch`; the first is 0.
  void Step(int epoch, std::size_t step, std::size_t steps);
  void Epoch(int epoch, double train_loss, const Metrics& test, double seconds);

 private:
  std::string title_;
  int epochs_;
  bool terminal_;
  absl::Time drawn_ = absl::InfinitePast();
};

}  // namespace rowhouse::census

#endif  // ROWHOUSE_EXAMPLES_CENSUS_PROGRESS_H_
