// Converts shapes of annotation tools to boxes with landmarks: shared by the readers of LabelMe and
// CVAT.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data/import/flaw_log.hpp"
#include "data/import/import.hpp"
#include "data/prepared/labelled_image.hpp"
#include "faceshot/error.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::data {

/// Kinds of flaws of drawn shapes.
namespace flaw {
inline constexpr std::string_view no_box = "shapes that are not boxes";
inline constexpr std::string_view no_label = "shapes without a label";
inline constexpr std::string_view lone_point = "points that are not landmarks of a box";
inline constexpr std::string_view rotated =
    "rotated boxes, replaced by the upright boxes around them";
inline constexpr std::string_view persons_left =
    "landmarks with the person's left, changed to the viewer's";
}  // namespace flaw

/// A record to omit; internal to a reader, which passes it to its FlawLog.
class ShapeFault : public Error {
 public:
  ShapeFault(std::string_view kind, const std::string& what)
      : Error(ErrorCode::format, what), kind_(kind) {}
  [[nodiscard]] std::string_view kind() const { return kind_; }

 private:
  std::string_view kind_;  ///< a string literal
};

struct ShapePoint {
  float x = 0, y = 0;
};

/// Whether it is a plausible coordinate: finite, and below 10 million pixels.
[[nodiscard]] bool is_coordinate(float value);

/// The smallest box around the points; nothing if there are none.
[[nodiscard]] std::optional<Box> extent_of(std::span<const ShapePoint> points);

/// The smallest upright box around `box` rotated about its centre. @param degrees clockwise
[[nodiscard]] Box turned_extent(const Box& box, float degrees);

/// The smallest box around an ellipse. @param degrees of rotation, clockwise
[[nodiscard]] Box ellipse_extent(ShapePoint centre, float radius_x, float radius_y, float degrees);

/// The landmark that a label names, as an index into Landmarks: left_eye, right_eye, nose
/// (nose_tip), mouth_left (left_mouth, left_mouth_corner, mouth_left_corner), mouth_right;
/// in any case, with '_', '-', ' ' or nothing between the words. Nothing for other labels. These
/// are COCO-like names, and those that X-AnyLabeling's face detectors write.
[[nodiscard]] std::optional<std::size_t> landmark_named(std::string_view label);

/// Boxes and points of one image, combined by the tool's groups: a group with one box and five
/// points that name the five landmarks is a face with landmarks.
class ShapeGroups {
 public:
  struct NamedPoint {
    std::string label;
    ShapePoint at;
  };

  /// @param group empty: none
  void add_box(const geometry::Annotation& box, std::string group);
  /// One record of the file. @param place "FILE:RECORD: "
  void add_points(std::vector<NamedPoint> points, std::string group, std::string place);

  /// The boxes in order of addition. Points that are not landmarks are omitted.
  /// @throws Error as FlawLog::left_out
  [[nodiscard]] std::vector<geometry::Annotation> take(FlawLog& flaws);

 private:
  struct PointRecord {
    std::vector<NamedPoint> points;
    std::string group, place;
  };

  [[nodiscard]] std::optional<Landmarks> landmarks_of(const std::string& group) const;

  std::vector<geometry::Annotation> boxes_;
  std::unordered_map<std::string, std::vector<std::size_t>> boxes_of_group_;
  std::vector<PointRecord> points_;
};

/// Our left is the viewer's; annotators may have used the person's. Eyes and mouth together show
/// which (a face and its mirror image cannot be rotated into each other), though not reliably for
/// each face in profile: if most faces of the set use the person's, all are swapped, and each is
/// counted as changed.
void settle_sides(std::vector<LabelledImage>& images, FlawLog& flaws);

/// Class ids by name while a set is read.
class ClassNames {
 public:
  static constexpr int none = -1;  ///< of an ignored box without a class; becomes class 0

  /// The id of the class; new names get a new id.
  int id(const std::string& name);
  /// Gives `set` the classes in this order, and its boxes their ids. Names in `order` that have
  /// boxes come first, in that order; the others follow sorted. A set without classes gets "face".
  void settle(LabelledSet& set, const std::vector<std::string>& order = {}) const;

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, int> ids_;
};

}  // namespace faceshot::data
