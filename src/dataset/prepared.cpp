#include "dataset/prepared.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "dataset/csv.hpp"
#include "dataset/prepared_format.hpp"
#include "dataset/text_file.hpp"
#include "faceshot/error.hpp"

namespace faceshot {
namespace {

constexpr std::size_t absent = static_cast<std::size_t>(-1);

/// Classes of label.json, ordered by id. A set without the file has the one class "face".
std::vector<std::string> read_classes(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return {"face"};
  const auto fail = [&](const std::string& what) {
    return Error(ErrorCode::format, path.string() + ": " + what);
  };
  const auto label = nlohmann::json::parse(read_text_file(path), nullptr, false);
  if (!label.is_object() || !label.contains("classes") || !label["classes"].is_object() ||
      label["classes"].empty())
    throw fail(R"(it must be JSON with "classes": {"0": "face"}; prepare the set again)");
  const auto& named = label["classes"];
  std::vector<std::string> classes;
  for (std::size_t id = 0; id < named.size(); ++id) {
    const auto entry = named.find(std::to_string(id));
    if (entry == named.end() || !entry->is_string())
      throw fail("class " + std::to_string(id) +
                 " has no name; ids must count from 0 without a gap");
    classes.push_back(entry->get<std::string>());
  }
  return classes;
}

/// Turns rows into records.
class RowParser {
 public:
  RowParser(CsvReader& csv, std::size_t classes) : csv_(csv), classes_(classes) { find_columns(); }

  std::vector<ImageRecord> parse() {
    while (csv_.next()) add_row();
    return std::move(records_);
  }

 private:
  void find_columns() {
    columns_.fill(absent);
    const auto& header = csv_.header();
    for (std::size_t field = 0; field < header.size(); ++field) {
      const auto known = std::find_if(prepared_columns.begin(), prepared_columns.end(),
                                      [&](const auto& c) { return c.name == header[field]; });
      if (known == prepared_columns.end())
        csv_.fail("unknown column '" + header[field] +
                  "'; remove it, or see docs/formats.md for the columns there are");
      auto& place = columns_[static_cast<std::size_t>(known - prepared_columns.begin())];
      if (place != absent) csv_.fail("column '" + header[field] + "' is there twice; remove one");
      place = field;
    }
    for (std::size_t c = 0; c < required_columns; ++c)
      if (columns_[c] == absent)
        csv_.fail("column '" + std::string(prepared_columns[c].name) + "' is missing; add it");
  }

  [[nodiscard]] std::string_view text(std::size_t column) const {
    return columns_[column] == absent ? std::string_view{} : csv_.fields()[columns_[column]];
  }
  [[nodiscard]] float number(std::size_t column) const { return csv_.number(columns_[column]); }
  [[nodiscard]] int integer(std::size_t column, int low, int high, int otherwise) const {
    return text(column).empty() ? otherwise : csv_.integer(columns_[column], low, high);
  }
  [[nodiscard]] std::size_t filled(std::size_t first, std::size_t count) const {
    std::size_t n = 0;
    for (std::size_t c = first; c < first + count; ++c) n += text(c).empty() ? 0 : 1;
    return n;
  }

  void add_row() {
    ImageRecord& record = record_of_row();
    const std::size_t given = filled(column_x1, 4);
    if (given == 0) {
      if (!record.annotations.empty() || had_empty_row_)
        csv_.fail("an empty box for an image that has other rows; remove the row");
      if (filled(column_class, column_count - column_class) != 0)
        csv_.fail("attributes without a box; give the box or empty the row");
      had_empty_row_ = true;
      return;
    }
    if (had_empty_row_)
      csv_.fail("a box for an image whose row before says it has none; remove one of the rows");
    if (given != 4) csv_.fail("a box needs all of x1, y1, x2, y2; fill in or empty all four");
    record.annotations.push_back(annotation(record));
  }

  /// The record the row belongs to: the last one, or a new one.
  ImageRecord& record_of_row() {
    constexpr int max_side = 1 << 24;  // up to here a float counts pixels exactly
    const std::string_view image = text(column_image);
    const int width = csv_.integer(columns_[column_width], 1, max_side);
    const int height = csv_.integer(columns_[column_height], 1, max_side);
    if (!records_.empty() && records_.back().image == image) {
      if (records_.back().width != width || records_.back().height != height)
        csv_.fail("'" + std::string(image) + "' has another size than in the row before");
      return records_.back();
    }
    if (const std::string fault = image_path_fault(image); !fault.empty())
      csv_.fail(fault + "; give a path relative to images/");
    const auto [first, is_new] = lines_.try_emplace(std::string(image), csv_.line());
    if (!is_new)
      csv_.fail("'" + std::string(image) + "' comes back after line " +
                std::to_string(first->second) + "; keep all rows of an image together");
    had_empty_row_ = false;
    return records_.emplace_back(ImageRecord{std::string(image), width, height, {}});
  }

  [[nodiscard]] Annotation annotation(const ImageRecord& record) const {
    Annotation a;
    a.box = {number(column_x1), number(column_y1), number(column_x2), number(column_y2)};
    if (const auto fault = box_fault(a.box, record.width, record.height); !fault.empty())
      csv_.fail(fault + "; correct it or remove the row");
    a.box = clip(a.box, static_cast<float>(record.width), static_cast<float>(record.height));
    a.class_id = integer(column_class, 0, static_cast<int>(classes_) - 1, 0);
    a.ignore = integer(column_ignore, 0, 1, 0) == 1;
    for (const Attribute& attribute : attributes)
      a.*attribute.member =
          static_cast<std::int8_t>(integer(attribute.column, 0, attribute.max, -1));
    if (const std::size_t given = filled(column_landmarks, 10); given == 10) {
      auto& points = a.landmarks.emplace();
      for (std::size_t i = 0; i < points.size(); ++i) points[i] = number(column_landmarks + i);
    } else if (given != 0) {
      csv_.fail("landmarks need all ten fields; fill in or empty all");
    }
    return a;
  }

  CsvReader& csv_;
  std::size_t classes_;
  std::array<std::size_t, column_count> columns_{};  ///< field of each column, or absent
  std::vector<ImageRecord> records_;
  std::unordered_map<std::string, std::size_t> lines_;  ///< where each image came first
  bool had_empty_row_ = false;                          ///< of the last record
};

}  // namespace

PreparedSet read_prepared(const std::filesystem::path& csv) {
  CsvReader reader(csv);
  const auto dir = csv.parent_path();
  PreparedSet set;
  set.images_dir = dir / "images";
  set.classes = read_classes(label_path(dir));
  set.records = RowParser(reader, set.classes.size()).parse();
  return set;
}

}  // namespace faceshot
