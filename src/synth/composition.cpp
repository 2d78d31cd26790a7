#include "synth/composition.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "augment/operations/face_paste.hpp"
#include "faceshot/error.hpp"

namespace faceshot::synth {
namespace {

using augment::FacePaste;

/// A part of the picture with the right proportions, at a random position, scaled to the size.
cv::Mat cut_to_size(const cv::Mat& image, cv::Size size, base::Random& random) {
  const double scale = std::min(static_cast<double>(image.cols) / size.width,
                                static_cast<double>(image.rows) / size.height);
  const cv::Size part(
      std::clamp(static_cast<int>(std::lround(size.width * scale)), 1, image.cols),
      std::clamp(static_cast<int>(std::lround(size.height * scale)), 1, image.rows));
  const auto start = [&](int room) {
    return static_cast<int>(random.below(static_cast<std::uint32_t>(room + 1)));
  };
  const cv::Rect seen(cv::Point(start(image.cols - part.width), start(image.rows - part.height)),
                      part);
  cv::Mat result;
  cv::resize(image(seen), result, size, 0, 0, scale > 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  return result;
}

FacePaste draw_paste(const FacePlace& place, const CompositionOptions& o, base::Random& random) {
  FacePaste how;
  how.center = place.center;
  how.height = place.height;
  how.roll = o.roll * std::clamp(random.normal(), -3.0F, 3.0F);
  how.flip = random.chance(0.5F);
  how.margin = random.uniform(0.15F, 0.35F);
  how.relight = random.uniform(0, o.relight);
  how.gain = std::exp(0.1F * random.normal());
  return how;
}

/// The face's box in the target, without pasting: the same as paste_face returns.
Box pasted_box(const geometry::Annotation& face, const FacePaste& how) {
  const float a = 0.5F * how.height * face.box.width() / face.box.height();
  const float b = 0.5F * how.height;
  const float c = std::cos(how.roll), s = std::sin(how.roll);
  const float w = std::hypot(a * c, b * s), h = std::hypot(a * s, b * c);
  return {how.center.x - w, how.center.y - h, how.center.x + w, how.center.y + h};
}

}  // namespace

SyntheticScene compose_scene(const cv::Mat& background, const DrawFace& draw,
                             const CompositionOptions& options, base::Random& random) {
  validate(options.scene);
  if (background.empty() || background.type() != CV_8UC3)
    throw Error(ErrorCode::invalid_argument, "a background must be an 8-bit BGR image");
  const cv::Size size = options.scene.size;
  SyntheticScene scene{cut_to_size(background, size, random), {}};
  for (const FacePlace& place : place_faces(options.scene, random)) {
    const FaceSource source = draw(place.height, random);
    const FacePaste how = draw_paste(place, options, random);
    const Box room = pasted_box(source.face, how);
    if (collides(room, scene.annotations, options.scene.overlap)) continue;
    geometry::Annotation face = augment::paste_face(source.image, source.face, how, scene.image);
    face.box = clip(face.box, static_cast<float>(size.width), static_cast<float>(size.height));
    scene.annotations.push_back(face);
  }
  return scene;
}

}  // namespace faceshot::synth
