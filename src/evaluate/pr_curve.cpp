#include "evaluate/pr_curve.hpp"

#include <array>
#include <cstddef>
#include <cstdio>

#include "core/markup.hpp"
#include "faceshot/error.hpp"

namespace faceshot {
namespace {

// The plot area inside the picture, in SVG units.
constexpr double width = 720, height = 560;
constexpr double left = 76, top = 56, side_x = 612, side_y = 432;

// Okabe and Ito's palette: told apart with any kind of colour vision.
constexpr std::array<const char*, 8> palette{"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                             "#e69f00", "#56b4e9", "#000000", "#f0e442"};

double x_of(double recall) { return left + recall * side_x; }
double y_of(double precision) { return top + (1 - precision) * side_y; }

void append_axes(std::string& svg) {
  for (int i = 0; i <= 10; ++i) {
    const double v = i / 10.0;
    append_format(svg, "<path d='M%.1f %.1fV%.1fM%.1f %.1fH%.1f' stroke='#d8d8d8'/>\n", x_of(v),
                  y_of(0), y_of(1), x_of(0), y_of(v), x_of(1));
    if (i % 2 != 0) continue;
    append_format(svg, "<text x='%.1f' y='%.1f' text-anchor='middle'>%.1f</text>\n", x_of(v),
                  y_of(0) + 22, v);
    append_format(svg, "<text x='%.1f' y='%.1f' text-anchor='end'>%.1f</text>\n", x_of(0) - 10,
                  y_of(v) + 5, v);
  }
  append_format(svg,
                "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='none' stroke='#444'/>\n",
                x_of(0), y_of(1), side_x, side_y);
  append_format(svg, "<text x='%.1f' y='%.1f' text-anchor='middle'>Recall</text>\n", x_of(0.5),
                y_of(0) + 50);
  append_format(svg, "<text transform='translate(%.1f %.1f) rotate(-90)' text-anchor='middle'>",
                26.0, y_of(0.5));
  svg += "Precision</text>\n";
}

void append_curve(std::string& svg, const PrCurve& curve, const char* color) {
  svg += "<polyline fill='none' stroke-width='2.5' stroke-linejoin='round' stroke='";
  svg += color;
  svg += "' points='";
  for (std::size_t i = 0; i < curve.recall.size(); ++i)
    if (curve.recall[i] > 0)
      append_format(svg, "%.2f,%.2f ", x_of(curve.recall[i]), y_of(curve.precision[i]));
  svg += "'/>\n";
}

/// In the lower left, where precision-recall curves seldom are.
void append_legend(std::string& svg, std::span<const PrCurve> curves) {
  const double row = 26;
  const double first = y_of(0) - 16 - row * static_cast<double>(curves.size());
  append_format(svg,
                "<rect x='%.1f' y='%.1f' width='236' height='%.1f' fill='#fff' stroke='#999'/>\n",
                left + 14, first, row * static_cast<double>(curves.size()) + 4);
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const double y = first + row * (static_cast<double>(i) + 0.5) + 2;
    append_format(svg, "<path d='M%.1f %.1fh30' stroke-width='3' stroke='%s'/>\n", left + 26, y,
                  palette[i]);
    append_format(svg, "<text x='%.1f' y='%.1f'>", left + 66, y + 5);
    svg += escape_markup(curves[i].label);
    append_format(svg, "</text>\n<text x='%.1f' y='%.1f' text-anchor='end'>AP %.4f</text>\n",
                  left + 238, y + 5, curves[i].ap);
  }
}

}  // namespace

std::string pr_curve_svg(std::string_view title, std::span<const PrCurve> curves) {
  if (curves.size() > palette.size())
    throw Error(
        ErrorCode::invalid_argument,
        "pr_curve_svg: at most " + std::to_string(palette.size()) + " curves can be told apart");
  for (const PrCurve& curve : curves)
    if (curve.recall.size() != curve.precision.size())
      throw Error(ErrorCode::invalid_argument,
                  "pr_curve_svg: recall and precision differ in length");
  std::string svg;
  append_format(svg,
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %.0f %.0f' width='%.0f' "
                "height='%.0f' font-family='sans-serif' font-size='15' fill='#222'>\n",
                width, height, width, height);
  svg += "<rect width='100%' height='100%' fill='#fff'/>\n";
  append_format(svg, "<text x='%.1f' y='32' text-anchor='middle' font-size='18'>", width / 2);
  svg += escape_markup(title) + "</text>\n";
  append_axes(svg);
  for (std::size_t i = 0; i < curves.size(); ++i) append_curve(svg, curves[i], palette[i]);
  append_legend(svg, curves);
  return svg + "</svg>\n";
}

}  // namespace faceshot
