// A line on standard error that says how far a run is, how fast it goes and how
// long it will take.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_PROGRESS_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_PROGRESS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace rowhouse::faults {

// One thread at a time. On a terminal the line is written over, elsewhere each
// is a line of its own.
class Progress {
 public:
  // Of `total` things called `what`, as "kills". Not `shown`: silent.
  Progress(absl::string_view what, std::uint64_t total, bool shown);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // At most once a second on a terminal and every ten seconds elsewhere, and
  // when everything is done.
  void Show(std::uint64_t done, absl::string_view more = "");
  double seconds() const;

 private:
  const std::string what_;
  const std::uint64_t total_;
  const bool shown_;
  const bool terminal_;
  const absl::Time begin_;
  absl::Time shown_at_ = absl::InfinitePast();
  bool line_open_ = false;
};

// "12/50 kills, 3.4/s, 11s left, more".
std::string ProgressText(absl::string_view what, std::uint64_t done,
                         std::uint64_t total, absl::Duration elapsed,
                         absl::string_view more);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_PROGRESS_H_
