#include "data/import/cvat.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/import/shapes.hpp"
#include "data/prepared/splits.hpp"
#include "data/prepared/text_file.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;

/// A number, possibly surrounded by blanks. @throws ShapeFault
float cvat_number(std::string_view text, std::string_view name) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
  float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !is_coordinate(value))
    throw ShapeFault(flaw::unreadable_box, std::string(name) + " must be a number, not '" +
                                               std::string(text.substr(0, 40)) + "'");
  return value;
}

float attribute_number(pugi::xml_node node, const char* name) {
  return cvat_number(node.attribute(name).value(), name);
}

/// "x,y;x,y". @throws ShapeFault
std::vector<ShapePoint> cvat_points(pugi::xml_node node) {
  std::vector<ShapePoint> points;
  std::string_view rest = node.attribute("points").value();
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    const std::size_t comma = std::min(pair.find(','), pair.size());
    const std::string_view y = pair.substr(std::min(comma + 1, pair.size()));
    points.push_back({cvat_number(pair.substr(0, comma), "points"), cvat_number(y, "points")});
  }
  return points;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Counts lines up to a position that only moves forward.
class LineCounter {
 public:
  explicit LineCounter(std::string_view text) : text_(text) {}

  std::size_t line_at(std::ptrdiff_t byte) {
    const auto at =
        std::min(static_cast<std::size_t>(std::max<std::ptrdiff_t>(byte, 0)), text_.size());
    for (; byte_ < at; ++byte_) line_ += text_[byte_] == '\n' ? 1U : 0U;
    return line_;
  }

 private:
  std::string_view text_;
  std::size_t byte_ = 0, line_ = 1;
};

/// The upright box around a shape. @throws ShapeFault for shapes without one
Box cvat_extent(pugi::xml_node shape) {
  const std::string_view type = shape.name();
  const float rotation = shape.attribute("rotation") ? attribute_number(shape, "rotation") : 0.0F;
  if (type == "box") {
    const Box box{attribute_number(shape, "xtl"), attribute_number(shape, "ytl"),
                  attribute_number(shape, "xbr"), attribute_number(shape, "ybr")};
    return rotation == 0 ? box : turned_extent(box, rotation);
  }
  if (type == "ellipse")
    return ellipse_extent({attribute_number(shape, "cx"), attribute_number(shape, "cy")},
                          attribute_number(shape, "rx"), attribute_number(shape, "ry"), rotation);
  if (type == "mask") {
    const float left = attribute_number(shape, "left"), top = attribute_number(shape, "top");
    return {left, top, left + attribute_number(shape, "width"),
            top + attribute_number(shape, "height")};
  }
  if (type != "polygon")
    throw ShapeFault(flaw::no_box,
                     "a " + std::string(type.substr(0, 40)) + " is not a box; draw a rectangle");
  const std::vector<ShapePoint> points = cvat_points(shape);
  if (points.size() < 3)
    throw ShapeFault(flaw::unreadable_box, "a polygon needs three points or more");
  return *extent_of(points);
}

bool is_ignored(pugi::xml_node shape) {
  for (const pugi::xml_node attribute : shape.children("attribute")) {
    const std::string name = lower(attribute.attribute("name").value());
    const std::string value = lower(attribute.text().get());
    if ((name == "difficult" || name == "ignore" || name == "is_crowd" || name == "iscrowd") &&
        (value == "true" || value == "1"))
      return true;
  }
  return false;
}

std::string group_of(pugi::xml_node shape) {
  const std::string group = shape.attribute("group_id").value();
  return group == "0" ? "" : group;  // CVAT's "no group"
}

class CvatParser {
 public:
  CvatParser(const fs::path& path, const fs::path& images, FlawLog& flaws)
      : name_(path.string()),
        images_(images),
        flaws_(flaws),
        text_(read_text_file(path)),
        lines_(text_) {
    const pugi::xml_parse_result result =
        xml_.load_buffer(text_.data(), text_.size(), pugi::parse_default, pugi::encoding_utf8);
    if (!result)
      fail(std::string(result.description()) + " at byte " + std::to_string(result.offset));
    root_ = xml_.child("annotations");
    if (!root_) fail("has no element <annotations>; export it as 'CVAT for images 1.1'");
    if (root_.child("track"))
      fail(
          "is 'CVAT for video 1.1', which has no images but tracks; export it as 'CVAT for "
          "images 1.1'");
  }

  LabelledSet parse() {
    for (const pugi::xml_node image : root_.children("image")) add_image(image);
    classes_.settle(set_, label_names());
    settle_sides(set_.images, flaws_);
    return std::move(set_);
  }

 private:
  void add_image(pugi::xml_node node) {
    LabelledImage image;
    image.file = name_;
    image.line = lines_.line_at(node.offset_debug());
    const std::string name = node.attribute("name").value();
    if (name.empty())
      return flaws_.left_out("images without a name", place(node) + "an <image> has no name");
    const std::string subset = node.attribute("subset").value();
    image.image = find_image(name, subset);
    image.split = split_named(subset);
    try {
      image.width = side(node, "width");
      image.height = side(node, "height");
    } catch (const ShapeFault& fault) {
      return flaws_.left_out(fault.kind(), place(node) + fault.what());
    }
    const std::size_t flaws_before = flaws_.count(FlawEffect::left_out);
    ShapeGroups groups;
    for (const pugi::xml_node shape : node.children()) {
      if (shape.type() != pugi::node_element || std::string_view(shape.name()) == "tag") continue;
      try {
        add_shape(shape, groups);
      } catch (const ShapeFault& fault) {
        flaws_.left_out(fault.kind(), place(shape) + fault.what());
      }
    }
    image.annotations = groups.take(flaws_);
    if (image.annotations.empty() && flaws_.count(FlawEffect::left_out) != flaws_before)
      return flaws_.left_out(flaw::no_box_left,
                             name_ + ":" + std::to_string(image.line) + ": '" + image.image + "'");
    set_.images.push_back(std::move(image));
  }

  /// Projects are exported with one folder per subset.
  [[nodiscard]] std::string find_image(const std::string& name, const std::string& subset) const {
    const fs::path in_subset = fs::path(subset) / name;
    std::error_code error;
    const bool is_there =
        fs::is_regular_file(images_ / in_subset, error) ||
        (!fs::is_regular_file(images_ / name, error) && fs::is_directory(images_ / subset, error));
    return subset.empty() || !is_there ? name : in_subset.generic_string();
  }

  void add_shape(pugi::xml_node shape, ShapeGroups& groups) {
    const std::string_view type = shape.name();
    if (type == "skeleton") return add_skeleton(shape, groups);
    const std::string label = shape.attribute("label").value();
    if (label.empty()) throw ShapeFault(flaw::no_label, "has no label; give its class");
    geometry::Annotation a;
    a.box = cvat_extent(shape);
    if (type == "box" && shape.attribute("rotation") && attribute_number(shape, "rotation") != 0)
      flaws_.changed(flaw::rotated, place(shape) + "a box rotated by " +
                                        shape.attribute("rotation").value() + " degrees");
    else if (type != "box")
      flaws_.changed(flaw::polygon, [&] { return place(shape) + "a " + shape.name(); });
    a.ignore = is_ignored(shape);
    if (shape.attribute("occluded")) a.occlusion = attribute_number(shape, "occluded") != 0 ? 1 : 0;
    a.class_id = classes_.id(label);
    groups.add_box(a, group_of(shape));
  }

  void add_skeleton(pugi::xml_node skeleton, ShapeGroups& groups) {
    std::vector<ShapeGroups::NamedPoint> points;
    for (const pugi::xml_node node : skeleton.children("points")) {
      const std::vector<ShapePoint> at = cvat_points(node);
      // An "outside" point is not in the image, and its position is meaningless.
      if (at.size() == 1 && std::string_view(node.attribute("outside").value()) != "1")
        points.push_back({node.attribute("label").value(), at[0]});
    }
    groups.add_points(std::move(points), group_of(skeleton), place(skeleton) + "the skeleton's ");
  }

  /// All labels in <meta>, of a task, a job or a project.
  [[nodiscard]] std::vector<std::string> label_names() const {
    std::vector<std::string> names;
    for (const pugi::xml_node of : root_.child("meta").children())
      for (const pugi::xml_node label : of.child("labels").children("label"))
        names.emplace_back(label.child("name").text().get());
    return names;
  }

  /// 0 if the file does not state it. @throws ShapeFault
  static int side(pugi::xml_node image, const char* name) {
    if (!image.attribute(name)) return 0;
    constexpr float largest = 1 << 24;
    const float value = attribute_number(image, name);
    if (!(value >= 1 && value <= largest) || value != std::floor(value))
      throw ShapeFault("images with an impossible size",
                       std::string(name) + " cannot be " + image.attribute(name).value());
    return static_cast<int>(value);
  }

  std::string place(pugi::xml_node node) {
    return name_ + ":" + std::to_string(lines_.line_at(node.offset_debug())) + ": ";
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::format, name_ + ": " + what);
  }

  std::string name_;
  const fs::path& images_;
  FlawLog& flaws_;
  std::string text_;
  LineCounter lines_;
  pugi::xml_document xml_;
  pugi::xml_node root_;
  LabelledSet set_;
  ClassNames classes_;
};

}  // namespace

LabelledSet read_cvat(const fs::path& path, const fs::path& images, FlawLog& flaws) {
  return CvatParser(path, images, flaws).parse();
}

}  // namespace faceshot::data
