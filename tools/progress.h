// That something long is going on, for who sits in front of it.
#ifndef ROWHOUSE_TOOLS_PROGRESS_H_
#define ROWHOUSE_TOOLS_PROGRESS_H_

#include <cstdint>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "tools/output.h"

namespace rowhouse::tools {

// What is on the line: "importing a ... 33 % of 3 rows, 70 s"; without the
// share where `all` is 0.
std::string ProgressText(absl::string_view what, std::uint64_t done,
                         std::uint64_t all, absl::Duration since);

// After so long without success what is waited for is said, and then so often.
inline constexpr absl::Duration kWaitSaidAfter = absl::Seconds(5);
inline constexpr absl::Duration kWaitSaidEvery = absl::Seconds(30);

// While it lives, a line on a terminal with the seconds since it was made and,
// once something was counted, the share that is done; nothing elsewhere. The
// line is gone afterwards; lines that say what is waited for stay, everywhere.
// Nobody else writes to `output.talk` meanwhile.
class Progress {
 public:
  // `what` goes on: "making checkpoint monday".
  Progress(const Output& output, absl::string_view what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `done` of `all` rows are done. From any thread.
  void Count(std::uint64_t done, std::uint64_t all);
  // `why` is the reason of another try. A line of its own says so, unless this
  // is the first time for kWaitSaidAfter or was said kWaitSaidEvery ago: a
  // checkpoint waits for every trainer to end a step. From any thread.
  void Waits(const absl::Status& why, absl::Time now = absl::Now());

 private:
  void Draw();

  const Output& output_;
  const std::string what_;
  Mutex mu_;
  CondVar ended_;
  bool end_ ABSL_GUARDED_BY(mu_) = false;
  absl::Time said_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();
  absl::Time waits_ ABSL_GUARDED_BY(mu_) = absl::InfiniteFuture();  // since
  std::uint64_t done_ ABSL_GUARDED_BY(mu_) = 0;
  std::uint64_t all_ ABSL_GUARDED_BY(mu_) = 0;  // 0: nothing was counted
  std::thread drawer_;
};

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_PROGRESS_H_
