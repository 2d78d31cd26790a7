#include "data/check/check_report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <opencv2/imgproc.hpp>
#include <string_view>
#include <vector>

#include "faceshot/error.hpp"
#include "media/opencv.hpp"
#include "support/markup.hpp"

namespace faceshot::data {
namespace {

using support::escape_markup;

constexpr std::size_t most_rows = 200;  // of one problem; a page of thousands helps nobody
constexpr int thumbnail_side = 220;

std::string base64(const std::vector<std::uint8_t>& bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t block = 0;
    for (std::size_t k = 0; k < 3; ++k)
      block = block << 8 | (i + k < bytes.size() ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      text += i + k <= bytes.size() ? digits[block >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

/// The image, reduced, with the box in red; empty if it cannot be read.
std::string thumbnail(const std::filesystem::path& path, const std::optional<Box>& box) {
  cv::Mat image;
  try {
    image = media::read_mat(path);
  } catch (const Error&) {
    return {};
  }
  const double scale =
      std::min(1.0, static_cast<double>(thumbnail_side) / std::max(image.cols, image.rows));
  cv::Mat small;
  cv::resize(image, small, {}, scale, scale, cv::INTER_AREA);
  if (box) {
    const auto pixel = [&](float v) {
      constexpr double far_out = 1e5;
      return static_cast<int>(
          std::lround(std::clamp(static_cast<double>(v) * scale, -far_out, far_out)));
    };
    cv::rectangle(small, {pixel(box->x1), pixel(box->y1)}, {pixel(box->x2), pixel(box->y2)},
                  cv::Scalar(40, 40, 255), 2, cv::LINE_AA);
  }
  const std::vector<std::uint8_t> jpeg = media::encode_jpeg(media::view_of(small), 80);
  return "<img alt='' src='data:image/jpeg;base64," + base64(jpeg) + "'>";
}

constexpr std::string_view style = R"(<style>
body { font: 15px/1.45 sans-serif; color: #222; background: #fff; max-width: 1100px; margin: 2em auto; padding: 0 1em; }
table { border-collapse: collapse; } td, th { padding: .3em .8em .3em 0; text-align: left; vertical-align: top; border-bottom: 1px solid #ddd; }
td.number { text-align: right; } code { font-size: 13px; overflow-wrap: anywhere; }
.error { color: #b3261e; font-weight: bold; } .warning { color: #a05a00; font-weight: bold; } .note { color: #555; } .fine { color: #1b7340; font-weight: bold; }
.finding { display: flex; gap: 1em; padding: .6em 0; border-bottom: 1px solid #eee; } .finding img { max-width: 220px; height: auto; align-self: flex-start; }
h2 { margin-top: 2em; } .meaning { color: #555; }
</style>
)";

/// Where the images of a finding are: beside the CSV that its place names.
std::filesystem::path image_path(const CheckReport& report, const Finding& finding) {
  for (const CheckedSplit& split : report.splits)
    if (finding.place.starts_with(split.csv.string() + ":"))
      return split.repaired.images_dir / finding.image;
  return {};
}

void append_summary(std::string& html, const CheckReport& report) {
  html += "<table><tr><th>file</th><th>images</th><th>boxes</th></tr>\n";
  for (const CheckedSplit& split : report.splits)
    html += "<tr><td><code>" + escape_markup(split.csv.string()) +
            "</code></td><td class='number'>" + std::to_string(split.images) +
            "</td><td class='number'>" + std::to_string(split.boxes) + "</td></tr>\n";
  html += "</table>\n";
  if (report.findings.empty()) {
    html += "<p class='fine'>Nothing is wrong.</p>\n";
    return;
  }
  html += "<p></p><table><tr><th></th><th>found</th><th>what</th><th>--fix</th></tr>\n";
  const auto counts = report.counts();
  for (const ProblemInfo& p : problems()) {
    const std::size_t count = counts[static_cast<std::size_t>(p.problem)];
    if (count == 0) continue;
    const std::string name(name_of(p.severity));
    html += "<tr><td class='" + name + "'>" + name + "</td><td class='number'>" +
            std::to_string(count) + "</td><td><a href='#" + std::string(p.name) + "'>" +
            std::string(p.name) + "</a>: " + escape_markup(p.meaning) + "</td><td>" +
            escape_markup(p.repair) + "</td></tr>\n";
  }
  html += "</table>\n";
}

void append_problem(std::string& html, const CheckReport& report, const ProblemInfo& problem,
                    std::size_t pictures) {
  std::vector<const Finding*> findings;
  for (const Finding& finding : report.findings)
    if (finding.problem == problem.problem) findings.push_back(&finding);
  if (findings.empty()) return;
  html += "<h2 id='" + std::string(problem.name) + "'>" + std::string(problem.name) + " (" +
          std::to_string(findings.size()) + ")</h2>\n<p class='meaning'>" +
          escape_markup(problem.meaning) +
          (problem.repair.empty() ? "" : "; with --fix, " + escape_markup(problem.repair)) +
          "</p>\n";
  for (std::size_t i = 0; i < std::min(findings.size(), most_rows); ++i) {
    const Finding& f = *findings[i];
    html += "<div class='finding'>";
    if (i < pictures && !f.image.empty()) html += thumbnail(image_path(report, f), f.box);
    html += "<div><code>" + escape_markup(f.place) + "</code><br>" + escape_markup(f.image) +
            "<br>" + escape_markup(f.detail) + "</div></div>\n";
  }
  if (findings.size() > most_rows)
    html += "<p>... and " + std::to_string(findings.size() - most_rows) + " more (--json)</p>\n";
}

}  // namespace

std::string check_report_html(const CheckReport& report, std::size_t pictures) {
  std::string html =
      "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><meta name='viewport' "
      "content='width=device-width'><title>Data check</title>\n";
  html += style;
  html += "</head><body>\n<h1>Data check</h1>\n";
  append_summary(html, report);
  for (const ProblemInfo& problem : problems()) append_problem(html, report, problem, pictures);
  html += "</body></html>\n";
  return html;
}

}  // namespace faceshot::data
