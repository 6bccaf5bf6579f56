#include "tools/progress.h"

#include "absl/time/clock.h"

namespace rowhouse::tools {
namespace {

constexpr absl::Duration kPeriod = absl::Seconds(1);
// To the first column, and erase the line.
constexpr char kNewLine[] = "\r\x1b[K";

}  // namespace

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

void Progress::Draw() {
  const absl::Time begin = absl::Now();
  MutexLock lock(mu_);
  do {
    output_.talk << kNewLine << what_ << " ... "
                 << absl::ToInt64Seconds(absl::Now() - begin) << " s"
                 << std::flush;
    while (!end_ && ended_.WaitFor(mu_, kPeriod)) {
    }
  } while (!end_);
}

}  // namespace rowhouse::tools
