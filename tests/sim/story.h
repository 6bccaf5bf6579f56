// What happens in a simulation, for whoever must understand a failure, and the
// first thing that must not be.
#ifndef ROWHOUSE_TESTS_SIM_STORY_H_
#define ROWHOUSE_TESTS_SIM_STORY_H_

#include <cstddef>
#include <deque>
#include <string>

#include "absl/status/status.h"
#include "tests/sim/scheduler.h"

namespace rowhouse::sim {

class Story {
 public:
  // `tell`: lines go to standard error at once. What the product logs while the
  // scheduler runs are events, too.
  Story(Scheduler& scheduler, bool tell);
  Story(const Story&) = delete;
  Story& operator=(const Story&) = delete;

  // One line; the moment and the task are added.
  void Note(const std::string& event);
  // Keeps the first error. The simulation should then come to its end.
  void Check(const absl::Status& status);

  bool failed() const { return !failure_.empty(); }
  // What was wrong and the events before it; empty: nothing.
  const std::string& failure() const { return failure_; }

 private:
  static constexpr std::size_t kKept = 60;

  const Scheduler& scheduler_;
  const bool tell_;
  std::deque<std::string> last_;
  std::string failure_;
};

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_STORY_H_
