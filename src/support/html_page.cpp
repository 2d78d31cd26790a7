#include <fmt/format.h>
#include <algorithm>

#include "faceshot/error.hpp"
#include "support/document.hpp"
#include "support/html_chart.hpp"
#include "support/markup.hpp"

namespace faceshot::support {
namespace {

constexpr std::string_view page_style = R"(
:root { color-scheme: light dark; --ink: #222; --paper: #fff; --faint: #5f5f5f; --line: #ddd; --mark: #e8f2fa; --accent: #00609a; --bad: #b3261e; --doubt: #8a4b00; --good: #1b7340; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --paper: #16181b; --faint: #a8a8a8; --line: #3a3d42; --mark: #1d3346; --accent: #7cc4f4; --bad: #ff8a80; --doubt: #ffb866; --good: #7bd69b; } }
* { box-sizing: border-box; }
body { font: 15px/1.45 sans-serif; color: var(--ink); background: var(--paper); margin: 0; }
header, nav, main, footer { max-width: 1100px; margin: 0 auto; padding: 0 1em; }
header { padding-top: 1.6em; } h1 { margin: 0 0 .2em; } .lede, .meaning, footer { color: var(--faint); }
nav { position: sticky; top: 0; background: var(--paper); border-bottom: 1px solid var(--line); padding-top: .5em; padding-bottom: .5em; z-index: 1; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .2em 1.2em; margin: 0; padding: 0; }
a { color: var(--accent); } section { scroll-margin-top: 3.5em; } h2 { margin: 1.8em 0 .5em; }
.skip { position: absolute; left: -99em; } .skip:focus { left: 1em; top: .5em; background: var(--paper); padding: .5em; z-index: 2; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; margin: .6em 0 1.2em; } caption { text-align: left; color: var(--faint); padding-bottom: .3em; }
td, th { padding: .3em .8em .3em 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); font-weight: normal; }
thead th { font-weight: bold; } tbody th { overflow-wrap: anywhere; } td.number, thead th.number { text-align: right; font-variant-numeric: tabular-nums; }
tr.marked th, tr.marked td { background: var(--mark); font-weight: bold; } .wide { overflow-x: auto; }
code { font-size: 13px; overflow-wrap: anywhere; }
.error { color: var(--bad); font-weight: bold; } .warning { color: var(--doubt); font-weight: bold; } .note { color: var(--faint); } .fine { color: var(--good); font-weight: bold; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: 1.2em; }
figure { margin: 0; } .chart { max-width: 640px; } .chart svg { width: 100%; height: auto; display: block; touch-action: pan-y; } figcaption { font-weight: bold; }
.chart text { fill: var(--ink); font-size: 13px; } .axes path { stroke: var(--line); } .frame { fill: none; stroke: var(--faint); pointer-events: none; }
.curve { fill: none; stroke-width: 2.2; stroke-linejoin: round; } .dashed { stroke-dasharray: 6 5; } .cursor { stroke: var(--paper); stroke-width: 2; pointer-events: none; } [hidden] { display: none; }
.chart output { display: block; margin-top: .4em; min-height: 2.9em; color: var(--faint); font-size: 13px; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .1em 1.1em; margin: .2em 0; padding: 0; font-size: 13px; }
.swatch { display: inline-block; width: 1.6em; border-top: 3px solid var(--c); vertical-align: middle; margin-right: .4em; } .swatch.dashed { border-top-style: dashed; }
.gallery { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: .9em; }
.gallery img { width: 100%; height: auto; display: block; } .gallery figcaption { font-weight: normal; font-size: 12.5px; overflow-wrap: anywhere; }
.finding { display: flex; gap: 1em; padding: .6em 0; border-bottom: 1px solid var(--line); } .finding img { max-width: 220px; height: auto; align-self: flex-start; }
footer { padding-top: 1.5em; padding-bottom: 2em; }
@media print { nav, .chart output, .skip { display: none; } }
)";

void require_rows(const Table& table) {
  for (const auto& row : table.rows)
    if (row.size() != table.columns.size())
      throw Error(ErrorCode::invalid_argument,
                  "a row of " + std::to_string(row.size()) + " cells in a table of " +
                      std::to_string(table.columns.size()) + " columns: " + table.caption);
}

/// Writes one block after the other; consecutive charts are placed side by side.
class PageWriter {
 public:
  void operator()(const Paragraph& paragraph) {
    leave_charts();
    html_ += "<p>" + escape_markup(paragraph.text) + "</p>\n";
  }

  void operator()(const Table& table) {
    leave_charts();
    require_rows(table);
    const char* const kind = table.text ? "" : " class='number'";
    if (table.folded) html_ += "<details><summary>" + escape_markup(table.caption) + "</summary>\n";
    html_ += "<div class='wide'><table>";
    if (!table.folded && !table.caption.empty())
      html_ += "<caption>" + escape_markup(table.caption) + "</caption>";
    html_ += "<thead><tr>";
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      html_ += fmt::format("<th scope='col'{}>{}</th>", i > 0 ? kind : "",
                           escape_markup(table.columns[i]));
    html_ += "</tr></thead>\n<tbody>";
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
      const bool marked =
          std::find(table.marked.begin(), table.marked.end(), r) != table.marked.end();
      html_ += marked ? "<tr class='marked'>" : "<tr>";
      html_ += "<th scope='row'>" + escape_markup(table.rows[r].front()) + "</th>";
      for (std::size_t i = 1; i < table.rows[r].size(); ++i)
        html_ += fmt::format("<td{}>{}</td>", kind, escape_markup(table.rows[r][i]));
      html_ += "</tr>\n";
    }
    html_ += "</tbody></table></div>\n";
    if (table.folded) html_ += "</details>\n";
  }

  void operator()(const CurveChart& chart) {
    if (!in_charts_) html_ += "<div class='charts'>\n";
    in_charts_ = true;
    html_ += html_chart(chart, ++charts_);
  }

  void operator()(const Gallery& gallery) {
    leave_charts();
    html_ += "<ul class='gallery'>\n";
    for (const DocumentPicture& picture : gallery.pictures)
      html_ += fmt::format(
          "<li><figure><img loading='lazy' alt=\"{}\" src='data:image/jpeg;base64,{}'>"
          "<figcaption>{}</figcaption></figure></li>\n",
          escape_markup(picture.meaning), base64(picture.jpeg), escape_markup(picture.caption));
    html_ += "</ul>\n";
  }

  void operator()(const RawHtml& raw) {
    leave_charts();
    html_ += raw.html;
  }

  void leave_charts() {
    if (in_charts_) html_ += "</div>\n";
    in_charts_ = false;
  }

  std::string html_;
  std::size_t charts_ = 0;

 private:
  bool in_charts_ = false;
};

std::string navigation(const Document& document) {
  if (document.sections.size() < 2) return {};
  std::string html = "<nav aria-label='Sections'><ul>";
  for (const DocumentSection& section : document.sections)
    html += "<li><a href='#" + section.id + "'>" + escape_markup(section.title) + "</a></li>";
  return html + "</ul></nav>\n";
}

}  // namespace

std::string html_page(const Document& document) {
  std::string head =
      "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><meta name='viewport' "
      "content='width=device-width, initial-scale=1'><title>" +
      escape_markup(document.title) + "</title>\n<style>";
  head += page_style;
  head += document.style +
          "</style></head>\n<body><a class='skip' href='#content'>To the content</a>\n";
  head += "<header><h1>" + escape_markup(document.title) + "</h1>";
  if (!document.lede.empty()) head += "<p class='lede'>" + escape_markup(document.lede) + "</p>";
  head += "</header>\n" + navigation(document) + "<main id='content' tabindex='-1'>\n";
  PageWriter writer;
  for (const DocumentSection& section : document.sections) {
    writer.html_ += fmt::format(
        "<section id='{0}' aria-labelledby='{0}-title'><h2 id='{0}-title'>{1}"
        "</h2>\n",
        section.id, escape_markup(section.title));
    for (const DocumentBlock& block : section.blocks) std::visit(writer, block);
    writer.leave_charts();
    writer.html_ += "</section>\n";
  }
  std::string tail =
      "</main>\n<footer>Made by FaceShot. This page loads no external resources."
      "</footer>\n";
  std::string script = writer.charts_ > 0 ? std::string(chart_script()) : std::string();
  script += document.script;
  if (!script.empty()) tail += "<script>" + script + "</script>\n";
  return head + writer.html_ + tail + "</body></html>\n";
}

}  // namespace faceshot::support
