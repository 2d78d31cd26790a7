// Operations that bring in other photographs.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "augment/operations/crop.hpp"
#include "augment/operations/face_paste.hpp"
#include "augment/operations/families.hpp"
#include "augment/pixels/canvas.hpp"
#include "augment/pixels/resample.hpp"

namespace faceshot::augment {
namespace {

using geometry::Annotation;

constexpr int window_attempts = 10;

Scene draw_scene(base::Random& random, const ScenePool& pool) {
  return pool.scene(random.below(pool.size()));
}

/// A window with the proportions of `frame`, `share` times the largest that fits into `image`; it
/// contains the centre of a face if possible.
Window choose_window(cv::Size image, std::span<const TrackedFace> faces, cv::Size frame,
                     float share, base::Random& random) {
  const double scale =
      static_cast<double>(share) * std::min(static_cast<double>(image.width) / frame.width,
                                            static_cast<double>(image.height) / frame.height);
  Window window{0, 0, frame.width * scale, frame.height * scale};
  const bool any = std::any_of(faces.begin(), faces.end(),
                               [](const auto& face) { return is_sought(face.annotation); });
  for (int attempt = 0; attempt < window_attempts; ++attempt) {
    window.x = (image.width - window.width) * static_cast<double>(random.uniform());
    window.y = (image.height - window.height) * static_cast<double>(random.uniform());
    const auto holds = [&](const TrackedFace& face) {
      return is_sought(face.annotation) &&
             window.contains(face.annotation.box.center_x(), face.annotation.box.center_y());
    };
    if (!any || std::any_of(faces.begin(), faces.end(), holds)) break;
  }
  return window;
}

std::vector<TrackedFace> tracked(std::span<const Annotation> annotations) {
  std::vector<TrackedFace> faces;
  for (const auto& annotation : annotations) faces.push_back({annotation, 1});
  return faces;
}

/// Draws the window of a picture into `place` of `target` and adds the faces in it to `all`.
void put(const cv::Mat& image, const std::vector<TrackedFace>& faces, const Window& window,
         const cv::Rect& place, const FaceRule& rule, cv::Mat& target,
         std::vector<TrackedFace>& all) {
  cv::Mat cell = target(place);
  resample(image, window, {}, cell);
  const double sx = place.width / window.width;
  const double sy = place.height / window.height;
  std::vector<TrackedFace> inside;
  const PixelMap to_cell(sx, 0, -window.x * sx, 0, sy, -window.y * sy, 0, 0, 1);
  for (const auto& face : faces) inside.push_back(map_face(face, to_cell, rule.turned));
  settle_faces(inside, place.width, place.height, rule);
  const PixelMap to_target(1, 0, place.x, 0, 1, place.y, 0, 0, 1);
  for (const auto& face : inside) all.push_back(map_face(face, to_target, rule.turned));
}

/// The boundaries between the cells of a mosaic along one side.
std::vector<int> dividing_lines(int grid, int size, float jitter, base::Random& random) {
  std::vector<int> lines{0};
  const float step = static_cast<float>(size) / static_cast<float>(grid);
  for (int i = 1; i < grid; ++i)
    lines.push_back(static_cast<int>(
        std::lround(step * (static_cast<float>(i) + random.uniform(-jitter, jitter)))));
  lines.push_back(size);
  return lines;
}

/// Bochkovskiy et al., "YOLOv4: Optimal speed and accuracy of object detection", 2020.
void mosaic(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext& context) {
  if (context.pool == nullptr) return;
  const int grid = step.draw_whole("grid", random);
  const float jitter = step.draw("jitter", random);
  int size = step.draw_whole("size", random);
  if (size == 0) size = context.size;
  const auto columns = dividing_lines(grid, size, jitter, random);
  const auto rows = dividing_lines(grid, size, jitter, random);
  const auto own_cell = random.below(static_cast<std::uint32_t>(grid * grid));

  cv::Mat picture(size, size, CV_8UC3);
  std::vector<TrackedFace> faces;
  std::uint32_t index = 0;
  for (std::size_t row = 0; row + 1 < rows.size(); ++row) {
    for (std::size_t column = 0; column + 1 < columns.size(); ++column, ++index) {
      const cv::Rect place(cv::Point(columns[column], rows[row]),
                           cv::Point(columns[column + 1], rows[row + 1]));
      const float share = step.draw("share", random);
      cv::Mat image;
      std::vector<TrackedFace> found;
      if (index == own_cell) {
        image = canvas.pixels();
        found = canvas.faces();
      } else {
        const Scene scene = draw_scene(random, *context.pool);
        image = scene.image;
        found = tracked(scene.annotations);
      }
      const Window window = choose_window(image.size(), found, place.size(), share, random);
      put(image, found, window, place, canvas.rule(), picture, faces);
    }
  }
  canvas.replace(std::move(picture), std::move(faces));
}

/// Zhang et al., "mixup: Beyond empirical risk minimization", ICLR 2018, in the form of Zhang et
/// al., "Bag of freebies for training object detection neural networks", 2019: the labels of both
/// stay.
void mixup(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext& context) {
  if (context.pool == nullptr) return;
  const float weight = step.draw("weight", random);
  const float faint = step.draw("faint", random);
  cv::Mat& image = canvas.pixels();
  const Scene scene = draw_scene(random, *context.pool);
  auto others = tracked(scene.annotations);
  const Window window = choose_window(scene.image.size(), others, image.size(), 1, random);
  cv::Mat other(image.size(), CV_8UC3);
  std::vector<TrackedFace> added;
  put(scene.image, others, window, cv::Rect({}, image.size()), canvas.rule(), other, added);
  cv::addWeighted(image, weight, other, 1 - weight, 0, image);
  auto& faces = canvas.faces();
  const auto hide = [faint](std::vector<TrackedFace>& all, float share) {
    if (share >= faint) return;
    for (auto& face : all) face.annotation.ignore = true;
  };
  hide(faces, weight);
  hide(added, 1 - weight);
  faces.insert(faces.end(), added.begin(), added.end());
}

bool may_be_pasted(const Annotation& face) {
  return is_sought(face) && face.blur < 2 && face.occlusion < 2 &&
         std::min(face.box.width(), face.box.height()) >= 16;
}

/// Pastes faces of other pictures where they cover no existing face (after Ghiasi et al., "Simple
/// copy-paste is a strong data augmentation method for instance segmentation", CVPR 2021).
void copy_paste(const Step& step, Canvas& canvas, base::Random& random,
                const AugmentContext& context) {
  if (context.pool == nullptr) return;
  constexpr int attempts = 8;  // at finding a face, and a free position for it
  const int count = step.draw_whole("count", random);
  cv::Mat& image = canvas.pixels();
  auto& faces = canvas.faces();
  for (int i = 0; i < count; ++i) {
    for (int attempt = 0; attempt < attempts; ++attempt) {
      const Scene scene = draw_scene(random, *context.pool);
      if (scene.annotations.empty()) continue;
      const Annotation& face =
          scene.annotations[random.below(static_cast<std::uint32_t>(scene.annotations.size()))];
      if (!may_be_pasted(face) || scene.image.data == image.data) continue;
      FacePaste how;
      how.height = face.box.height() * step.draw("scale", random);
      how.height = std::min(how.height, 0.8F * static_cast<float>(image.rows));
      how.roll = step.draw("roll", random) * std::numbers::pi_v<float> / 180;
      how.relight = step.draw("relight", random);
      how.flip = random.chance(0.5F);
      how.center.x = static_cast<float>(image.cols) * random.uniform();
      how.center.y = static_cast<float>(image.rows) * random.uniform();
      const float aspect = face.box.width() / face.box.height();
      const float half = 0.5F * how.height * (1 + how.margin);
      const Box place{how.center.x - half * aspect, how.center.y - half,
                      how.center.x + half * aspect, how.center.y + half};
      const auto touches = [&](const TrackedFace& other) {
        return intersect(place, other.annotation.box).valid();
      };
      if (place.x1 < 0 || place.y1 < 0 || place.x2 > static_cast<float>(image.cols) ||
          place.y2 > static_cast<float>(image.rows) ||
          std::any_of(faces.begin(), faces.end(), touches))
        continue;
      faces.push_back({paste_face(scene.image, face, how, image), 1});
      break;
    }
  }
  settle_faces(faces, image.cols, image.rows, canvas.rule());
}

}  // namespace

std::vector<OperationInfo> mixing_operations() {
  const char* const family = "mixing";
  return {
      {"mosaic",
       family,
       "places this picture and others from the set, cropped to faces, side by side",
       {{.name = "grid",
         .initial = 2,
         .low = 2,
         .high = 4,
         .meaning = "2: four pictures, 3: nine",
         .is_integer = true},
        {"jitter", 0.25F, 0, 0.4F, "displacement of the dividing lines, as a share of a cell"},
        {"share", {0.5F, 1}, 0.05F, 1, "visible part of each picture, along a side"},
        {.name = "size",
         .initial = 0,
         .low = 0,
         .high = 8192,
         .meaning = "side of the result in pixels; 0: the sample's",
         .is_integer = true}},
       mosaic},
      {"mixup",
       family,
       "blends in another picture from the set; the faces of both count",
       {{"weight", {0.5F, 0.8F}, 0, 1, "weight of this picture; the other gets the rest", 1},
        {"faint", 0.35F, 0, 1, "faces in a picture with a lower weight are ignored"}},
       mixup},
      {"copy_paste",
       family,
       "blends in faces from other pictures where they cover no face",
       {{.name = "count",
         .initial = {1, 3},
         .low = 0,
         .high = 100,
         .meaning = "faces",
         .is_integer = true},
        {"scale", {0.5F, 1.2F}, 0.05F, 4, "factor on their own size; above 1 magnifies"},
        {.name = "roll",
         .initial = {-12, 12},
         .low = -180,
         .high = 180,
         .meaning = "degrees, clockwise",
         .neutral = 0,
         .plus_minus = true},
        {"relight", {0, 0.7F}, 0, 1, "0 keeps their lighting, 1 takes that of the place"}},
       copy_paste},
  };
}

}  // namespace faceshot::augment
