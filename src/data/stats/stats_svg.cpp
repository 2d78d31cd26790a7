#include <fmt/format.h>
#include <algorithm>
#include <cmath>

#include "data/stats/set_stats.hpp"
#include "support/document.hpp"
#include "support/markup.hpp"

namespace faceshot::data {
namespace {

// The picture: two panels by two, in SVG units.
constexpr double panel_width = 460, panel_height = 300, margin = 40, header = 70;

struct Corner {
  double x, y;
};

Corner corner_of(int panel) {
  return {margin + panel % 2 * (panel_width + margin),
          header + panel / 2 * (panel_height + margin)};
}

void append_title(std::string& svg, Corner at, const char* title) {
  svg += fmt::format("<text x='{:.0f}' y='{:.0f}' font-size='16' font-weight='bold'>{}</text>\n",
                     at.x, at.y + 16, title);
}

void append_bars(std::string& svg, int panel, const char* title, const Histogram& histogram) {
  const Corner at = corner_of(panel);
  append_title(svg, at, title);
  const double base = at.y + panel_height - 24, top = at.y + 48;
  const std::size_t largest =
      std::max<std::size_t>(1, *std::max_element(histogram.counts.begin(), histogram.counts.end()));
  const double step = panel_width / static_cast<double>(histogram.counts.size());
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    const double height =
        (base - top) * static_cast<double>(histogram.counts[i]) / static_cast<double>(largest);
    const double x = at.x + step * static_cast<double>(i);
    svg +=
        fmt::format("<rect x='{:.1f}' y='{:.1f}' width='{:.1f}' height='{:.1f}' fill='#0072b2'/>\n",
                    x + step * 0.08, base - height, step * 0.84, height);
    svg +=
        fmt::format("<text x='{:.1f}' y='{:.1f}' text-anchor='middle' font-size='11'>{}</text>\n",
                    x + step / 2, base - height - 5, histogram.counts[i]);
    svg +=
        fmt::format("<text x='{:.1f}' y='{:.1f}' text-anchor='middle' font-size='11'>{}</text>\n",
                    x + step / 2, base + 16, support::escape_markup(histogram.labels[i]));
  }
  svg += fmt::format("<path d='M{:.1f} {:.1f}H{:.1f}' stroke='#444'/>\n", at.x, base,
                     at.x + panel_width);
}

/// White through orange to black, dark for many; the square root makes small counts visible.
void append_heat_map(std::string& svg, int panel, const char* title, const SetStats& stats) {
  const Corner at = corner_of(panel);
  append_title(svg, at, title);
  std::size_t largest = 1;
  for (const auto& row : stats.positions)
    largest = std::max(largest, *std::max_element(row.begin(), row.end()));
  const double side = (panel_height - 36) / SetStats::grid;
  for (std::size_t r = 0; r < SetStats::grid; ++r) {
    for (std::size_t c = 0; c < SetStats::grid; ++c) {
      const double heat =
          std::sqrt(static_cast<double>(stats.positions[r][c]) / static_cast<double>(largest));
      svg += fmt::format(
          "<rect x='{:.2f}' y='{:.2f}' width='{:.2f}' height='{:.2f}' "
          "fill='rgb({:.0f},{:.0f},{:.0f})'/>\n",
          at.x + static_cast<double>(c) * side, at.y + 30 + static_cast<double>(r) * side,
          side + 0.3, side + 0.3, 255 - 115 * heat, 250 - 205 * heat, 240 - 236 * heat);
    }
  }
  svg += fmt::format(
      "<rect x='{:.1f}' y='{:.1f}' width='{:.1f}' height='{:.1f}' fill='none' stroke='#444'/>\n",
      at.x, at.y + 30, side * SetStats::grid, side * SetStats::grid);
}

}  // namespace

std::string stats_svg(const std::string& title, const SetStats& stats) {
  constexpr double width = 2 * panel_width + 3 * margin;
  constexpr double height = header + 2 * (panel_height + margin);
  std::string svg;
  svg += fmt::format(
      "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {:.0f} {:.0f}' width='{:.0f}' "
      "height='{:.0f}' font-family='sans-serif' fill='#222'>\n",
      width, height, width, height);
  svg += "<rect width='100%' height='100%' fill='#fff'/>\n";
  svg += fmt::format("<text x='{:.0f}' y='34' font-size='20' font-weight='bold'>", margin);
  svg += support::escape_markup(title) + "</text>\n";
  svg += fmt::format("<text x='{:.0f}' y='56' font-size='13'>", margin);
  svg += fmt::format(
      "{} images, {} faces ({:.1f} per image, median side {:.0f} px), {} ignore regions, ",
      stats.images, stats.faces, stats.faces_per_image, stats.median_side, stats.ignored);
  svg += fmt::format("{} with landmarks, {} images without faces</text>\n", stats.with_landmarks,
                     stats.images_without_faces);
  append_bars(svg, 0, "Size of faces, px (at longer side 640)", stats.side);
  append_bars(svg, 1, "Faces per image", stats.faces_in_image);
  append_bars(svg, 2, "Width / height of faces", stats.aspect);
  append_heat_map(svg, 3, "Where faces are", stats);
  svg += "</svg>\n";
  return svg;
}

std::string stats_page(const std::string& title, const SetStats& stats,
                       const std::vector<std::string>& classes) {
  support::Document document{"Data statistics", title, {}};
  support::Table counts{"Counts",
                        {"what", "number"},
                        {{"images", std::to_string(stats.images)},
                         {"images without faces", std::to_string(stats.images_without_faces)},
                         {"faces", std::to_string(stats.faces)},
                         {"faces per image", fmt::format("{:.1f}", stats.faces_per_image)},
                         {"median side of a face, px", fmt::format("{:.0f}", stats.median_side)},
                         {"ignored", std::to_string(stats.ignored)},
                         {"with landmarks", std::to_string(stats.with_landmarks)}}};
  for (std::size_t i = 0; i < classes.size() && classes.size() > 1; ++i)
    counts.rows.push_back({"class " + classes[i], std::to_string(stats.faces_of_class[i])});
  document.sections.push_back({"counts", "Counts", {std::move(counts)}});
  std::string svg = stats_svg(title, stats);
  svg.replace(svg.find("<svg"), 4,
              "<svg role='img' aria-label='Size, number, shape and position of faces; the tables "
              "below have the numbers' style='max-width:100%;height:auto'");
  document.sections.push_back({"picture", "Distributions", {support::RawHtml{std::move(svg)}}});
  support::DocumentSection numbers{"numbers", "The numbers", {}};
  const auto add = [&](const char* caption, const Histogram& histogram) {
    support::Table table{caption, {"range", "number"}, {}};
    for (std::size_t i = 0; i < histogram.labels.size(); ++i)
      table.rows.push_back({histogram.labels[i], std::to_string(histogram.counts[i])});
    numbers.blocks.emplace_back(std::move(table));
  };
  add("Size of faces, px, at longer side 640", stats.side);
  add("Faces per image", stats.faces_in_image);
  add("Width / height of faces", stats.aspect);
  document.sections.push_back(std::move(numbers));
  return html_page(document);
}

}  // namespace faceshot::data
