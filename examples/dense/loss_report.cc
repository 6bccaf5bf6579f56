#include "examples/dense/loss_report.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace rowhouse::dense {
namespace {

constexpr int kLines = 10;

}  // namespace

LossReport::LossReport(absl::string_view program, int steps)
    : program_(program), steps_(steps) {}

void LossReport::Step(double loss) {
  ++done_;
  ++since_line_;
  sum_ += loss;
  // The lines fall on the last steps of tenths, whatever `steps_` is.
  if (done_ * kLines / steps_ == (done_ - 1) * kLines / steps_) return;
  last_ = sum_ / since_line_;
  if (since_line_ == done_) first_ = last_;
  std::printf("step %5d  loss %.6f\n", done_, last_);
  std::fflush(stdout);
  since_line_ = 0;
  sum_ = 0;
}

std::string LossReport::Json(const Figures& figures) const {
  // Keeps the order in which keys are given.
  nlohmann::ordered_json line = {{"program", program_},
                                 {"steps", steps_},
                                 {"first_loss", first_},
                                 {"loss", last_}};
  for (const auto& [name, figure] : figures) line[name] = figure;
  return line.dump();
}

}  // namespace rowhouse::dense
