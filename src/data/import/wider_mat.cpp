#include "data/import/wider_mat.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "data/prepared/prepared_format.hpp"
#include "faceshot/error.hpp"
#include "matfile/mat_file.hpp"
#include "matfile/try_mat_file.hpp"

namespace faceshot::data {
namespace {

using geometry::Annotation;
using matfile::MatValue;

void require_count(const MatValue& value, std::size_t found, std::size_t expected) {
  if (found != expected)
    throw Error(ErrorCode::format, value.place() + ": has " + std::to_string(found) +
                                       " entries where " + std::to_string(expected) +
                                       " are needed");
}

MatValue matching_cell(const MatValue& list, std::size_t i, std::size_t cells) {
  require_count(list, list.cells(), cells);
  return list.cell(i);
}

/// One of the lists that give every box a number.
struct LabelList {
  std::string name;
  int max;
  std::int8_t Annotation::*member;  ///< nullptr: invalid, which becomes `ignore`
  std::optional<MatValue> events;
};

std::vector<LabelList> read_label_lists(matfile::MatFile& file) {
  std::vector<LabelList> lists{{"invalid", 1, nullptr, {}}};
  for (const Attribute& attribute : attributes)
    lists.push_back({std::string(prepared_columns[attribute.column].name),
                     attribute.max,
                     attribute.member,
                     {}});
  for (LabelList& list : lists)
    if (const std::string variable = list.name + "_label_list"; file.has(variable))
      list.events = file.read(variable);
  return lists;
}

std::vector<Annotation> read_boxes(const MatValue& cell) {
  const std::vector<double> numbers = cell.numbers();
  if (!numbers.empty() && cell.columns() != 4)
    throw Error(ErrorCode::format, cell.place() + ": needs 4 columns (x, y, width, height), has " +
                                       std::to_string(cell.columns()));
  const std::size_t n = numbers.size() / 4;
  std::vector<Annotation> boxes(n);
  for (std::size_t i = 0; i < n; ++i) {
    const auto at = [&](std::size_t column) { return static_cast<float>(numbers[column * n + i]); };
    boxes[i].box = {at(0), at(1), at(0) + at(2), at(1) + at(3)};
  }
  return boxes;
}

void add_labels(const LabelList& list, const MatValue& cell, std::vector<Annotation>& boxes) {
  const std::vector<double> numbers = cell.numbers();
  require_count(cell, numbers.size(), boxes.size());
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const auto value = static_cast<int>(numbers[i]);
    if (value < 0 || value > list.max || static_cast<double>(value) != numbers[i])
      throw Error(ErrorCode::format,
                  cell.place() + ": " + list.name + " of face " + std::to_string(i + 1) +
                      " must be a whole number from 0 to " + std::to_string(list.max));
    if (list.member == nullptr)
      boxes[i].ignore = value == 1;
    else
      boxes[i].*list.member = static_cast<std::int8_t>(value);
  }
}

std::vector<LabelledImage> read_here(const std::filesystem::path& path) {
  matfile::MatFile file(path);
  const MatValue events = file.read("event_list");
  const MatValue names = file.read("file_list");
  const MatValue boxes = file.read("face_bbx_list");
  const std::vector<LabelList> labels = read_label_lists(file);

  std::vector<LabelledImage> images;
  const std::size_t event_count = events.cells();
  for (std::size_t e = 0; e < event_count; ++e) {
    const std::string event = events.cell(e).text();
    const MatValue event_names = matching_cell(names, e, event_count);
    const MatValue event_boxes = matching_cell(boxes, e, event_count);
    const std::size_t image_count = event_names.cells();
    for (std::size_t i = 0; i < image_count; ++i) {
      LabelledImage image{event + "/" + event_names.cell(i).text() + ".jpg", 0, 0, 0, {}};
      image.annotations = read_boxes(matching_cell(event_boxes, i, image_count));
      for (const LabelList& list : labels)
        if (list.events)
          add_labels(list,
                     matching_cell(matching_cell(*list.events, e, event_count), i, image_count),
                     image.annotations);
      images.push_back(std::move(image));
    }
  }
  return images;
}

}  // namespace

std::vector<LabelledImage> read_wider_mat(const std::filesystem::path& path) {
  matfile::try_mat_file(path, [&] { (void)read_here(path); });
  return read_here(path);
}

}  // namespace faceshot::data
