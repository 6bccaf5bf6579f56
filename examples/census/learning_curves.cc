#include "examples/census/learning_curves.h"

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "examples/census/svg.h"

namespace rowhouse::census {
namespace {

constexpr double kWidth = 1080;
constexpr double kHeight = 430;
constexpr double kPanelTop = 130;
constexpr double kPanelHeight = 232;
constexpr double kPanelWidth = 276;
constexpr double kPanelLeft = 64;
constexpr double kPanelStride = 346;

constexpr absl::string_view kColours[] = {"#2563a8", "#e0701a"};

struct Panel {
  absl::string_view title;
  absl::string_view hint;
  std::function<double(const EpochResult&)> value;
};

// Maps epochs and values of one panel to pixels.
class Scale {
 public:
  Scale(double left, const std::vector<NamedRun>& runs, const Panel& panel)
      : left_(left) {
    double low = panel.value(runs[0].epochs[0]);
    double high = low;
    for (const NamedRun& run : runs) {
      epochs_ = std::max(epochs_, run.epochs.size());
      for (const EpochResult& epoch : run.epochs) {
        low = std::min(low, panel.value(epoch));
        high = std::max(high, panel.value(epoch));
      }
    }
    // A single epoch, or none that differs, still needs a range.
    const double margin = std::max((high - low) * 0.05, 1e-4);
    ticks_ = RoundTicks(low - margin, high + margin, 4);
  }

  std::size_t epochs() const { return epochs_; }
  const std::vector<double>& ticks() const { return ticks_; }
  double X(std::size_t epoch) const {  // from 0
    const double steps = std::max<double>(1, static_cast<double>(epochs_) - 1);
    return left_ + kPanelWidth * static_cast<double>(epoch) / steps;
  }
  double Y(double value) const {
    const double share =
        (value - ticks_.front()) / (ticks_.back() - ticks_.front());
    return kPanelTop + kPanelHeight * (1 - share);
  }

 private:
  double left_;
  std::size_t epochs_ = 1;
  std::vector<double> ticks_;
};

void DrawAxes(Svg& svg, double left, const Scale& scale, const Panel& panel) {
  svg.Text({left, kPanelTop - 30}, panel.title, {.size = 15, .bold = true});
  svg.Text({left, kPanelTop - 13}, panel.hint,
           {.size = 11.5, .colour = kFaintInk});
  const double step =
      scale.ticks().size() > 1 ? scale.ticks()[1] - scale.ticks()[0] : 1;
  const int digits = step >= 0.01 ? 2 : step >= 0.001 ? 3 : 4;
  for (const double tick : scale.ticks()) {
    const double y = scale.Y(tick);
    svg.Line({left, y}, {left + kPanelWidth, y}, {.colour = kGridInk});
    svg.Text({left - 9, y + 4}, absl::StrFormat("%.*f", digits, tick),
             {.size = 11.5, .colour = kFaintInk, .anchor = "end"});
  }
  // As many numbers as there is room for.
  const std::size_t every = (scale.epochs() + 9) / 10;
  for (std::size_t epoch = 0; epoch < scale.epochs(); ++epoch) {
    if ((epoch + 1) % every != 0 && epoch != 0) continue;
    svg.Text({scale.X(epoch), kPanelTop + kPanelHeight + 20},
             absl::StrCat(epoch + 1),
             {.size = 11.5, .colour = kFaintInk, .anchor = "middle"});
  }
  svg.Text({left + kPanelWidth / 2, kPanelTop + kPanelHeight + 40}, "epoch",
           {.size = 11.5, .colour = kFaintInk, .anchor = "middle"});
}

void DrawRun(Svg& svg, const Scale& scale, const Panel& panel,
             const NamedRun& run, bool first) {
  std::vector<Point> points;
  for (std::size_t epoch = 0; epoch < run.epochs.size(); ++epoch) {
    points.push_back({scale.X(epoch), scale.Y(panel.value(run.epochs[epoch]))});
  }
  if (first) {
    svg.Path(points, {.colour = kColours[0], .width = 2.5});
    for (const Point& point : points) {
      svg.Circle(point, 2.6, {.fill = kColours[0]});
    }
  } else {
    svg.Path(points, {.colour = kColours[1], .width = 1.2, .dashes = "2 5"});
    for (const Point& point : points) {
      svg.Circle(point, 6, {.stroke = kColours[1], .stroke_width = 1.8});
    }
  }
}

// The first run's last value, on the side that its line does not come from.
void DrawLastValue(Svg& svg, const Scale& scale, const Panel& panel,
                   const NamedRun& run) {
  const std::size_t last = run.epochs.size() - 1;
  const double value = panel.value(run.epochs[last]);
  const bool falling = last > 0 && panel.value(run.epochs[0]) > value;
  svg.Text({scale.X(last) + 8, scale.Y(value) + (falling ? -14 : 24)},
           absl::StrFormat("%.4f", value),
           {.size = 12.5, .anchor = "end", .bold = true, .halo = true});
}

void DrawLegend(Svg& svg, const std::vector<NamedRun>& runs) {
  double x = kWidth - 36;
  for (std::size_t i = runs.size(); i-- > 0;) {
    svg.Text({x, 44}, runs[i].name, {.size = 13, .anchor = "end"});
    x -= 6.8 * static_cast<double>(runs[i].name.size()) + 12;
    if (i == 0) {
      svg.Line({x - 22, 40}, {x, 40}, {.colour = kColours[0], .width = 2.5});
      svg.Circle({x - 11, 40}, 2.6, {.fill = kColours[0]});
    } else {
      svg.Circle({x - 8, 40}, 6, {.stroke = kColours[1], .stroke_width = 1.8});
    }
    x -= 44;
  }
}

}  // namespace

std::string DrawLearningCurves(const std::vector<NamedRun>& runs,
                               absl::string_view subtitle) {
  const Panel panels[] = {
      {"Accuracy", "share of test rows, higher is better",
       [](const EpochResult& epoch) { return epoch.test.accuracy; }},
      {"Area under the curve", "ranking of test rows, higher is better",
       [](const EpochResult& epoch) { return epoch.test.auc; }},
      {"Log loss", "mean over test rows, lower is better",
       [](const EpochResult& epoch) { return epoch.test.loss; }}};
  Svg svg(kWidth, kHeight);
  svg.Text({24, 40}, "Census Income, wide and deep",
           {.size = 20, .bold = true});
  svg.Text({24, 60}, subtitle, {.size = 12.5, .colour = kFaintInk});
  DrawLegend(svg, runs);
  double left = kPanelLeft;
  for (const Panel& panel : panels) {
    const Scale scale(left, runs, panel);
    DrawAxes(svg, left, scale, panel);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      DrawRun(svg, scale, panel, runs[i], i == 0);
    }
    DrawLastValue(svg, scale, panel, runs[0]);
    left += kPanelStride;
  }
  return svg.Finish();
}

}  // namespace rowhouse::census
