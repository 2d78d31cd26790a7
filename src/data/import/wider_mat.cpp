#include "data/import/wider_mat.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

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

/// One of the lists with one number per box.
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

/// The variables of a file.
struct WiderLists {
  MatValue events, names, boxes;
  std::vector<LabelList> labels;
};

/// The images of an event, and what is wrong with the others.
struct WiderEvent {
  std::vector<LabelledImage> images;
  std::vector<std::string> faults;
};

WiderEvent read_event(const WiderLists& lists, std::size_t e) {
  WiderEvent result;
  const std::size_t event_count = lists.events.cells();
  const std::string event = lists.events.cell(e).text();
  const MatValue names = matching_cell(lists.names, e, event_count);
  const MatValue boxes = matching_cell(lists.boxes, e, event_count);
  const std::size_t image_count = names.cells();
  require_count(boxes, boxes.cells(), image_count);
  for (std::size_t i = 0; i < image_count; ++i) {
    try {
      LabelledImage image{event + "/" + names.cell(i).text() + ".jpg", 0, 0, 0, {}};
      image.annotations = read_boxes(boxes.cell(i));
      for (const LabelList& list : lists.labels)
        if (list.events)
          add_labels(list,
                     matching_cell(matching_cell(*list.events, e, event_count), i, image_count),
                     image.annotations);
      result.images.push_back(std::move(image));
    } catch (const Error& error) {
      result.faults.emplace_back(error.what());
    }
  }
  return result;
}

std::vector<LabelledImage> read_here(const std::filesystem::path& path, FlawLog& flaws) {
  matfile::MatFile file(path);
  const WiderLists lists{file.read("event_list"), file.read("file_list"),
                         file.read("face_bbx_list"), read_label_lists(file)};
  std::vector<LabelledImage> images;
  for (std::size_t e = 0; e < lists.events.cells(); ++e) {
    WiderEvent event;
    std::string fault;
    try {
      event = read_event(lists, e);
    } catch (const Error& error) {
      fault = error.what();
    }
    if (!fault.empty()) flaws.left_out("events that cannot be read", std::move(fault));
    for (std::string& place : event.faults)
      flaws.left_out("images whose labels cannot be read", std::move(place));
    std::move(event.images.begin(), event.images.end(), std::back_inserter(images));
  }
  return images;
}

}  // namespace

std::vector<LabelledImage> read_wider_mat(const std::filesystem::path& path, FlawLog& flaws) {
  matfile::try_mat_file(path, [&] {
    FlawLog unheard;
    (void)read_here(path, unheard);
  });
  return read_here(path, flaws);
}

}  // namespace faceshot::data
