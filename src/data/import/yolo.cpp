#include "data/import/yolo.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "data/import/image_names.hpp"
#include "data/import/import.hpp"
#include "data/import/yolo_places.hpp"
#include "data/prepared/splits.hpp"
#include "data/prepared/text_file.hpp"
#include "data/prepared/text_lines.hpp"
#include "faceshot/error.hpp"
#include "media/photographs/image_list.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> names_in_yaml(const fs::path& path) {
  const auto fail = [&](const std::string& what) {
    throw Error(ErrorCode::format, path.string() + ": " + what);
  };
  std::vector<std::string> names;
  try {
    const YAML::Node list = YAML::Load(read_text_file(path))["names"];
    if (list.IsMap()) {
      // 0: face, 1: ...; in any order.
      for (std::size_t id = 0; id < list.size(); ++id) {
        if (!list[id]) fail("names has no entry " + std::to_string(id));
        names.push_back(list[id].as<std::string>());
      }
    } else if (list.IsSequence()) {
      for (const YAML::Node& name : list) names.push_back(name.as<std::string>());
    }
  } catch (const YAML::Exception& e) {
    fail(e.what());
  }
  if (names.empty()) fail("has no list `names` of the classes");
  return names;
}

std::vector<std::string> names_in_text(const fs::path& path) {
  const std::string text = read_text_file(path);
  std::vector<std::string> names;
  for (TextLines lines(text); !lines.done(); lines.next()) names.emplace_back(lines.line());
  if (names.empty()) throw Error(ErrorCode::format, path.string() + ": lists no classes");
  return names;
}

/// The points after each box, from data.yaml.
struct KeypointShape {
  std::size_t points = 0;  ///< 0: not stated
  std::size_t values = 0;  ///< per point: x, y and possibly visibility
};

KeypointShape read_keypoint_shape(const fs::path& names) {
  if (!is_yaml(names)) return {};
  try {
    const YAML::Node shape = YAML::Load(read_text_file(names))["kpt_shape"];
    if (!shape) return {};
    const KeypointShape result{shape[0].as<std::size_t>(), shape[1].as<std::size_t>()};
    if (shape.size() == 2 && result.points > 0 && (result.values == 2 || result.values == 3))
      return result;
  } catch (const YAML::Exception&) {
  }
  throw Error(ErrorCode::format,
              names.string() + ": kpt_shape must be [points, 2] or [points, 3]; correct it");
}

/// Why a line cannot be used.
Error line_fault(const std::string& what) { return {ErrorCode::format, what}; }

/// @param values must be shares of an image's side
void require_shares(std::span<const float> values) {
  constexpr float tolerance = 0.01F;
  for (const float v : values)
    if (v < -tolerance || v > 1 + tolerance)
      throw line_fault(fmt::format(
          "positions and sizes must be fractions of the image size, from 0 to 1, not {:g}{}", v,
          v >= 2 ? "; these look like pixels" : ""));
}

/// Eyes, nose and mouth corners; nothing if one of them is unknown.
std::optional<Landmarks> yolo_landmarks(std::span<const float> v, std::size_t values) {
  Landmarks points;
  bool all_zero = true;
  for (std::size_t i = 0; i < 2 * points.size(); ++i) {
    const float value = v[i / 2 * values + i % 2];
    if (value == -1 || (values == 3 && v[i / 2 * values + 2] <= 0)) return std::nullopt;
    if (std::abs(value) >= 2)
      throw line_fault(fmt::format(
          "points must be fractions of the image size, not {:g}; these look like pixels", value));
    all_zero = all_zero && value == 0;
    (i % 2 == 0 ? points[i / 2].x : points[i / 2].y) = value;
  }
  if (all_zero) return std::nullopt;
  return points;
}

Box outline_extent(std::span<const float> points) {
  require_shares(points);
  Box box{points[0], points[1], points[0], points[1]};
  for (std::size_t i = 0; i < points.size(); i += 2)
    box = {std::min(box.x1, points[i]), std::min(box.y1, points[i + 1]),
           std::max(box.x2, points[i]), std::max(box.y2, points[i + 1])};
  return box;
}

std::size_t count_words(std::string_view line) {
  std::size_t count = 0;
  bool blank = true;
  for (const char c : line) {
    const bool now = c == ' ' || c == '\t';
    if (blank && !now) ++count;
    blank = now;
  }
  return count;
}

/// Reads label files of one set.
class YoloLabels {
 public:
  /// @param files all label files of the set
  YoloLabels(std::size_t classes, KeypointShape shape, std::vector<fs::path> files)
      : classes_(classes), shape_(shape), files_(std::move(files)) {}

  /// Nothing, and flaws, if there are lines and none can be read.
  std::optional<LabelledImage> read(const fs::path& path, FlawLog& flaws) {
    LabelledImage image;
    image.normalised = true;
    image.file = path.string();
    std::string text, damage;
    try {
      text = read_text_file(path);
    } catch (const Error& e) {
      if (e.code() != ErrorCode::format) throw;
      damage = e.what();
    }
    if (!damage.empty()) {
      flaws.left_out("label files that cannot be read", damage);
      return std::nullopt;
    }
    std::size_t count = 0;
    for (TextLines lines(text); !lines.done(); lines.next()) {
      ++count;
      const auto place = [&] { return image.file + ":" + std::to_string(lines.number()) + ": "; };
      std::string fault;
      try {
        const geometry::Annotation a = parse(lines.line());
        if (is_outline_)
          flaws.changed(flaw::polygon,
                        [&] { return place() + "the bounding box of the outline is used"; });
        image.annotations.push_back(a);
      } catch (const Error& e) {
        fault = e.what();
      }
      if (!fault.empty()) flaws.left_out(flaw::unreadable_box, [&] { return place() + fault; });
    }
    if (count == 0 || !image.annotations.empty()) return image;
    flaws.left_out(flaw::no_box_left, path.string() + ": none of its lines");
    return std::nullopt;
  }

 private:
  enum class Longer { unknown, outlines, five_points, unclear };
  static constexpr std::size_t box_numbers = 5;       ///< including the class
  static constexpr std::size_t face_numbers = 15;     ///< followed by five points
  static constexpr std::size_t visible_numbers = 20;  ///< including their visibility

  geometry::Annotation parse(std::string_view line) {
    constexpr std::size_t most = 1 << 16, shown = 80;
    const auto numbers = parse_numbers(line, most);
    if (!numbers || numbers->size() < box_numbers)
      throw line_fault("expected a box (class, x, y, width, height), not '" +
                       std::string(line.substr(0, shown)) + "'");
    const float class_id = numbers->front();
    if (class_id != std::floor(class_id) || class_id < 0 ||
        class_id >= static_cast<float>(classes_))
      throw line_fault("there is no class " +
                       std::string(line.substr(0, line.find_first_of(" \t"))) +
                       "; add it to data.yaml or classes.txt");
    const std::span<const float> v = std::span(*numbers).subspan(1);
    geometry::Annotation a;
    a.class_id = static_cast<int>(class_id);
    const std::size_t values = values_behind_box(numbers->size());
    is_outline_ = numbers->size() != box_numbers && values == 0;
    if (is_outline_) {
      a.box = outline_extent(v);
      return a;
    }
    require_shares(v.first(4));
    a.box = {v[0] - v[2] / 2, v[1] - v[3] / 2, v[0] + v[2] / 2, v[1] + v[3] / 2};
    if (values != 0 && v.size() == 4 + 5 * values)
      a.landmarks = yolo_landmarks(v.subspan(4), values);
    return a;
  }

  /// Numbers of each point after a box: 2 or 3; 0 if there are none, because the line is a box or
  /// an outline.
  std::size_t values_behind_box(std::size_t count) {
    if (count == box_numbers) return 0;
    if (shape_.points != 0) {
      if (count != box_numbers + shape_.points * shape_.values)
        throw line_fault(fmt::format(
            "{} numbers; a box has 5, or {} with the points given by kpt_shape in data.yaml", count,
            box_numbers + shape_.points * shape_.values));
      return shape_.values;
    }
    if (count == box_numbers + 1)
      throw line_fault(
          "a sixth number is a detector's confidence, and detections are not labels; remove it if "
          "a person has checked them");
    if (count == visible_numbers) return 3;
    if (count % 2 == 0)
      throw line_fault(
          fmt::format("{} numbers are neither a box (5), nor an outline (odd), nor a box with five "
                      "points (15 or 20)",
                      count));
    if (longer_ == Longer::unknown) longer_ = find_longer();
    if (longer_ == Longer::five_points) return 2;
    if (longer_ == Longer::unclear)
      throw line_fault(
          fmt::format("{} numbers on all lines may be outlines or boxes with points; set "
                      "kpt_shape: [points, 2 or 3] in data.yaml",
                      count));
    return 0;
  }

  /// How to interpret lines with an odd number of numbers, judged by all of them.
  [[nodiscard]] Longer find_longer() const {
    constexpr std::size_t triangle = 7, quadrangle = 9;
    std::size_t only = 0;
    for (const fs::path& file : files_) {
      std::string text;
      try {
        text = read_text_file(file);
      } catch (const Error&) {
        continue;  // reported when it is read
      }
      for (TextLines lines(text); !lines.done(); lines.next()) {
        const std::size_t count = count_words(lines.line());
        if (count <= box_numbers || count % 2 == 0) continue;
        if (count == triangle || count == quadrangle || (only != 0 && only != count))
          return Longer::outlines;
        only = count;
      }
    }
    return only == face_numbers ? Longer::five_points : Longer::unclear;
  }

  std::size_t classes_;
  KeypointShape shape_;
  std::vector<fs::path> files_;
  Longer longer_ = Longer::unknown;
  bool is_outline_ = false;  ///< whether the last line was one
};

/// The label file of an image, both relative to their folders.
fs::path label_of(fs::path image) { return image.replace_extension(".txt"); }

}  // namespace

std::optional<LabelledImage> read_yolo_labels(const fs::path& path, std::size_t classes,
                                              FlawLog& flaws) {
  return YoloLabels(classes, {}, {path}).read(path, flaws);
}

std::vector<std::string> read_yolo_names(const fs::path& path) {
  return is_yaml(path) ? names_in_yaml(path) : names_in_text(path);
}

std::vector<fs::path> list_yolo_labels(const fs::path& folder, const fs::path& names) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const fs::path& path = entry.path();
    const std::string name = path.filename().string();
    const bool other = is_apple_double(path) || name.starts_with("README") || path == names ||
                       name == "classes.txt" || !split_named(path.stem().string()).empty();
    if (path.extension() == ".txt" && !other) files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

LabelledSet read_yolo_pairs(const std::vector<YoloPair>& pairs, const fs::path& names,
                            FlawLog& flaws) {
  LabelledSet set;
  if (!names.empty()) set.classes = read_yolo_names(names);
  std::vector<fs::path> files;
  for (const YoloPair& pair : pairs)
    if (fs::exists(pair.labels)) files.push_back(pair.labels);
  if (files.empty() && !pairs.empty())
    throw Error(ErrorCode::not_found, "no image has labels: those of '" +
                                          pairs.front().image.string() + "' must be in '" +
                                          pairs.front().labels.string() + "'");
  YoloLabels reader(set.classes.size(), read_keypoint_shape(names), std::move(files));
  for (const YoloPair& pair : pairs) {
    LabelledImage image;
    if (fs::exists(pair.labels)) {
      auto read = reader.read(pair.labels, flaws);
      if (!read) continue;
      image = std::move(*read);
    } else {
      ++set.unlabelled;
    }
    image.image = pair.image.generic_string();
    set.images.push_back(std::move(image));
  }
  return set;
}

LabelledSet read_yolo(const fs::path& images, const fs::path& labels, const fs::path& names,
                      FlawLog& flaws) {
  if (!fs::is_directory(labels))
    throw Error(ErrorCode::not_found, "'" + labels.string() + "' is not a folder of labels");
  if (!fs::is_directory(images))
    throw Error(ErrorCode::not_found, "'" + images.string() + "' is not a folder of images");
  const std::vector<fs::path> files = list_yolo_labels(labels, names);
  std::set<fs::path> unused;
  for (const fs::path& file : files) unused.insert(file.lexically_relative(labels));
  std::vector<YoloPair> pairs;
  std::size_t labelled = 0;
  for (const fs::path& file : media::list_images({images})) {
    if (is_apple_double(file)) continue;
    const fs::path text = label_of(file.lexically_relative(images));
    pairs.push_back({file, labels / text});
    labelled += fs::exists(labels / text) ? 1 : 0;
    unused.erase(text);
  }
  if (labelled == 0)
    throw Error(ErrorCode::not_found,
                "no image in '" + images.string() + "' has labels: those of a/b.jpg must be in '" +
                    (labels / "a/b.txt").string() + "'" +
                    (unused.empty() ? "" : ", but there is '" + unused.begin()->string() + "'") +
                    "; give matching folders");
  LabelledSet set = read_yolo_pairs(pairs, names, flaws);
  for (LabelledImage& image : set.images)
    image.image = fs::path(image.image).lexically_relative(images).generic_string();
  for (const fs::path& file : unused)
    flaws.left_out("label files without an image",
                   (labels / file).string() + ": there is no image '" +
                       (images / file).replace_extension().string() + ".*'");
  return set;
}

}  // namespace faceshot::data
