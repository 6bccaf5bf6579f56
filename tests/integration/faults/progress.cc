#include "tests/integration/faults/progress.h"

#include <unistd.h>

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace rowhouse::faults {

std::string ProgressText(absl::string_view what, std::uint64_t done,
                         std::uint64_t total, absl::Duration elapsed,
                         absl::string_view more) {
  std::string text = absl::StrCat(done, "/", total, " ", what);
  const double seconds = absl::ToDoubleSeconds(elapsed);
  if (done > 0 && done <= total && seconds > 0) {
    const double rate = static_cast<double>(done) / seconds;
    absl::StrAppendFormat(&text, ", %.*f/s, %.0fs left", rate < 10 ? 1 : 0,
                          rate, static_cast<double>(total - done) / rate);
  }
  if (!more.empty()) absl::StrAppend(&text, ", ", more);
  return text;
}

Progress::Progress(absl::string_view what, std::uint64_t total, bool shown)
    : what_(what),
      total_(total),
      shown_(shown),
      terminal_(isatty(STDERR_FILENO) != 0),
      begin_(absl::Now()) {}

Progress::~Progress() {
  if (line_open_) std::fputc('\n', stderr);
}

void Progress::Show(std::uint64_t done, absl::string_view more) {
  const absl::Time now = absl::Now();
  const absl::Duration period = absl::Seconds(terminal_ ? 1 : 10);
  if (!shown_ || (done < total_ && now - shown_at_ < period)) return;
  shown_at_ = now;
  const std::string text =
      ProgressText(what_, done, total_, now - begin_, more);
  // Clears what a longer line left.
  std::fprintf(stderr, terminal_ ? "\r%s\033[K" : "%s\n", text.c_str());
  line_open_ = terminal_;
}

double Progress::seconds() const {
  return absl::ToDoubleSeconds(absl::Now() - begin_);
}

}  // namespace rowhouse::faults
