#include "examples/census/embedding_map.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_format.h"

namespace rowhouse::census {
namespace {

constexpr double kWidth = 900;
constexpr double kHeight = 640;
constexpr double kLeft = 178;
constexpr double kRight = 722;
constexpr double kTop = 124;
constexpr double kBottom = 560;
constexpr double kLabelSize = 13.5;

struct Box {
  double left, top, right, bottom;
};

double Overlap(const Box& a, const Box& b) {
  const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const double height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  return std::max(width, 0.0) * std::max(height, 0.0);
}

// From slate over sand to orange.
std::string ColourOf(double share) {
  constexpr double kStops[3][3] = {
      {59, 91, 140}, {196, 188, 170}, {224, 101, 20}};
  const double at = std::clamp(share / 0.5, 0.0, 1.0) * 2;
  const int stop = at < 1 ? 0 : 1;
  const double part = at - stop;
  int channels[3];
  for (int i = 0; i < 3; ++i) {
    channels[i] = static_cast<int>(std::lround(
        kStops[stop][i] + part * (kStops[stop + 1][i] - kStops[stop][i])));
  }
  return absl::StrFormat("#%02x%02x%02x", channels[0], channels[1],
                         channels[2]);
}

// One scale for both axes, so that distances are those of the projection.
std::vector<Point> ToPixels(const std::vector<Point>& points) {
  Point low = points[0];
  Point high = points[0];
  for (const Point& point : points) {
    low = {std::min(low.x, point.x), std::min(low.y, point.y)};
    high = {std::max(high.x, point.x), std::max(high.y, point.y)};
  }
  constexpr double kNearZero = 1e-9;  // all rows equal: any scale will do
  const double scale =
      std::min((kRight - kLeft) / std::max(high.x - low.x, kNearZero),
               (kBottom - kTop) / std::max(high.y - low.y, kNearZero));
  std::vector<Point> pixels;
  for (const Point& point : points) {
    pixels.push_back(
        {(kLeft + kRight) / 2 + (point.x - (low.x + high.x) / 2) * scale,
         (kTop + kBottom) / 2 - (point.y - (low.y + high.y) / 2) * scale});
  }
  return pixels;
}

Box BoxAround(Point centre, double radius) {
  return {centre.x - radius, centre.y - radius, centre.x + radius,
          centre.y + radius};
}

struct Label {
  Point at;  // the anchor on the baseline
  absl::string_view anchor;
  Box box;
};

// The place beside a dot where its name covers least.
Label PlaceLabel(Point dot, double radius, absl::string_view name,
                 const std::vector<Box>& taken) {
  const double width = 0.56 * kLabelSize * static_cast<double>(name.size());
  const double gap = radius + 5;
  Label best;
  double least = std::numeric_limits<double>::infinity();
  // Right, left, above, below, then the corners: in order of preference.
  constexpr double kPlaces[8][2] = {{1, 0},  {-1, 0},  {0, -1}, {0, 1},
                                    {1, -1}, {-1, -1}, {1, 1},  {-1, 1}};
  for (int i = 0; i < 8; ++i) {
    const double dx = kPlaces[i][0];
    const double dy = kPlaces[i][1];
    const double reach = dx != 0 && dy != 0 ? gap * 0.75 : gap;
    const double left = dot.x + dx * reach - (1 - dx) / 2 * width;
    const double middle = dot.y + dy * (reach + kLabelSize / 2);
    const Box box{left, middle - kLabelSize / 2, left + width,
                  middle + kLabelSize / 2};
    double cost = i * 2.0;
    for (const Box& other : taken) cost += Overlap(box, other);
    if (box.left < 30 || box.right > kWidth - 30) cost += 1e4;
    if (box.top < kTop - 20 || box.bottom > kBottom + 20) cost += 1e4;
    if (cost >= least) continue;
    least = cost;
    best = {{dot.x + dx * reach, middle + kLabelSize * 0.35},
            dx > 0   ? "start"
            : dx < 0 ? "end"
                     : "middle",
            box};
  }
  return best;
}

void DrawLegend(Svg& svg) {
  constexpr double kBar = 160;
  const double left = kWidth - 24 - kBar;
  const double y = 52;
  for (int i = 0; i < 40; ++i) {
    svg.Rectangle({left + kBar * i / 40, y}, kBar / 40 + 0.5, 9,
                  {.fill = ColourOf(0.5 * (i + 0.5) / 40)});
  }
  svg.Text({left + kBar, y - 8}, "share that earns more than 50K",
           {.size = 11.5, .colour = kFaintInk, .anchor = "end"});
  svg.Text({left, y + 23}, "0%", {.size = 11, .colour = kFaintInk});
  svg.Text({left + kBar, y + 23}, "50%",
           {.size = 11, .colour = kFaintInk, .anchor = "end"});
}

}  // namespace

Projection Project(const Matrix& rows) {
  const Eigen::MatrixXd values = rows.cast<double>();
  const Eigen::MatrixXd centred = values.rowwise() - values.colwise().mean();
  const Eigen::MatrixXd scatter = centred.transpose() * centred;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(scatter);
  const Eigen::Index columns = rows.cols();
  // Eigenvalues come in ascending order.
  Eigen::MatrixXd axes(columns, 2);
  for (Eigen::Index axis = 0; axis < 2; ++axis) {
    Eigen::VectorXd direction = solver.eigenvectors().col(columns - 1 - axis);
    Eigen::Index greatest = 0;
    direction.cwiseAbs().maxCoeff(&greatest);
    if (direction(greatest) < 0) direction = -direction;
    axes.col(axis) = direction;
  }
  const Eigen::MatrixXd places = centred * axes;
  Projection projection;
  for (Eigen::Index row = 0; row < rows.rows(); ++row) {
    projection.points.push_back({places(row, 0), places(row, 1)});
  }
  const double total = scatter.trace();
  if (total > 0) {
    projection.first_share = solver.eigenvalues()(columns - 1) / total;
    projection.second_share = solver.eigenvalues()(columns - 2) / total;
  }
  return projection;
}

std::string DrawEmbeddingMap(const std::vector<NamedRow>& rows,
                             const Projection& projection,
                             absl::string_view title,
                             absl::string_view subtitle) {
  Svg svg(kWidth, kHeight);
  svg.Text({24, 40}, title, {.size = 20, .bold = true});
  svg.Text({24, 60}, subtitle, {.size = 12.5, .colour = kFaintInk});
  svg.Rectangle({24, kTop - 24}, kWidth - 48, kBottom - kTop + 48,
                {.stroke = kGridInk});
  DrawLegend(svg);

  const std::vector<Point> dots = ToPixels(projection.points);
  double most = 1;
  for (const NamedRow& row : rows) most = std::max(most, row.count);
  std::vector<double> radii;
  std::vector<Box> taken;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    radii.push_back(4 + 14 * std::sqrt(rows[i].count / most));
    taken.push_back(BoxAround(dots[i], radii[i]));
    svg.Circle(
        dots[i], radii[i],
        {.fill = ColourOf(rows[i].share),
         .stroke = "#ffffff",
         .stroke_width = 1.5,
         .opacity = 0.92},
        absl::StrFormat("%s: %.0f rows, %.1f%% earn more than 50K",
                        rows[i].name, rows[i].count, 100 * rows[i].share));
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Label label = PlaceLabel(dots[i], radii[i], rows[i].name, taken);
    taken.push_back(label.box);
    svg.Text(label.at, rows[i].name,
             {.size = kLabelSize, .anchor = label.anchor, .halo = true});
  }
  svg.Text({24, kHeight - 24},
           absl::StrFormat("First direction (across): %.0f%% of the variance, "
                           "second (up): %.0f%%. Dots grow with the number of "
                           "rows.",
                           100 * projection.first_share,
                           100 * projection.second_share),
           {.size = 12, .colour = kFaintInk});
  return svg.Finish();
}

}  // namespace rowhouse::census
