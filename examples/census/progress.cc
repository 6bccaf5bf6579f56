#include "examples/census/progress.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace rowhouse::census {
namespace {

constexpr std::size_t kBarCells = 32;
// Often enough to look alive, seldom enough to cost nothing.
constexpr absl::Duration kRedraw = absl::Milliseconds(50);
constexpr char kEraseLine[] = "\r\x1b[K";

}  // namespace

Progress::Progress(std::string title, int epochs)
    : title_(std::move(title)),
      epochs_(epochs),
      terminal_(isatty(STDERR_FILENO) == 1) {}

void Progress::Step(int epoch, std::size_t step, std::size_t steps) {
  const absl::Time now = absl::Now();
  if (!terminal_ || now - drawn_ < kRedraw) return;
  drawn_ = now;
  std::string bar;
  for (std::size_t cell = 0; cell < kBarCells; ++cell) {
    bar += cell * steps < step * kBarCells ? "█" : "░";
  }
  absl::FPrintF(stderr, "%s%-8s epoch %d/%d  %s %d/%d", kEraseLine, title_,
                epoch + 1, epochs_, bar, step, steps);
  std::fflush(stderr);
}

void Progress::Epoch(int epoch, double train_loss, const Metrics& test,
                     double seconds) {
  if (terminal_) std::fputs(kEraseLine, stderr);
  absl::PrintF(
      "%-8s epoch %d/%d  accuracy %.4f  auc %.4f  loss %.4f  "
      "(training loss %.4f, %.2f s)\n",
      title_, epoch + 1, epochs_, test.accuracy, test.auc, test.loss,
      train_loss, seconds);
  std::fflush(stdout);
}

}  // namespace rowhouse::census
