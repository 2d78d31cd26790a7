#include "data/prepared/prepared_format.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "data/prepared/text_file.hpp"
#include "faceshot/error.hpp"
#include "support/utf8.hpp"

namespace faceshot::data {

PreparedColumns find_prepared_columns(const CsvReader& csv) {
  PreparedColumns columns{};
  columns.fill(absent_column);
  const auto& header = csv.header();
  for (std::size_t field = 0; field < header.size(); ++field) {
    const auto known = std::find_if(prepared_columns.begin(), prepared_columns.end(),
                                    [&](const auto& c) { return c.name == header[field]; });
    if (known == prepared_columns.end())
      csv.fail("unknown column '" + header[field] +
               "'; remove it, or see docs/formats.md for the known columns");
    auto& place = columns[static_cast<std::size_t>(known - prepared_columns.begin())];
    if (place != absent_column)
      csv.fail("column '" + header[field] + "' appears twice; remove one");
    place = field;
  }
  for (std::size_t c = 0; c < required_columns; ++c)
    if (columns[c] == absent_column)
      csv.fail("column '" + std::string(prepared_columns[c].name) + "' is missing; add it");
  return columns;
}

std::string_view PreparedRow::text(std::size_t column) const {
  return columns_[column] == absent_column ? std::string_view{} : csv_.fields()[columns_[column]];
}

int PreparedRow::integer(std::size_t column, int low, int high, int otherwise) const {
  return text(column).empty() ? otherwise : csv_.integer(columns_[column], low, high);
}

std::size_t PreparedRow::filled(std::size_t first, std::size_t count) const {
  std::size_t n = 0;
  for (std::size_t c = first; c < first + count; ++c) n += text(c).empty() ? 0 : 1;
  return n;
}

int PreparedRow::side(std::size_t column) const {
  constexpr int most = 1 << 24;  // up to this value a float represents every integer
  return csv_.integer(columns_[column], 1, most);
}

geometry::Annotation PreparedRow::annotation(int lowest_class, int highest_class) const {
  geometry::Annotation a;
  a.box = {number(column_x1), number(column_y1), number(column_x2), number(column_y2)};
  a.ignore = integer(column_ignore, 0, 1, 0) == 1;
  a.class_id = integer(column_class, lowest_class, highest_class,
                       a.ignore && highest_class > 0 ? geometry::any_class : 0);
  for (const Attribute& attribute : attributes)
    a.*attribute.member = static_cast<std::int8_t>(integer(attribute.column, 0, attribute.max, -1));
  a.source = static_cast<std::int8_t>(integer(column_source, 0, 1, -1));
  if (const std::size_t given = filled(column_landmarks, 10); given == 10) {
    auto& points = a.landmarks.emplace();
    for (std::size_t i = 0; i < points.size(); ++i)
      points[i] = {number(column_landmarks + 2 * i), number(column_landmarks + 2 * i + 1)};
  } else if (given != 0) {
    csv_.fail("landmarks need all ten fields; fill in all or none");
  }
  return a;
}

std::vector<std::string> read_class_names(const std::filesystem::path& path) {
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
      throw fail("class " + std::to_string(id) + " has no name; ids must be consecutive from 0");
    classes.push_back(entry->get<std::string>());
  }
  return classes;
}

std::string box_fault(const Box& box, int width, int height) {
  constexpr float rounding = 0.01F;
  if (!finite(box)) return "the box is not finite";
  const auto text = [&] {
    return "the box " + std::to_string(box.x1) + "," + std::to_string(box.y1) + " - " +
           std::to_string(box.x2) + "," + std::to_string(box.y2);
  };
  if (box.x1 >= box.x2) return text() + " has x1 >= x2";
  if (box.y1 >= box.y2) return text() + " has y1 >= y2";
  if (box.x1 < -rounding || box.y1 < -rounding || box.x2 > static_cast<float>(width) + rounding ||
      box.y2 > static_cast<float>(height) + rounding)
    return text() + " is outside the image (" + std::to_string(width) + "x" +
           std::to_string(height) + ")";
  return {};
}

std::string image_path_fault(std::string_view image) {
  if (image.empty()) return "the image has no name";
  if (!support::is_utf8(image))
    return "the image path '" + support::escaped(image) + "' is not UTF-8 (rename the file)";
  const std::filesystem::path path(image);
  if (path.is_absolute()) return "the image path '" + std::string(image) + "' is absolute";
  if (std::find(path.begin(), path.end(), "..") != path.end())
    return "the image path '" + std::string(image) + "' leads out of images/";
  return {};
}

std::filesystem::path label_path(const std::filesystem::path& dir) { return dir / "label.json"; }

}  // namespace faceshot::data
