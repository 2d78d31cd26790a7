#include "data/import/labelme.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/import/shapes.hpp"
#include "data/prepared/text_file.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr int largest_side = 1 << 24;
/// LabelMe's own label for ignored areas; not a class.
constexpr std::string_view ignored_label = "__ignore__";
constexpr std::string_view bad_file = "label files that cannot be used";

const Json* find_member(const Json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string text_of(const Json& object, const char* name) {
  const Json* value = find_member(object, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : "";
}

bool is_true(const Json& object, const char* name) {
  const Json* value = find_member(object, name);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

/// Empty for none. Only numbers, as in LabelMe, and strings are groups: dump() of a deeply nested
/// value would exhaust the stack.
std::string group_of_shape(const Json& shape) {
  const Json* id = find_member(shape, "group_id");
  return id != nullptr && (id->is_number() || id->is_string()) ? id->dump() : "";
}

/// Width or height; 0 if the file does not state it. @throws ShapeFault
int side_of(const Json& document, const char* name) {
  const Json* value = find_member(document, name);
  if (value == nullptr) return 0;
  const double side = value->is_number() ? value->get<double>() : 0;
  if (!(side >= 1 && side <= largest_side) || side != std::floor(side))
    throw ShapeFault(bad_file, std::string(name) + " must be a whole number of pixels");
  return static_cast<int>(side);
}

/// @throws ShapeFault
std::vector<ShapePoint> points_of(const Json& shape) {
  const Json* list = find_member(shape, "points");
  const auto fault = ShapeFault(flaw::unreadable_box, "points must be a list of [x, y]");
  if (list == nullptr || !list->is_array()) throw fault;
  std::vector<ShapePoint> points;
  for (const Json& point : *list) {
    if (!point.is_array() || point.size() != 2 || !point[0].is_number() || !point[1].is_number())
      throw fault;
    points.push_back({point[0].get<float>(), point[1].get<float>()});
    if (!is_coordinate(points.back().x) || !is_coordinate(points.back().y)) throw fault;
  }
  return points;
}

/// The box around a shape. @throws ShapeFault for shapes without one
Box box_around(const std::string& type, const std::vector<ShapePoint>& points) {
  const auto need = [&](bool enough, const char* what) {
    if (!enough) throw ShapeFault(flaw::unreadable_box, "a " + type + " needs " + what);
  };
  if (type == "circle") {
    need(points.size() == 2, "two points: its centre and one on its rim");
    const float radius = std::hypot(points[1].x - points[0].x, points[1].y - points[0].y);
    return ellipse_extent(points[0], radius, radius, 0);
  }
  if (type == "rectangle" || type == "mask")
    need(points.size() == 2 || points.size() == 4, "two corners");
  else if (type == "polygon" || type == "rotation" || type == "oriented_rectangle")
    need(points.size() > 2, "three points or more");
  else
    throw ShapeFault(flaw::no_box,
                     "shape_type " + Json(type).dump() + " is not a box; draw a rectangle");
  Box box = *extent_of(points);
  if (type == "mask") {  // its points are pixels, and the last one is included
    box.x2 += 1;
    box.y2 += 1;
  }
  return box;
}

class LabelmeFile {
 public:
  LabelmeFile(const fs::path& path, const fs::path& root, FlawLog& flaws)
      : path_(path), folder_(path.parent_path().lexically_relative(root)), flaws_(flaws) {}

  /// Nothing, and a flaw, if the file cannot be used.
  std::optional<LabelledImage> image(const fs::path& images, ClassNames& classes) {
    const auto text = read();
    if (!text) return std::nullopt;
    try {
      const Json document = Json::parse(*text, nullptr, false);
      const Json* shapes = find_member(document, "shapes");
      const std::string image_path = text_of(document, "imagePath");
      if (shapes == nullptr || !shapes->is_array() || image_path.empty() ||
          image_path.find('\0') != std::string::npos)
        throw ShapeFault(bad_file,
                         "damaged, or not a LabelMe JSON file: shapes or imagePath is missing");
      LabelledImage image;
      image.file = path_.string();
      image.image = find_image(image_path, images);
      image.width = side_of(document, "imageWidth");
      image.height = side_of(document, "imageHeight");
      if (image.width == 0 || image.height == 0) image.width = image.height = 0;
      const std::size_t flaws_before = flaws_.count(FlawEffect::left_out);
      image.annotations = annotations(*shapes, classes);
      if (image.annotations.empty() && flaws_.count(FlawEffect::left_out) != flaws_before)
        throw ShapeFault(flaw::no_box_left, "'" + image.image + "'");
      return image;
    } catch (const ShapeFault& fault) {
      flaws_.left_out(fault.kind(), path_.string() + ": " + fault.what());
    }
    return std::nullopt;
  }

 private:
  std::optional<std::string> read() {
    std::string fault;
    try {
      return read_text_file(path_);
    } catch (const Error& e) {
      fault = e.what();
    }
    flaws_.left_out(bad_file, std::move(fault));
    return std::nullopt;
  }

  std::vector<geometry::Annotation> annotations(const Json& shapes, ClassNames& classes) {
    ShapeGroups groups;
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      const std::string place = path_.string() + ": shapes[" + std::to_string(i) + "]: ";
      try {
        add(shapes[i], place, classes, groups);
      } catch (const ShapeFault& fault) {
        flaws_.left_out(fault.kind(), place + fault.what());
      }
    }
    return groups.take(flaws_);
  }

  void add(const Json& shape, const std::string& place, ClassNames& classes, ShapeGroups& groups) {
    const std::string label = text_of(shape, "label");
    if (label.empty()) throw ShapeFault(flaw::no_label, "has no label; give its class");
    std::string type = text_of(shape, "shape_type");
    if (type.empty()) type = "polygon";  // from before there were other types
    const std::string group = group_of_shape(shape);
    const std::vector<ShapePoint> points = points_of(shape);
    if (type == "point" && points.size() == 1)
      return groups.add_points({{label, points[0]}}, group, place);
    geometry::Annotation a;
    a.box = box_around(type, points);
    if (type == "rotation" || type == "oriented_rectangle")
      flaws_.changed(flaw::rotated, place + "a rotated box");
    else if (type != "rectangle")
      flaws_.changed(flaw::polygon, [&] { return place + "a " + type; });
    const Json* const shape_flags = find_member(shape, "flags");
    const Json& flags = shape_flags == nullptr ? shape : *shape_flags;
    a.ignore = is_true(flags, "difficult") || is_true(flags, "ignore") ||
               is_true(shape, "difficult") || label == ignored_label;
    if (flags.contains("occluded")) a.occlusion = is_true(flags, "occluded") ? 1 : 0;
    a.class_id = label == ignored_label ? ClassNames::none : classes.id(label);
    groups.add_box(a, group);
  }

  /// The most likely path below `images`.
  [[nodiscard]] std::string find_image(std::string text, const fs::path& images) const {
    std::replace(text.begin(), text.end(), '\\', '/');
    const fs::path given = text;
    const fs::path said =
        absolute_path(path_.parent_path() / given).lexically_relative(absolute_path(images));
    const fs::path in_folder = (folder_ / given).lexically_normal();
    const fs::path by_name = (folder_ / given.filename()).lexically_normal();
    for (const fs::path& name : {said, in_folder})
      if (is_inside(name, images)) return name.generic_string();
    return by_name.generic_string();
  }

  static fs::path absolute_path(const fs::path& path) {
    return fs::absolute(path).lexically_normal();
  }

  static bool is_inside(const fs::path& name, const fs::path& images) {
    std::error_code error;
    return !name.empty() && name.is_relative() && *name.begin() != ".." &&
           fs::is_regular_file(images / name, error);
  }

  fs::path path_, folder_;
  FlawLog& flaws_;
};

/// Excludes the files that Apple's tar leaves beside others ("._a.json").
bool is_json(const fs::path& path) {
  const std::string extension = path.extension().string();
  return (extension == ".json" || extension == ".JSON") &&
         !path.filename().string().starts_with("._");
}

std::vector<fs::path> json_files(const fs::path& annotations) {
  if (fs::is_regular_file(annotations)) return {annotations};
  if (!fs::is_directory(annotations))
    throw Error(ErrorCode::not_found,
                "'" + annotations.string() + "' is neither a folder nor a file");
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(annotations))
    if (is_json(entry.path()) && entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  if (files.empty())
    throw Error(ErrorCode::not_found, "there is no .json file in '" + annotations.string() + "'");
  return files;
}

}  // namespace

LabelledSet read_labelme(const fs::path& annotations, const fs::path& images, FlawLog& flaws) {
  const fs::path root = fs::is_directory(annotations) ? annotations : annotations.parent_path();
  LabelledSet set;
  ClassNames classes;
  for (const fs::path& file : json_files(annotations))
    if (auto image = LabelmeFile(file, root, flaws).image(images, classes))
      set.images.push_back(std::move(*image));
  classes.settle(set);
  settle_sides(set.images, flaws);
  return set;
}

}  // namespace faceshot::data
