#include "tools/progress.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace rowhouse::tools {
namespace {

constexpr absl::Duration kPeriod = absl::Seconds(1);
// To the first column, and erase the line.
constexpr char kNewLine[] = "\r\x1b[K";

}  // namespace

std::string ProgressText(absl::string_view what, std::uint64_t done,
                         std::uint64_t all, absl::Duration since) {
  std::string text = absl::StrCat(what, " ... ");
  if (all > 0) {
    const double share = static_cast<double>(done) / static_cast<double>(all);
    absl::StrAppend(&text, static_cast<int>(100 * share), " % of ", all,
                    " rows, ");
  }
  absl::StrAppend(&text, absl::ToInt64Seconds(since), " s");
  return text;
}

Progress::Progress(const Output& output, absl::string_view what)
    : output_(output), what_(Printable(what)) {
  if (output_.terminal) drawer_ = std::thread([this] { Draw(); });
}

Progress::~Progress() {
  if (!drawer_.joinable()) return;
  {
    MutexLock lock(mu_);
    end_ = true;
    ended_.NotifyAll();
  }
  drawer_.join();
  output_.talk << kNewLine << std::flush;
}

void Progress::Count(std::uint64_t done, std::uint64_t all) {
  MutexLock lock(mu_);
  done_ = done;
  all_ = all;
}

void Progress::Waits(const absl::Status& why, absl::Time now) {
  MutexLock lock(mu_);
  waits_ = std::min(waits_, now);
  if (now - waits_ < kWaitSaidAfter || now - said_ < kWaitSaidEvery) return;
  said_ = now;
  output_.talk << (output_.terminal ? kNewLine : "") << "rowhouse: " << what_
               << " waits: " << Printable(why.ToString()) << "; trying again\n"
               << std::flush;
}

void Progress::Draw() {
  const absl::Time begin = absl::Now();
  MutexLock lock(mu_);
  do {
    output_.talk << kNewLine
                 << ProgressText(what_, done_, all_, absl::Now() - begin)
                 << std::flush;
    while (!end_ && ended_.WaitFor(mu_, kPeriod)) {
    }
  } while (!end_);
}

}  // namespace rowhouse::tools
