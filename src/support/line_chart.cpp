#include "support/line_chart.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "faceshot/error.hpp"
#include "support/markup.hpp"
#include "support/round_step.hpp"

namespace faceshot::support {
namespace {

// A chart and the plot area in it, in SVG units.
constexpr double width = 720, height = 560;
constexpr double left = 76, top = 56, side_x = 612, side_y = 432;

// Okabe and Ito's palette: distinguishable with any kind of colour vision.
constexpr std::array<const char*, 8> palette{"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                             "#e69f00", "#56b4e9", "#000000", "#f0e442"};

/// An axis: its ends and the distance between two of its numbers.
struct Axis {
  double low = 0, high = 1, step = 0.2;
  int digits = 1;  ///< fractional digits

  [[nodiscard]] double share(double value) const { return (value - low) / (high - low); }
};

Axis make_axis(double low, double high, bool exact) {
  if (!(low < high)) {  // a single value, or none
    if (!std::isfinite(low) || !std::isfinite(high)) low = high = 0;
    const double margin = low == 0 ? 1 : std::abs(low) * 0.1;
    low -= margin;
    high += margin;
  }
  Axis axis;
  axis.step = round_step(high - low, 5);
  axis.low = exact ? low : std::floor(low / axis.step + 1e-9) * axis.step;
  axis.high = exact ? high : std::ceil(high / axis.step - 1e-9) * axis.step;
  axis.digits = std::max(0, -static_cast<int>(std::floor(std::log10(axis.step) + 1e-9)));
  return axis;
}

bool finite(const std::pair<double, double>& point) {
  return std::isfinite(point.first) && std::isfinite(point.second);
}

template <class Member>
Axis axis_of(const LineChart& chart, const std::optional<std::pair<double, double>>& range,
             Member member) {
  if (range) return make_axis(range->first, range->second, true);
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const ChartLine& line : chart.lines) {
    for (const auto& point : line.points) {
      if (!finite(point)) continue;
      low = std::min(low, point.*member);
      high = std::max(high, point.*member);
    }
  }
  return make_axis(low, high, false);
}

/// One chart, drawn with its corner at the origin.
class ChartWriter {
 public:
  ChartWriter(const LineChart& chart, std::string& svg)
      : chart_(chart),
        x_(axis_of(chart, chart.x_range, &std::pair<double, double>::first)),
        y_(axis_of(chart, chart.y_range, &std::pair<double, double>::second)),
        svg_(svg) {}

  void write() {
    svg_ += fmt::format("<text x='{:.1f}' y='32' text-anchor='middle' font-size='18'>", width / 2);
    svg_ += escape_markup(chart_.title) + "</text>\n";
    write_axes();
    for (std::size_t i = 0; i < chart_.lines.size(); ++i) write_line(chart_.lines[i], palette[i]);
    if (!chart_.lines.empty()) write_legend();
  }

 private:
  [[nodiscard]] double px(double x) const { return left + x_.share(x) * side_x; }
  [[nodiscard]] double py(double y) const { return top + (1 - y_.share(y)) * side_y; }

  void write_axes() {
    for (double v = x_.low; v <= x_.high + x_.step * 1e-6; v += x_.step) {
      svg_ += fmt::format("<path d='M{:.1f} {:.1f}V{:.1f}' stroke='#d8d8d8'/>\n", px(v),
                          top + side_y, top);
      svg_ += fmt::format("<text x='{:.1f}' y='{:.1f}' text-anchor='middle'>{:.{}f}</text>\n",
                          px(v), top + side_y + 22, v, x_.digits);
    }
    for (double v = y_.low; v <= y_.high + y_.step * 1e-6; v += y_.step) {
      svg_ += fmt::format("<path d='M{:.1f} {:.1f}H{:.1f}' stroke='#d8d8d8'/>\n", left, py(v),
                          left + side_x);
      svg_ += fmt::format("<text x='{:.1f}' y='{:.1f}' text-anchor='end'>{:.{}f}</text>\n",
                          left - 10, py(v) + 5, v, y_.digits);
    }
    svg_ += fmt::format(
        "<rect x='{:.1f}' y='{:.1f}' width='{:.1f}' height='{:.1f}' fill='none' stroke='#444'/>\n",
        left, top, side_x, side_y);
    svg_ += fmt::format("<text x='{:.1f}' y='{:.1f}' text-anchor='middle'>", left + side_x / 2,
                        top + side_y + 50);
    svg_ += escape_markup(chart_.x_label) + "</text>\n";
    svg_ +=
        fmt::format("<text transform='translate({:.1f} {:.1f}) rotate(-90)' text-anchor='middle'>",
                    20.0, top + side_y / 2);
    svg_ += escape_markup(chart_.y_label) + "</text>\n";
  }

  void write_line(const ChartLine& line, const char* color) {
    svg_ += "<polyline fill='none' stroke-width='2.5' stroke-linejoin='round' stroke='";
    svg_ += color;
    svg_ += "' points='";
    for (const auto& point : line.points)
      if (finite(point)) svg_ += fmt::format("{:.2f},{:.2f} ", px(point.first), py(point.second));
    svg_ += "'/>\n";
    if (line.points.size() == 1 && finite(line.points[0]))  // a single point makes no visible line
      svg_ += fmt::format("<circle cx='{:.2f}' cy='{:.2f}' r='5' fill='{}'/>\n",
                          px(line.points[0].first), py(line.points[0].second), color);
  }

  void write_legend() {
    constexpr double row = 26, box = 250;
    const double size = row * static_cast<double>(chart_.lines.size()) + 4;
    const double x = chart_.legend_below ? left + 14 : left + side_x - 14 - box;
    const double y = chart_.legend_below ? top + side_y - 14 - size : top + 14;
    svg_ += fmt::format(
        "<rect x='{:.1f}' y='{:.1f}' width='{:.1f}' height='{:.1f}' fill='#fff' "
        "fill-opacity='0.85' stroke='#999'/>\n",
        x, y, box, size);
    for (std::size_t i = 0; i < chart_.lines.size(); ++i) {
      const double middle = y + row * (static_cast<double>(i) + 0.5) + 2;
      svg_ += fmt::format("<path d='M{:.1f} {:.1f}h30' stroke-width='3' stroke='{}'/>\n", x + 12,
                          middle, palette[i]);
      svg_ += fmt::format("<text x='{:.1f}' y='{:.1f}'>", x + 52, middle + 5);
      svg_ += escape_markup(chart_.lines[i].label) + "</text>\n";
    }
  }

  const LineChart& chart_;
  Axis x_, y_;
  std::string& svg_;
};

}  // namespace

std::string line_charts_svg(std::span<const LineChart> charts, int columns) {
  if (charts.empty() || columns < 1)
    throw Error(ErrorCode::invalid_argument, "a picture of charts needs at least one");
  for (const LineChart& chart : charts)
    if (chart.lines.size() > palette.size())
      throw Error(ErrorCode::invalid_argument, "a chart holds at most " +
                                                   std::to_string(palette.size()) +
                                                   " curves; more would be indistinguishable");
  const auto across = std::min(static_cast<std::size_t>(columns), charts.size());
  const auto down = (charts.size() + across - 1) / across;
  std::string svg;
  svg += fmt::format(
      "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {:.0f} {:.0f}' width='{:.0f}' "
      "height='{:.0f}' font-family='sans-serif' font-size='15' fill='#222'>\n",
      width * static_cast<double>(across), height * static_cast<double>(down),
      width * static_cast<double>(across), height * static_cast<double>(down));
  svg += "<rect width='100%' height='100%' fill='#fff'/>\n";
  for (std::size_t i = 0; i < charts.size(); ++i) {
    svg += fmt::format("<g transform='translate({:.0f} {:.0f})'>\n",
                       width * static_cast<double>(i % across),
                       height * static_cast<double>(i / across));
    ChartWriter(charts[i], svg).write();
    svg += "</g>\n";
  }
  return svg + "</svg>\n";
}

}  // namespace faceshot::support
