#include "data/import/csv_boxes.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "data/prepared/csv.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

/// Where each thing stands in a row.
struct Fields {
  std::size_t image = 0;
  std::array<std::size_t, 4> box{};
  bool box_is_size = false;  ///< x, y, width, height; else two corners
  std::optional<std::array<std::size_t, 2>> size;
};

class HeaderParser {
 public:
  explicit HeaderParser(const CsvReader& csv) : csv_(csv), names_(csv.header()) {
    for (std::string& name : names_)
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    used_.resize(names_.size());
  }

  Fields parse() {
    Fields fields;
    fields.image = image();
    constexpr std::array<std::array<std::string_view, 4>, 3> layouts{
        {{"xmin", "ymin", "xmax", "ymax"}, {"x1", "y1", "x2", "y2"}, {"x", "y", "w", "h"}}};
    bool found = false;
    for (std::size_t i = 0; i < layouts.size(); ++i) {
      if (!has_all(layouts[i])) continue;
      if (found) csv_.fail("the header has more than one kind of box; leave one");
      found = true;
      for (std::size_t edge = 0; edge < 4; ++edge) fields.box[edge] = *take(layouts[i][edge]);
      fields.box_is_size = i == 2;
    }
    if (!found)
      csv_.fail(
          "the header has no box; it needs the columns xmin,ymin,xmax,ymax or x1,y1,x2,y2 or "
          "x,y,w,h");
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
  std::size_t image() {
    std::optional<std::size_t> image;
    for (const std::string_view name : {"image", "name", "filename", "file"}) {
      const auto field = take(name);
      if (field && image) csv_.fail("two columns name the image; leave one");
      if (field) image = field;
    }
    if (!image)
      csv_.fail("no column names the image; it must be called image, name, filename or file");
    return *image;
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
      csv_.fail("column '" + *found + "' is there twice; remove one");
    const auto field = static_cast<std::size_t>(found - names_.begin());
    used_[field] = true;
    return field;
  }

  const CsvReader& csv_;
  std::vector<std::string> names_;  ///< lower case
  std::vector<bool> used_;
};

/// The box of a row; nothing if its fields are empty.
std::optional<Box> box_of(const CsvReader& csv, const Fields& fields) {
  const auto empty = std::count_if(fields.box.begin(), fields.box.end(),
                                   [&](std::size_t f) { return csv.fields()[f].empty(); });
  if (empty == 4) return std::nullopt;
  if (empty != 0) csv.fail("a box needs all four numbers; fill in or empty all");
  std::array<float, 4> v{};
  for (std::size_t i = 0; i < 4; ++i) v[i] = csv.number(fields.box[i]);
  const Box box =
      fields.box_is_size ? Box{v[0], v[1], v[0] + v[2], v[1] + v[3]} : Box{v[0], v[1], v[2], v[3]};
  if (!box.valid())
    csv.fail(fields.box_is_size ? "the box has no width or height; correct it or remove the row"
                                : "the box has x1 >= x2 or y1 >= y2; correct it or remove the row");
  return box;
}

/// Gathers the rows of each image.
class RowCollector {
 public:
  RowCollector(const CsvReader& csv, const Fields& fields) : csv_(csv), fields_(fields) {}

  /// Takes the current row; changes nothing if it throws.
  void add_row() {
    const std::string name(csv_.fields()[fields_.image]);
    if (name.empty()) csv_.fail("the row names no image; fill it in or remove the row");
    LabelledImage row{name, csv_.line(), 0, 0, {}};
    if (fields_.size) {
      constexpr int max_side = 1 << 24;
      row.width = csv_.integer((*fields_.size)[0], 1, max_side);
      row.height = csv_.integer((*fields_.size)[1], 1, max_side);
    }
    const auto box = box_of(csv_, fields_);
    const auto [place, is_new] = places_.try_emplace(name, images_.size());
    if (is_new) {
      images_.push_back(row);
      empty_.push_back(!box);
    }
    LabelledImage& image = images_[place->second];
    if (image.width != row.width || image.height != row.height)
      csv_.fail("'" + name + "' has another size than on line " + std::to_string(image.line));
    if (!is_new && (!box || empty_[place->second]))
      csv_.fail("'" + name + "' has a row without a box and others (line " +
                std::to_string(image.line) + "); remove one of the two");
    if (box) image.annotations.emplace_back().box = *box;
  }

  std::vector<LabelledImage> take() { return std::move(images_); }

 private:
  const CsvReader& csv_;
  const Fields& fields_;
  std::vector<LabelledImage> images_;
  std::unordered_map<std::string, std::size_t> places_;
  std::vector<bool> empty_;  ///< of each image: a row said "no faces"
};

}  // namespace

CsvBoxes read_csv_boxes(const std::filesystem::path& path, FlawLog& flaws) {
  CsvReader csv(path);
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
  result.images = rows.take();
  return result;
}

}  // namespace faceshot::data
