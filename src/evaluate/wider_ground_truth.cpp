#include "evaluate/wider_ground_truth.hpp"

#include <array>
#include <cmath>

#include "faceshot/error.hpp"
#include "matfile/mat_file.hpp"
#include "matfile/try_mat_file.hpp"

namespace faceshot::evaluate {
namespace {

using matfile::MatValue;

/// Requires that `list` has the expected number of cells.
void require_cells(const MatValue& list, std::size_t expected) {
  const std::size_t found = list.cells();
  if (found != expected)
    throw Error(ErrorCode::format, list.place() + ": has " + std::to_string(found) +
                                       " cells where " + std::to_string(expected) +
                                       " are needed; the four files do not belong together");
}

std::vector<geometry::Xywh> read_faces(const MatValue& cell) {
  const std::vector<double> numbers = cell.numbers();
  std::vector<geometry::Xywh> faces;
  if (numbers.empty()) return faces;
  if (cell.columns() != 4)
    throw Error(ErrorCode::format, cell.place() + ": needs 4 columns (x, y, width, height), has " +
                                       std::to_string(cell.columns()));
  const std::size_t n = cell.rows();
  faces.reserve(n);
  for (std::size_t i = 0; i < n; ++i)
    faces.push_back({static_cast<float>(numbers[i]), static_cast<float>(numbers[n + i]),
                     static_cast<float>(numbers[2 * n + i]),
                     static_cast<float>(numbers[3 * n + i])});
  return faces;
}

/// Marks the faces whose numbers (from 1) `cell` lists.
std::vector<char> read_counts(const MatValue& cell, std::size_t faces) {
  std::vector<char> counts(faces, 0);
  for (const double number : cell.numbers()) {
    if (number < 1 || number > static_cast<double>(faces) || number != std::floor(number))
      throw Error(ErrorCode::format, cell.place() + ": names face " + std::to_string(number) +
                                         " of an image with " + std::to_string(faces) + " faces");
    counts[static_cast<std::size_t>(number) - 1] = 1;
  }
  return counts;
}

/// The content of wider_face_val.mat.
struct Images {
  std::vector<WiderImage> images;     ///< without counts
  std::vector<std::size_t> of_event;  ///< number of images of each event, in order
};

/// The variables with attributes of faces, if the file has them (the published one does).
struct AttributeList {
  const char* variable;
  std::int8_t FaceAttributes::*member;
};

constexpr std::array<AttributeList, 5> attribute_lists{{
    {"blur_label_list", &FaceAttributes::blur},
    {"expression_label_list", &FaceAttributes::expression},
    {"illumination_label_list", &FaceAttributes::illumination},
    {"occlusion_label_list", &FaceAttributes::occlusion},
    {"pose_label_list", &FaceAttributes::pose},
}};

/// Adds one variable's values.
void read_attribute(matfile::MatFile& file, const AttributeList& list, Images& known) {
  if (!file.has(list.variable)) return;
  const MatValue values = file.read(list.variable);
  require_cells(values, known.of_event.size());
  std::size_t image = 0;
  for (std::size_t e = 0; e < known.of_event.size(); ++e) {
    const MatValue event = values.cell(e);
    require_cells(event, known.of_event[e]);
    for (std::size_t i = 0; i < known.of_event[e]; ++i, ++image) {
      WiderImage& of = known.images[image];
      const std::vector<double> numbers = event.cell(i).numbers();
      if (numbers.size() != of.faces.size())
        throw Error(ErrorCode::format, event.cell(i).place() + ": has " +
                                           std::to_string(numbers.size()) + " values for " +
                                           std::to_string(of.faces.size()) + " faces");
      of.attributes.resize(of.faces.size());
      for (std::size_t f = 0; f < numbers.size(); ++f)
        if (numbers[f] >= 0 && numbers[f] <= 2)
          of.attributes[f].*list.member = static_cast<std::int8_t>(numbers[f]);
    }
  }
}

Images read_images(const std::filesystem::path& path) {
  Images found;
  matfile::MatFile file(path);
  const MatValue events = file.read("event_list");
  const MatValue names = file.read("file_list");
  const MatValue boxes = file.read("face_bbx_list");
  const std::size_t count = events.cells();
  require_cells(names, count);
  require_cells(boxes, count);
  for (std::size_t e = 0; e < count; ++e) {
    const std::string event = events.cell(e).text();
    const MatValue event_names = names.cell(e);
    const MatValue event_boxes = boxes.cell(e);
    found.of_event.push_back(event_names.cells());
    require_cells(event_boxes, found.of_event.back());
    for (std::size_t i = 0; i < found.of_event.back(); ++i)
      found.images.push_back(
          {event, event_names.cell(i).text(), read_faces(event_boxes.cell(i)), {}});
  }
  for (const AttributeList& list : attribute_lists) read_attribute(file, list, found);
  return found;
}

/// Which faces of each image count.
std::vector<std::vector<char>> read_setting(const std::filesystem::path& path,
                                            const Images& known) {
  matfile::MatFile file(path);
  const MatValue list = file.read("gt_list");
  require_cells(list, known.of_event.size());
  std::vector<std::vector<char>> counts;
  for (std::size_t e = 0; e < known.of_event.size(); ++e) {
    const MatValue event = list.cell(e);
    require_cells(event, known.of_event[e]);
    for (std::size_t i = 0; i < known.of_event[e]; ++i)
      counts.push_back(read_counts(event.cell(i), known.images[counts.size()].faces.size()));
  }
  return counts;
}

}  // namespace

WiderGroundTruth read_wider_ground_truth(const std::filesystem::path& dir) {
  if (!std::filesystem::is_directory(dir))
    throw Error(ErrorCode::not_found,
                dir.string() +
                    ": no such folder; it should hold the official wider_face_val.mat "
                    "and wider_{easy,medium,hard}_val.mat");
  const std::filesystem::path images = dir / "wider_face_val.mat";
  matfile::try_mat_file(images, [&] { (void)read_images(images); });
  Images known = read_images(images);
  if (known.images.empty()) throw Error(ErrorCode::format, images.string() + ": lists no images");
  for (std::size_t s = 0; s < wider_settings.size(); ++s) {
    const std::filesystem::path path =
        dir / ("wider_" + std::string(wider_settings[s]) + "_val.mat");
    matfile::try_mat_file(path, [&] { (void)read_setting(path, known); });
    std::vector<std::vector<char>> counts = read_setting(path, known);
    for (std::size_t i = 0; i < counts.size(); ++i)
      known.images[i].counts[s] = std::move(counts[i]);
  }
  return {std::move(known.images)};
}

}  // namespace faceshot::evaluate
