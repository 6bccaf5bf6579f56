#include "examples/census/svg.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace rowhouse::census {
namespace {

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

}  // namespace

Svg::Svg(double width, double height) : width_(width), height_(height) {
  Rectangle({0, 0}, width, height, {.fill = "#ffffff"});
}

void Svg::Text(Point at, absl::string_view text, const TextStyle& style) {
  absl::StrAppendFormat(
      &body_,
      "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.1f\" fill=\"%s\" "
      "text-anchor=\"%s\"%s%s>%s</text>\n",
      at.x, at.y, style.size, style.colour, style.anchor,
      style.bold ? " font-weight=\"600\"" : "",
      style.halo ? " stroke=\"#ffffff\" stroke-width=\"3\" "
                   "stroke-linejoin=\"round\" paint-order=\"stroke\""
                 : "",
      Escaped(text));
}

void Svg::Line(Point from, Point to, const LineStyle& style) {
  Path({from, to}, style);
}

void Svg::Path(const std::vector<Point>& points, const LineStyle& style) {
  std::string corners;
  for (const Point& point : points) {
    absl::StrAppendFormat(&corners, "%s%.1f,%.1f", corners.empty() ? "" : " ",
                          point.x, point.y);
  }
  absl::StrAppendFormat(
      &body_,
      "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" "
      "stroke-width=\"%.1f\" stroke-linejoin=\"round\" "
      "stroke-linecap=\"round\"%s/>\n",
      corners, style.colour, style.width,
      style.dashes.empty()
          ? ""
          : absl::StrCat(" stroke-dasharray=\"", style.dashes, "\""));
}

void Svg::Circle(Point centre, double radius, const ShapeStyle& style,
                 absl::string_view tooltip) {
  absl::StrAppendFormat(
      &body_,
      "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\" "
      "stroke=\"%s\" stroke-width=\"%.1f\" opacity=\"%.2f\">%s</circle>\n",
      centre.x, centre.y, radius, style.fill, style.stroke, style.stroke_width,
      style.opacity,
      tooltip.empty() ? ""
                      : absl::StrCat("<title>", Escaped(tooltip), "</title>"));
}

void Svg::Rectangle(Point corner, double width, double height,
                    const ShapeStyle& style) {
  absl::StrAppendFormat(
      &body_,
      "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
      "fill=\"%s\" stroke=\"%s\" stroke-width=\"%.1f\" opacity=\"%.2f\"/>\n",
      corner.x, corner.y, width, height, style.fill, style.stroke,
      style.stroke_width, style.opacity);
}

std::string Svg::Finish() const {
  return absl::StrFormat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" "
      "height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" font-family=\"Inter, "
      "'Helvetica Neue', Helvetica, 'DejaVu Sans', Arial, sans-serif\">\n"
      "%s</svg>\n",
      width_, height_, width_, height_, body_);
}

std::vector<double> RoundTicks(double low, double high, int count) {
  if (!(high > low)) return {low};
  const double raw = (high - low) / count;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (const double multiple : {5.0, 2.0, 1.0}) {
    if (multiple * power >= raw) step = multiple * power;
  }
  std::vector<double> ticks;
  const auto first = static_cast<int>(std::floor(low / step));
  const auto last = static_cast<int>(std::ceil(high / step));
  for (int i = first; i <= last; ++i) ticks.push_back(i * step);
  return ticks;
}

}  // namespace rowhouse::census
