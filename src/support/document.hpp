// A document of text, tables, charts and pictures, as a web page or as Markdown. All pages that
// FaceShot makes are written here, so that they look and behave alike.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace faceshot::support {

struct Paragraph {
  std::string text;
};

/// The first column says what a row is about; of the others those that `numbers` names stand at the
/// right.
struct Table {
  std::string caption;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  ///< each as long as columns
  std::vector<std::size_t> marked{};           ///< rows that stand out
  bool text = false;                           ///< all columns are text, none numbers
  bool folded = false;                         ///< on a page shown when asked for
};

struct ChartPoint {
  double x = 0, y = 0;
  std::string note{};  ///< what else is to be said of it: "score 0.52"
};

struct ChartSeries {
  std::string label;
  std::vector<ChartPoint> points;  ///< by x; those beyond the axis are left out
  bool dashed = false;             ///< a line to compare with, not data
};

/// A curve that can be followed with the mouse, a finger or the keyboard.
struct CurveChart {
  std::string title, x_label, y_label;
  std::vector<ChartSeries> series;  ///< at most 8: as many as can be told apart
  std::pair<double, double> x_range{0, 1}, y_range{0, 1};
  bool log_x = false;  ///< x_range is above 0
};

struct DocumentPicture {
  std::string jpeg;     ///< the file's bytes
  std::string meaning;  ///< for those who do not see it
  std::string caption;
};

struct Gallery {
  std::vector<DocumentPicture> pictures;
};

/// HTML that is written as it is; left out of Markdown.
struct RawHtml {
  std::string html;
};

using DocumentBlock = std::variant<Paragraph, Table, CurveChart, Gallery, RawHtml>;

struct DocumentSection {
  std::string id;  ///< for links: letters, digits and hyphens
  std::string title;
  std::vector<DocumentBlock> blocks;
};

struct Document {
  std::string title;
  std::string lede;  ///< one line below it
  std::vector<DocumentSection> sections;
  std::string script{};  ///< JavaScript of its own
  std::string style{};   ///< CSS of its own
};

/// One self-contained page: nothing is loaded from anywhere. Readable by keyboard and by screen
/// readers: landmarks, captions, headers of rows and columns; each chart can be stepped through and
/// has its numbers as a table. Thread safe.
/// @throws Error(invalid_argument) for a row that is not as long as its table's columns, or a chart
///         with more curves than can be told apart
[[nodiscard]] std::string html_page(const Document& document);

/// The same as text; of charts some points of each curve, of pictures the captions.
/// @throws Error as html_page
[[nodiscard]] std::string markdown(const Document& document);

}  // namespace faceshot::support
