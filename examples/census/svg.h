// A drawing, written as SVG. Coordinates are pixels from the top left.
#ifndef ROWHOUSE_EXAMPLES_CENSUS_SVG_H_
#define ROWHOUSE_EXAMPLES_CENSUS_SVG_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace rowhouse::census {

struct Point {
  double x = 0;
  double y = 0;
};

inline constexpr char kInk[] = "#1d2733";
inline constexpr char kFaintInk[] = "#6b7785";
inline constexpr char kGridInk[] = "#e3e7ec";

class Svg {
 public:
  struct TextStyle {
    double size = 12;
    absl::string_view colour = kInk;
    absl::string_view anchor = "start";  // start, middle, end
    bool bold = false;
    bool halo = false;  // a white edge, to stay legible over lines
  };
  struct LineStyle {
    absl::string_view colour = kInk;
    double width = 1;
    absl::string_view dashes = "";  // as in stroke-dasharray
  };
  struct ShapeStyle {
    absl::string_view fill = "none";
    absl::string_view stroke = "none";
    double stroke_width = 1;
    double opacity = 1;
  };

  // White, of this size.
  Svg(double width, double height);

  void Text(Point at, absl::string_view text, const TextStyle& style);
  void Line(Point from, Point to, const LineStyle& style);
  void Path(const std::vector<Point>& points, const LineStyle& style);
  void Circle(Point centre, double radius, const ShapeStyle& style,
              absl::string_view tooltip = "");
  void Rectangle(Point corner, double width, double height,
                 const ShapeStyle& style);

  // The whole file.
  std::string Finish() const;

 private:
  std::string body_;
  double width_;
  double height_;
};

// About `count` round numbers that span [low, high], ascending.
std::vector<double> RoundTicks(double low, double high, int count);

}  // namespace rowhouse::census

#endif  // ROWHOUSE_EXAMPLES_CENSUS_SVG_H_
