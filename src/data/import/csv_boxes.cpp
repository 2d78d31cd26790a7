#include "data/import/csv_boxes.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "data/prepared/classes.hpp"
#include "data/prepared/csv.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

/// The position of each field in a row.
struct Fields {
  std::size_t image = 0;
  std::array<std::size_t, 4> box{};
  bool box_is_size = false;  ///< x, y, width, height; otherwise two corners
  std::optional<std::array<std::size_t, 2>> size;
  std::optional<std::size_t> class_name;
};

constexpr std::array<std::string_view, 4> image_columns{"image", "name", "filename", "file"};
constexpr std::array<std::string_view, 4> class_columns{"class", "label", "class_name", "category"};
constexpr std::array<std::array<std::string_view, 4>, 3> box_columns{
    {{"xmin", "ymin", "xmax", "ymax"}, {"x1", "y1", "x2", "y2"}, {"x", "y", "w", "h"}}};

std::vector<std::string> lower_names(const CsvReader& csv) {
  std::vector<std::string> names = csv.header();
  for (std::string& name : names)
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return names;
}

class HeaderParser {
 public:
  explicit HeaderParser(const CsvReader& csv) : csv_(csv), names_(lower_names(csv)) {
    used_.resize(names_.size());
  }

  Fields parse() {
    Fields fields;
    const auto image = one_of(image_columns, "image");
    if (!image)
      csv_.fail("no column names the image; it must be called image, name, filename or file" +
                tried);
    fields.image = *image;
    bool found = false;
    for (std::size_t i = 0; i < box_columns.size(); ++i) {
      if (!has_all(box_columns[i])) continue;
      if (found) csv_.fail("the header has more than one kind of box; keep one");
      found = true;
      for (std::size_t edge = 0; edge < 4; ++edge) fields.box[edge] = *take(box_columns[i][edge]);
      fields.box_is_size = i == 2;
    }
    if (!found)
      csv_.fail(
          "the header has no box; it needs the columns xmin,ymin,xmax,ymax or x1,y1,x2,y2 or "
          "x,y,w,h" +
          tried);
    fields.class_name = one_of(class_columns, "class");
    if (has_all(std::array<std::string_view, 2>{"width", "height"}))
      fields.size = {*take("width"), *take("height")};
    return fields;
  }

  [[nodiscard]] std::vector<std::string> ignored() const {
    std::vector<std::string> result;
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (!used_[i]) result.push_back(csv_.header()[i]);
    return result;
  }

 private:
  std::optional<std::size_t> one_of(const std::array<std::string_view, 4>& names,
                                    const std::string& what) {
    std::optional<std::size_t> column;
    for (const std::string_view name : names) {
      const auto field = take(name);
      if (field && column) csv_.fail("two columns name the " + what + "; keep one");
      if (field) column = field;
    }
    return column;
  }

  template <std::size_t Count>
  [[nodiscard]] bool has_all(const std::array<std::string_view, Count>& wanted) const {
    return std::all_of(wanted.begin(), wanted.end(), [&](std::string_view name) {
      return std::find(names_.begin(), names_.end(), name) != names_.end();
    });
  }

  std::optional<std::size_t> take(std::string_view name) {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found == names_.end()) return std::nullopt;
    if (std::find(found + 1, names_.end(), name) != names_.end())
      csv_.fail("column '" + *found + "' appears twice; remove one");
    const auto field = static_cast<std::size_t>(found - names_.begin());
    used_[field] = true;
    return field;
  }

  inline static const std::string tried = " (separators tried: comma, semicolon, tab)";
  const CsvReader& csv_;
  std::vector<std::string> names_;  ///< lower case
  std::vector<bool> used_;
};

/// The separator that yields the most known columns.
char find_separator(const std::filesystem::path& path) {
  char best = ',';
  std::ptrdiff_t most = 0;
  for (const char separator : {',', ';', '\t'}) {
    try {
      const std::vector<std::string> names = lower_names(CsvReader(path, {separator, true}));
      const auto known = std::count_if(names.begin(), names.end(), [](const std::string& name) {
        const auto has = [&](const auto& list) {
          return std::find(list.begin(), list.end(), name) != list.end();
        };
        return has(image_columns) || std::any_of(box_columns.begin(), box_columns.end(), has);
      });
      if (known <= most) continue;
      most = known;
      best = separator;
    } catch (const Error& e) {
      if (separator == ',' && e.code() != ErrorCode::format) throw;
    }
  }
  return best;
}

/// The box of a row; nothing if its fields are empty.
std::optional<Box> box_of(const CsvReader& csv, const Fields& fields) {
  const auto empty = std::count_if(fields.box.begin(), fields.box.end(),
                                   [&](std::size_t f) { return csv.fields()[f].empty(); });
  if (empty == 4) return std::nullopt;
  if (empty != 0) csv.fail("a box needs all four numbers; fill in all or none");
  std::array<float, 4> v{};
  for (std::size_t i = 0; i < 4; ++i) v[i] = csv.number(fields.box[i]);
  const Box box =
      fields.box_is_size ? Box{v[0], v[1], v[0] + v[2], v[1] + v[3]} : Box{v[0], v[1], v[2], v[3]};
  if (!box.valid())
    csv.fail(fields.box_is_size ? "the box has no width or height; correct it or remove the row"
                                : "the box has x1 >= x2 or y1 >= y2; correct it or remove the row");
  return box;
}

/// A side of the image, also in the form 640.0.
int side_of(const CsvReader& csv, std::size_t field) {
  constexpr int max_side = 1 << 24;
  const float value = csv.number(field);
  if (value < 1 || value > max_side || value != std::floor(value))
    csv.fail("column '" + csv.header()[field] + "': '" + std::string(csv.fields()[field]) +
             "' is not a whole number from 1 to " + std::to_string(max_side) +
             "; correct it or remove the row");
  return static_cast<int>(value);
}

/// Collects the rows of each image.
class RowCollector {
 public:
  RowCollector(const CsvReader& csv, const Fields& fields) : csv_(csv), fields_(fields) {}

  /// Adds the current row; changes nothing if it throws.
  void add_row() {
    const std::string name(csv_.fields()[fields_.image]);
    if (name.empty()) csv_.fail("the row names no image; fill it in or remove the row");
    LabelledImage row{name, csv_.line(), 0, 0, {}};
    if (fields_.size) {
      row.width = side_of(csv_, (*fields_.size)[0]);
      row.height = side_of(csv_, (*fields_.size)[1]);
    }
    const auto box = box_of(csv_, fields_);
    if (box && fields_.class_name && csv_.fields()[*fields_.class_name].empty())
      csv_.fail("the box has no class; fill it in, or remove the row or the column");
    const auto [place, is_new] = places_.try_emplace(name, images_.size());
    if (is_new) {
      images_.push_back(row);
      empty_.push_back(!box);
    }
    LabelledImage& image = images_[place->second];
    if (image.width != row.width || image.height != row.height)
      csv_.fail("'" + name + "' has a different size than on line " + std::to_string(image.line));
    if (!is_new && (!box || empty_[place->second]))
      csv_.fail("'" + name + "' has a row without a box and others (line " +
                std::to_string(image.line) + "); remove one of the two");
    if (!box) return;
    geometry::Annotation& a = image.annotations.emplace_back();
    a.box = *box;
    if (fields_.class_name)
      a.class_id = class_ids_
                       .try_emplace(std::string(csv_.fields()[*fields_.class_name]),
                                    static_cast<int>(class_ids_.size()))
                       .first->second;
  }

  LabelledSet take() {
    LabelledSet set;
    set.images = std::move(images_);
    sort_classes(set, class_ids_);
    return set;
  }

 private:
  const CsvReader& csv_;
  const Fields& fields_;
  std::vector<LabelledImage> images_;
  std::unordered_map<std::string, std::size_t> places_;
  std::vector<bool> empty_;               ///< for each image: a row said "no faces"
  std::map<std::string, int> class_ids_;  ///< in order of appearance
};

}  // namespace

CsvBoxes read_csv_boxes(const std::filesystem::path& path, FlawLog& flaws) {
  CsvReader csv(path, {find_separator(path), true});
  HeaderParser header(csv);
  const Fields fields = header.parse();
  CsvBoxes result;
  result.ignored_columns = header.ignored();
  RowCollector rows(csv, fields);
  for (bool more = true; more;) {
    std::string fault;
    try {
      more = csv.next();
      if (more) rows.add_row();
    } catch (const Error& e) {
      fault = e.what();
    }
    if (!fault.empty()) flaws.left_out("rows that cannot be used", std::move(fault));
  }
  result.set = rows.take();
  result.has_classes = fields.class_name.has_value();
  return result;
}

}  // namespace faceshot::data
