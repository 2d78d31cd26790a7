#include <algorithm>

#include "faceshot/error.hpp"
#include "support/document.hpp"
#include "support/html_chart.hpp"

namespace faceshot::support {
namespace {

/// Escapes everything that is special in Markdown.
std::string escape_markdown(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '*' || c == '_' || c == '`' || c == '<' || c == '[' || c == '\\' ||
        c == '#')
      out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string row_of(const std::vector<std::string>& cells) {
  std::string row = "|";
  for (const std::string& cell : cells) row += " " + escape_markdown(cell) + " |";
  return row + "\n";
}

struct MarkdownWriter {
  std::string text{};

  void operator()(const Paragraph& paragraph) { text += escape_markdown(paragraph.text) + "\n\n"; }

  void operator()(const Table& table) {
    if (!table.caption.empty()) text += escape_markdown(table.caption) + "\n\n";
    text += row_of(table.columns) + "|";
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      text += i == 0 || table.text ? "---|" : "---:|";
    text += "\n";
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
      if (table.rows[r].size() != table.columns.size())
        throw Error(ErrorCode::invalid_argument, "a table's row is not as long as its columns");
      const bool marked =
          std::find(table.marked.begin(), table.marked.end(), r) != table.marked.end();
      std::string row = row_of(table.rows[r]);
      if (marked)
        row.replace(2, row.find(" |", 2) - 2, "**" + escape_markdown(table.rows[r][0]) + "**");
      text += row;
    }
    text += "\n";
  }

  void operator()(const CurveChart& chart) {
    text += "### " + escape_markdown(chart.title) + "\n\n";
    (*this)(chart_table(chart, 10));
  }

  void operator()(const Gallery& gallery) {
    for (const DocumentPicture& picture : gallery.pictures)
      text += "- " + escape_markdown(picture.caption) + "\n";
    text += "\n";
  }

  void operator()(const RawHtml&) {}
};

}  // namespace

std::string markdown(const Document& document) {
  MarkdownWriter writer{"# " + escape_markdown(document.title) + "\n\n"};
  if (!document.lede.empty()) writer.text += escape_markdown(document.lede) + "\n\n";
  for (const DocumentSection& section : document.sections) {
    writer.text += "## " + escape_markdown(section.title) + "\n\n";
    for (const DocumentBlock& block : section.blocks) std::visit(writer, block);
  }
  while (writer.text.size() > 1 && writer.text.ends_with("\n\n")) writer.text.pop_back();
  return writer.text;
}

}  // namespace faceshot::support
