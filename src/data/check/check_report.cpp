#include "data/check/check_report.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "faceshot/error.hpp"
#include "media/opencv.hpp"
#include "support/document.hpp"
#include "support/markup.hpp"

namespace faceshot::data {
namespace {

using support::escape_markup;

constexpr std::size_t most_rows = 200;  // per problem; a page of thousands is of no use
constexpr int thumbnail_side = 220;

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
  return "<img alt='' src='data:image/jpeg;base64," +
         support::base64({reinterpret_cast<const char*>(jpeg.data()), jpeg.size()}) + "'>";
}

/// The image of a finding: beside the CSV file named in its place.
std::filesystem::path image_path(const CheckReport& report, const Finding& finding) {
  for (const CheckedSplit& split : report.splits)
    if (finding.place.starts_with(split.csv.string() + ":"))
      return split.repaired.images_dir / finding.image;
  return {};
}

support::DocumentSection summary_of(const CheckReport& report) {
  support::DocumentSection section{"summary", "Summary", {}};
  support::Table files{"", {"file", "images", "boxes"}, {}};
  for (const CheckedSplit& split : report.splits)
    files.rows.push_back(
        {split.csv.string(), std::to_string(split.images), std::to_string(split.boxes)});
  section.blocks.emplace_back(std::move(files));
  if (report.findings.empty()) {
    section.blocks.emplace_back(support::RawHtml{"<p class='fine'>No problems found.</p>\n"});
    return section;
  }
  std::string html =
      "<div class='wide'><table><thead><tr><th scope='col'>severity</th><th scope='col' "
      "class='number'>count</th><th scope='col'>problem</th><th scope='col'>--fix</th></tr></thead>"
      "<tbody>\n";
  const auto counts = report.counts();
  for (const ProblemInfo& p : problems()) {
    const std::size_t count = counts[static_cast<std::size_t>(p.problem)];
    if (count == 0) continue;
    const std::string name(name_of(p.severity));
    html += "<tr><th scope='row' class='" + name + "'>" + name + "</th><td class='number'>" +
            std::to_string(count) + "</td><td><a href='#" + std::string(p.name) + "'>" +
            std::string(p.name) + "</a>: " + escape_markup(p.meaning) + "</td><td>" +
            escape_markup(p.repair) + "</td></tr>\n";
  }
  section.blocks.emplace_back(support::RawHtml{html + "</tbody></table></div>\n"});
  return section;
}

/// The first findings of one problem; no blocks if there are none.
support::DocumentSection section_of(const CheckReport& report, const ProblemInfo& problem,
                                    std::size_t pictures) {
  std::vector<const Finding*> findings;
  for (const Finding& finding : report.findings)
    if (finding.problem == problem.problem) findings.push_back(&finding);
  support::DocumentSection section{
      std::string(problem.name),
      std::string(problem.name) + " (" + std::to_string(findings.size()) + ")",
      {}};
  if (findings.empty()) return section;
  std::string html =
      "<p class='meaning'>" + escape_markup(problem.meaning) +
      (problem.repair.empty() ? "" : "; with --fix, " + escape_markup(problem.repair)) + "</p>\n";
  for (std::size_t i = 0; i < std::min(findings.size(), most_rows); ++i) {
    const Finding& f = *findings[i];
    html += "<div class='finding'>";
    if (i < pictures && !f.image.empty()) html += thumbnail(image_path(report, f), f.box);
    html += "<div><code>" + escape_markup(f.place) + "</code><br>" + escape_markup(f.image) +
            "<br>" + escape_markup(f.detail) + "</div></div>\n";
  }
  if (findings.size() > most_rows)
    html += "<p>... and " + std::to_string(findings.size() - most_rows) + " more (--json)</p>\n";
  section.blocks.emplace_back(support::RawHtml{std::move(html)});
  return section;
}

}  // namespace

std::string check_report_html(const CheckReport& report, std::size_t pictures) {
  support::Document document{"Data check",
                             "Problems in prepared sets, and what --fix does about them",
                             {summary_of(report)}};
  for (const ProblemInfo& problem : problems())
    if (support::DocumentSection section = section_of(report, problem, pictures);
        !section.blocks.empty())
      document.sections.push_back(std::move(section));
  return html_page(document);
}

}  // namespace faceshot::data
