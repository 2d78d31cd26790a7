#include "data/import/shapes.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <numbers>
#include <utility>
#include "geometry/move_landmarks.hpp"

namespace faceshot::data {
namespace {

constexpr std::size_t landmark_count = 5;

float radians(float degrees) { return degrees * std::numbers::pi_v<float> / 180; }

Box around(ShapePoint centre, float half_width, float half_height) {
  return {centre.x - half_width, centre.y - half_height, centre.x + half_width,
          centre.y + half_height};
}

/// Positive if left is the viewer's: the direction from the left eye to the right one and that from
/// the eyes down to the mouth turn clockwise, however the face is rotated.
float handedness(const Landmarks& p) {
  const float across_x = p[1].x - p[0].x, across_y = p[1].y - p[0].y;
  const float down_x = (p[3].x + p[4].x - p[0].x - p[1].x) / 2;
  const float down_y = (p[3].y + p[4].y - p[0].y - p[1].y) / 2;
  return across_x * down_y - across_y * down_x;
}

}  // namespace

bool is_coordinate(float value) { return std::abs(value) < 1e7F; }

std::optional<Box> extent_of(std::span<const ShapePoint> points) {
  if (points.empty()) return std::nullopt;
  Box box{points[0].x, points[0].y, points[0].x, points[0].y};
  for (const ShapePoint& p : points)
    box = {std::min(box.x1, p.x), std::min(box.y1, p.y), std::max(box.x2, p.x),
           std::max(box.y2, p.y)};
  return box;
}

Box turned_extent(const Box& box, float degrees) {
  const float c = std::abs(std::cos(radians(degrees))), s = std::abs(std::sin(radians(degrees)));
  const float width = box.x2 - box.x1, height = box.y2 - box.y1;
  return around({(box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2}, (width * c + height * s) / 2,
                (width * s + height * c) / 2);
}

Box ellipse_extent(ShapePoint centre, float radius_x, float radius_y, float degrees) {
  const float c = std::cos(radians(degrees)), s = std::sin(radians(degrees));
  return around(centre, std::hypot(radius_x * c, radius_y * s),
                std::hypot(radius_x * s, radius_y * c));
}

std::optional<std::size_t> landmark_named(std::string_view label) {
  std::string name;
  for (const char c : label)
    if (c != '_' && c != '-' && c != ' ')
      name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  // "nosttip" is the spelling in X-AnyLabeling's own configs.
  static constexpr std::pair<std::string_view, std::size_t> names[] = {
      {"lefteye", 0},         {"righteye", 1},   {"nose", 2},       {"nosetip", 2},
      {"nosttip", 2},         {"mouthleft", 3},  {"leftmouth", 3},  {"leftmouthcorner", 3},
      {"mouthleftcorner", 3}, {"mouthright", 4}, {"rightmouth", 4}, {"rightmouthcorner", 4},
      {"mouthrightcorner", 4}};
  for (const auto& [known, index] : names)
    if (name == known) return index;
  return std::nullopt;
}

void ShapeGroups::add_box(const geometry::Annotation& box, std::string group) {
  if (!group.empty()) boxes_of_group_[std::move(group)].push_back(boxes_.size());
  boxes_.push_back(box);
}

void ShapeGroups::add_points(std::vector<NamedPoint> points, std::string group, std::string place) {
  points_.push_back({std::move(points), std::move(group), std::move(place)});
}

std::vector<geometry::Annotation> ShapeGroups::take(FlawLog& flaws) {
  for (const auto& [group, boxes] : boxes_of_group_)
    if (boxes.size() == 1) boxes_[boxes.front()].landmarks = landmarks_of(group);
  for (const PointRecord& record : points_) {
    const auto boxes = boxes_of_group_.find(record.group);
    if (boxes != boxes_of_group_.end() && boxes_[boxes->second.front()].landmarks) continue;
    const std::string what =
        record.points.size() == 1 ? "the point '" + record.points[0].label + "' is" : "points are";
    flaws.left_out(flaw::lone_point,
                   record.place + what +
                       " not the landmarks of a box; expected five points named left_eye, "
                       "right_eye, nose, mouth_left and mouth_right in one group with one box");
  }
  return std::move(boxes_);
}

std::optional<Landmarks> ShapeGroups::landmarks_of(const std::string& group) const {
  Landmarks landmarks{};
  std::array<bool, landmark_count> found{};
  for (const PointRecord& record : points_) {
    if (record.group != group) continue;
    for (const NamedPoint& point : record.points) {
      const auto index = landmark_named(point.label);
      if (!index || found[*index]) return std::nullopt;
      found[*index] = true;
      landmarks[*index] = {point.at.x, point.at.y};
    }
  }
  if (!std::all_of(found.begin(), found.end(), [](bool f) { return f; })) return std::nullopt;
  return landmarks;
}

void settle_sides(std::vector<LabelledImage>& images, FlawLog& flaws) {
  std::size_t viewers = 0, persons = 0;
  for (const LabelledImage& image : images)
    for (const geometry::Annotation& a : image.annotations)
      if (a.landmarks) {
        viewers += handedness(*a.landmarks) > 0 ? 1 : 0;
        persons += handedness(*a.landmarks) < 0 ? 1 : 0;
      }
  if (persons <= viewers) return;
  for (LabelledImage& image : images)
    for (geometry::Annotation& a : image.annotations)
      if (a.landmarks) {
        geometry::exchange_sides(*a.landmarks);
        flaws.changed(flaw::persons_left,
                      image.file + (image.line == 0 ? "" : ":" + std::to_string(image.line)) +
                          ": left and right landmarks of a box of '" + image.image +
                          "' are swapped; rename them if left means the viewer's left");
      }
}

int ClassNames::id(const std::string& name) {
  const auto [found, is_new] = ids_.try_emplace(name, static_cast<int>(names_.size()));
  if (is_new) names_.push_back(name);
  return found->second;
}

void ClassNames::settle(LabelledSet& set, const std::vector<std::string>& order) const {
  set.classes.clear();
  std::vector<int> new_ids(names_.size(), -1);
  const auto take = [&](const std::string& name) {
    int& id = new_ids[static_cast<std::size_t>(ids_.at(name))];
    if (id >= 0) return;
    id = static_cast<int>(set.classes.size());
    set.classes.push_back(name);
  };
  for (const std::string& name : order)
    if (ids_.contains(name)) take(name);
  std::vector<std::string> sorted = names_;
  std::sort(sorted.begin(), sorted.end());
  for (const std::string& name : sorted) take(name);
  for (LabelledImage& image : set.images)
    for (geometry::Annotation& a : image.annotations)
      a.class_id = a.class_id == none ? 0 : new_ids[static_cast<std::size_t>(a.class_id)];
  if (set.classes.empty()) set.classes = {"face"};
}

}  // namespace faceshot::data
