#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_set>

#include "data/prepared/csv.hpp"
#include "data/prepared/prepared.hpp"
#include "data/prepared/prepared_format.hpp"
#include "data/prepared/text_file.hpp"
#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "support/csv_field.hpp"
#include "support/folder.hpp"
#include "support/utf8.hpp"

namespace faceshot::data {
namespace {

using geometry::Annotation;
using geometry::ImageRecord;

using OrderedJson = nlohmann::ordered_json;

/// Shortest text that parses to the same float, never in scientific notation.
void append(std::string& row, float value) {
  char digits[64];
  const auto end = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed);
  row.append(digits, end.ptr);
}

/// How many of the columns a file gets. Only pseudo-labels need the last one, and programs that do
/// not know it can read files without it.
std::size_t columns_for(const PreparedSet& set) {
  for (const ImageRecord& record : set.records)
    for (const Annotation& a : record.annotations)
      if (a.source >= 0) return column_count;
  return column_source;
}

void append_annotation(std::string& row, const Annotation& a, std::size_t columns) {
  for (const float edge : {a.box.x1, a.box.y1, a.box.x2, a.box.y2}) {
    row += ',';
    append(row, edge);
  }
  row += ',';
  if (a.class_id != geometry::any_class) row += std::to_string(a.class_id);
  row += a.ignore ? ",1" : ",0";
  for (const Attribute& attribute : attributes) {
    row += ',';
    if (const int value = a.*attribute.member; value >= 0) row += std::to_string(value);
  }
  for (std::size_t i = 0; i < 10; ++i) {
    row += ',';
    if (!a.landmarks) continue;
    const Point& p = (*a.landmarks)[i / 2];
    append(row, i % 2 == 0 ? p.x : p.y);
  }
  if (columns <= column_source) return;
  row += ',';
  if (a.source >= 0) row += std::to_string(a.source);
}

/// Rejects what read_prepared would reject.
void check(const PreparedSet& set) {
  std::unordered_set<std::string_view> names;
  for (const ImageRecord& record : set.records) {
    const auto fail = [&](const std::string& what) {
      throw Error(ErrorCode::invalid_argument,
                  "cannot write the record of '" + support::escaped(record.image) + "': " + what);
    };
    if (const auto fault = image_path_fault(record.image); !fault.empty()) fail(fault);
    if (!names.insert(record.image).second) fail("another record has the same image");
    if (record.width <= 0 || record.height <= 0) fail("it has no width and height");
    for (const Annotation& a : record.annotations) {
      if (const auto fault = box_fault(a.box, record.width, record.height); !fault.empty())
        fail(fault);
      if (!(a.ignore && a.class_id == geometry::any_class) &&
          (a.class_id < 0 || static_cast<std::size_t>(a.class_id) >= set.classes.size()))
        fail("there is no class " + std::to_string(a.class_id));
      for (const Attribute& attribute : attributes)
        if (a.*attribute.member < -1 || a.*attribute.member > attribute.max)
          fail("column '" + std::string(prepared_columns[attribute.column].name) +
               "' cannot hold " + std::to_string(a.*attribute.member));
      if (a.source < -1 || a.source > 1)
        fail("column 'source' cannot hold " + std::to_string(a.source));
      if (a.landmarks && !finite(*a.landmarks)) fail("a landmark is not finite");
    }
  }
}

void write_csv(const std::filesystem::path& path, const PreparedSet& set) {
  support::AtomicFile file(path);
  const std::size_t columns = columns_for(set);
  std::string text;
  for (std::size_t c = 0; c < columns; ++c) {
    if (!text.empty()) text += ',';
    text += prepared_columns[c].name;
  }
  file.write(text + '\n');
  for (const ImageRecord& record : set.records) {
    const std::string image = support::csv_field(record.image) + ',' +
                              std::to_string(record.width) + ',' + std::to_string(record.height);
    text.clear();
    for (const Annotation& a : record.annotations) {
      text += image;
      append_annotation(text, a, columns);
      text += '\n';
    }
    if (record.annotations.empty()) text += image + std::string(columns - column_x1, ',') + '\n';
    file.write(text);
  }
  file.commit();
}

OrderedJson split_summary(const PreparedSet& set, const std::string& source) {
  std::size_t boxes = 0;
  std::size_t ignored = 0;
  std::size_t empty = 0;
  for (const ImageRecord& record : set.records) {
    boxes += record.annotations.size();
    empty += record.annotations.empty() ? 1 : 0;
    for (const Annotation& a : record.annotations) ignored += a.ignore ? 1 : 0;
  }
  return {{"source", source},
          {"images", set.records.size()},
          {"images_without_boxes", empty},
          {"boxes", boxes},
          {"ignored_boxes", ignored}};
}

/// label.json with this split's entry set and those of the other splits preserved.
OrderedJson label(const std::filesystem::path& path, const std::string& split,
                  const PreparedSet& set, const std::string& source) {
  OrderedJson classes = OrderedJson::object();
  for (std::size_t id = 0; id < set.classes.size(); ++id)
    classes[std::to_string(id)] = set.classes[id];
  OrderedJson splits = OrderedJson::object();
  if (std::filesystem::exists(path)) {
    const OrderedJson old = OrderedJson::parse(read_text_file(path), nullptr, false);
    if (!old.is_object())
      throw Error(ErrorCode::format, path.string() + ": not JSON; remove it and prepare again");
    if (old.contains("classes") && old["classes"] != classes)
      throw Error(
          ErrorCode::invalid_argument,
          path.string() + ": the existing set has different classes; choose another folder");
    if (old.contains("splits") && old["splits"].is_object()) splits = old["splits"];
  }
  splits[split] = split_summary(set, source);
  OrderedJson columns = OrderedJson::object();
  for (const auto& column : prepared_columns) columns[std::string(column.name)] = column.meaning;
  return {{"classes", classes}, {"columns", columns}, {"splits", splits}};
}

}  // namespace

void write_prepared(const std::filesystem::path& dir, const std::string& split,
                    const PreparedSet& set, const std::string& source) {
  check(set);
  support::make_folder(dir);
  const OrderedJson description = label(label_path(dir), split, set, source);
  write_csv(dir / (split + ".csv"), set);
  support::write_file_atomically(
      label_path(dir),
      description.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + '\n');
}

}  // namespace faceshot::data
