// A document of text, tables, charts and pictures, as a web page or as Markdown. All of FaceShot's
// pages are written here, so they look and behave alike.
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

/// The first column names the row; of the others, those in `numbers` are right-aligned.
struct Table {
  std::string caption;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  ///< each as long as columns
  std::vector<std::size_t> marked{};           ///< highlighted rows
  bool text = false;                           ///< all columns are text, none numbers
  bool folded = false;                         ///< on a page collapsed until opened
};

struct ChartPoint {
  double x = 0, y = 0;
  std::string note{};  ///< additional text, such as "score 0.52"
};

struct ChartSeries {
  std::string label;
  std::vector<ChartPoint> points;  ///< by x; those beyond the axis are omitted
  bool dashed = false;             ///< a reference line, not data
};

/// A curve that can be explored with mouse, touch or keyboard.
struct CurveChart {
  std::string title, x_label, y_label;
  std::vector<ChartSeries> series;  ///< at most 8: as many as are distinguishable
  std::pair<double, double> x_range{0, 1}, y_range{0, 1};
  bool log_x = false;  ///< x_range is above 0
};

struct DocumentPicture {
  std::string jpeg;     ///< the file's bytes
  std::string meaning;  ///< alternative text
  std::string caption;
};

struct Gallery {
  std::vector<DocumentPicture> pictures;
};

/// HTML that is written verbatim; omitted from Markdown.
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

/// One self-contained page: nothing is loaded from elsewhere. Accessible by keyboard and screen
/// readers: landmarks, captions, row and column headers; each chart can be stepped through and has
/// its numbers as a table. Thread safe.
/// @throws Error(invalid_argument) for a row that does not match its table's columns, or a chart
/// with
///         more curves than are distinguishable
[[nodiscard]] std::string html_page(const Document& document);

/// The same as text: a few points of each curve, captions instead of pictures.
/// @throws Error as html_page
[[nodiscard]] std::string markdown(const Document& document);

}  // namespace faceshot::support
