#include "support/html_chart.hpp"

#include <fmt/format.h>
#include <array>
#include <cmath>

#include "faceshot/error.hpp"
#include "support/markup.hpp"
#include "support/round_step.hpp"

namespace faceshot::support {
namespace {

// In SVG units.
constexpr double chart_width = 640, chart_height = 400;
constexpr double plot_left = 64, plot_top = 14, plot_width = 560, plot_height = 330;

// Okabe and Ito's palette, distinguishable with any kind of colour vision; grey and ochre replace
// its black and yellow, which would vanish on dark and on light pages.
constexpr std::array<const char*, 8> curve_colors{"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                  "#e69f00", "#56b4e9", "#7a7a7a", "#b59f00"};

double share_of(double value, const std::pair<double, double>& range, bool log) {
  if (log) return std::log(value / range.first) / std::log(range.second / range.first);
  return (value - range.first) / (range.second - range.first);
}

bool is_shown(const CurveChart& chart, const ChartPoint& p) {
  return std::isfinite(p.x) && std::isfinite(p.y) && p.x >= chart.x_range.first &&
         p.x <= chart.x_range.second;
}

double x_of(const CurveChart& chart, double x) {
  const double share = std::min(1.0, std::max(0.0, share_of(x, chart.x_range, chart.log_x)));
  return plot_left + plot_width * share;
}
double y_of(const CurveChart& chart, double y) {
  const double share = std::min(1.0, std::max(0.0, share_of(y, chart.y_range, false)));
  return plot_top + plot_height * (1 - share);
}

std::vector<double> ticks_of(const std::pair<double, double>& range, bool log) {
  std::vector<double> ticks;
  if (log) {
    for (double v = std::pow(10, std::ceil(std::log10(range.first) - 1e-9));
         v <= range.second * (1 + 1e-9); v *= 10)
      ticks.push_back(v);
    return ticks;
  }
  const double step = round_step(range.second - range.first, 4);
  for (double v = std::ceil(range.first / step - 1e-9) * step; v <= range.second + step * 1e-6;
       v += step)
    ticks.push_back(std::abs(v) < step * 1e-6 ? 0 : v);
  return ticks;
}

void append_axes(const CurveChart& chart, std::string& html) {
  html += "<g class='axes' aria-hidden='true'>";
  for (const double v : ticks_of(chart.x_range, chart.log_x))
    html += fmt::format(
        "<path d='M{0:.1f} {1:.1f}V{2:.1f}'/><text x='{0:.1f}' y='{3:.1f}' "
        "text-anchor='middle'>{4:.3g}</text>",
        x_of(chart, v), plot_top, plot_top + plot_height, plot_top + plot_height + 18, v);
  for (const double v : ticks_of(chart.y_range, false))
    html += fmt::format(
        "<path d='M{0:.1f} {1:.1f}H{2:.1f}'/><text x='{3:.1f}' y='{4:.1f}' "
        "text-anchor='end'>{5:.3g}</text>",
        plot_left, y_of(chart, v), plot_left + plot_width, plot_left - 8, y_of(chart, v) + 4, v);
  html += fmt::format("<text x='{:.1f}' y='{:.1f}' text-anchor='middle'>{}</text>",
                      plot_left + plot_width / 2, plot_top + plot_height + 40,
                      escape_markup(chart.x_label));
  html += fmt::format(
      "<text transform='translate(16 {:.1f}) rotate(-90)' text-anchor='middle'>{}</text></g>",
      plot_top + plot_height / 2, escape_markup(chart.y_label));
}

void append_series(const CurveChart& chart, std::size_t index, std::string& html) {
  const ChartSeries& series = chart.series[index];
  std::string points, data;
  for (const ChartPoint& p : series.points) {
    if (!is_shown(chart, p)) continue;
    points += fmt::format("{:.1f},{:.1f} ", x_of(chart, p.x), y_of(chart, p.y));
    data += fmt::format("{:.4g};{:.4g};{}|", p.x, p.y, p.note);
  }
  if (!data.empty()) data.pop_back();
  html += fmt::format(
      "<polyline class='curve{}' stroke='{}' points='{}' data-label=\"{}\" data-points=\"{}\"/>\n",
      series.dashed ? " dashed" : "", curve_colors[index], points, escape_markup(series.label),
      series.dashed ? "" : escape_markup(data));
}

void append_legend(const CurveChart& chart, std::string& html) {
  html += "<ul class='legend' aria-label='Curves'>";
  for (std::size_t i = 0; i < chart.series.size(); ++i)
    html += fmt::format("<li><span class='swatch{}' style='--c:{}'></span>{}</li>",
                        chart.series[i].dashed ? " dashed" : "", curve_colors[i],
                        escape_markup(chart.series[i].label));
  html += "</ul>";
}

}  // namespace

Table chart_table(const CurveChart& chart, std::size_t most) {
  Table table{"", {"curve", chart.x_label, chart.y_label, ""}, {}};
  for (const ChartSeries& series : chart.series) {
    if (series.dashed) continue;
    const std::size_t count = series.points.size();
    const std::size_t step = std::max<std::size_t>(1, (count + most - 1) / most);
    for (std::size_t i = 0; i < count; ++i) {
      if (i % step != 0 && i + 1 != count) continue;
      const ChartPoint& p = series.points[i];
      if (is_shown(chart, p))
        table.rows.push_back(
            {series.label, fmt::format("{:.3g}", p.x), fmt::format("{:.4f}", p.y), p.note});
    }
  }
  return table;
}

std::string html_chart(const CurveChart& chart, std::size_t number) {
  if (chart.series.size() > curve_colors.size())
    throw Error(ErrorCode::invalid_argument, "a chart holds at most " +
                                                 std::to_string(curve_colors.size()) +
                                                 " curves; more would be indistinguishable");
  std::string html =
      fmt::format("<figure class='chart'><figcaption id='chart-{}'>{}</figcaption>\n", number,
                  escape_markup(chart.title));
  append_legend(chart, html);
  // Role img although it handles keys: "application" would disable the screen reader's own keys.
  html += fmt::format(
      "<svg viewBox='0 0 {:.0f} {:.0f}' role='application' tabindex='0' "
      "aria-roledescription='chart' aria-labelledby='chart-{}' aria-describedby='value-{}' "
      "data-x=\"{}\" data-y=\"{}\">\n",
      chart_width, chart_height, number, number, escape_markup(chart.x_label),
      escape_markup(chart.y_label));
  append_axes(chart, html);
  for (std::size_t i = 0; i < chart.series.size(); ++i) append_series(chart, i, html);
  html += fmt::format(
      "<rect class='frame' x='{}' y='{}' width='{}' height='{}'/><circle class='cursor' r='5' "
      "hidden/></svg>\n",
      plot_left, plot_top, plot_width, plot_height);
  html += fmt::format(
      "<output id='value-{}' aria-live='polite'>Point at a curve, or use the arrow keys: left and "
      "right along it, up and down to another.</output>\n",
      number);
  const Table table = chart_table(chart, 12);
  html += "<details><summary>The numbers</summary><table><thead><tr>";
  for (const std::string& column : table.columns)
    html += "<th scope='col'>" + escape_markup(column) + "</th>";
  html += "</tr></thead><tbody>";
  for (const auto& row : table.rows) {
    html += "<tr><th scope='row'>" + escape_markup(row[0]) + "</th>";
    for (std::size_t i = 1; i < row.size(); ++i)
      html += "<td class='number'>" + escape_markup(row[i]) + "</td>";
    html += "</tr>";
  }
  return html + "</tbody></table></details></figure>\n";
}

std::string_view chart_script() {
  return R"(
for (const svg of document.querySelectorAll('figure.chart svg')) {
  const cursor = svg.querySelector('.cursor'), out = svg.parentElement.querySelector('output');
  const curves = [...svg.querySelectorAll('.curve')].filter(c => c.dataset.points).map(c => ({
    label: c.dataset.label, color: c.getAttribute('stroke'),
    at: c.getAttribute('points').trim().split(' ').map(p => p.split(',').map(Number)),
    say: c.dataset.points.split('|').map(p => p.split(';'))}));
  if (!curves.length) continue;
  let curve = 0, point = 0;
  const show = () => {
    const c = curves[curve];
    point = Math.max(0, Math.min(c.at.length - 1, point));
    cursor.removeAttribute('hidden');
    cursor.setAttribute('cx', c.at[point][0]);
    cursor.setAttribute('cy', c.at[point][1]);
    cursor.setAttribute('fill', c.color);
    const [x, y, note] = c.say[point];
    out.textContent = `${c.label}: ${svg.dataset.x} ${x}, ${svg.dataset.y} ${y}${note ? ', ' + note : ''}`;
  };
  const near = e => {
    const m = svg.getScreenCTM(), x = (e.clientX - m.e) / m.a, y = (e.clientY - m.f) / m.d;
    let best = Infinity;
    curves.forEach((c, i) => c.at.forEach((p, j) => {
      const d = (p[0] - x) ** 2 + (p[1] - y) ** 2;
      if (d < best) { best = d; curve = i; point = j; }
    }));
    show();
  };
  svg.addEventListener('pointermove', near);
  svg.addEventListener('pointerdown', near);
  svg.addEventListener('focus', show);
  svg.addEventListener('keydown', e => {
    const x = curves[curve].at[point][0];
    const steps = {ArrowRight: 1, ArrowLeft: -1, PageUp: 10, PageDown: -10, Home: -1e9, End: 1e9};
    const turns = {ArrowUp: -1, ArrowDown: 1};
    if (e.key in steps) point += steps[e.key];
    else if (e.key in turns) {
      curve = (curve + turns[e.key] + curves.length) % curves.length;
      point = 0;
      curves[curve].at.forEach((p, i) => {
        if (Math.abs(p[0] - x) < Math.abs(curves[curve].at[point][0] - x)) point = i;
      });
    } else return;
    e.preventDefault();
    show();
  });
}
)";
}

}  // namespace faceshot::support
