#include "tests/sim/story.h"

#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace rowhouse::sim {

Story::Story(Scheduler& scheduler, bool tell)
    : scheduler_(scheduler), tell_(tell) {
  scheduler.OnLog([this](const std::string& line) { Note(line); });
}

void Story::Note(const std::string& event) {
  if (failed()) return;
  std::string line = absl::StrCat(
      "  ",
      absl::ToInt64Microseconds(scheduler_.now() -
                                absl::FromUnixSeconds(1'700'000'000)),
      " us, step ", scheduler_.steps(), ", ", scheduler_.task(), ": ", event);
  if (tell_) std::cerr << line << "\n";
  last_.push_back(std::move(line));
  if (last_.size() > kKept) last_.pop_front();
}

void Story::Check(const absl::Status& status) {
  if (status.ok() || failed()) return;
  Note(absl::StrCat("WRONG: ", status.message()));
  failure_ = absl::StrCat(status.message(), "\n", absl::StrJoin(last_, "\n"));
}

}  // namespace rowhouse::sim
