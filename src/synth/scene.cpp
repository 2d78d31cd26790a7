#include "synth/scene.hpp"

#include <cstdint>

#include "synth/background_painter.hpp"
#include "synth/face_painter.hpp"

namespace faceshot::synth {
namespace {

/// Counts what is left of each face when all are drawn.
class Visibility {
 public:
  explicit Visibility(cv::Size size) : owner_(size, CV_8UC1, cv::Scalar(0)) {}

  void add(const FaceLayer& layer) {
    const auto id = static_cast<std::uint8_t>(drawn_.size() + 1);
    int pixels = 0;
    for (int y = 0; y < layer.place.height; ++y) {
      const auto* color = layer.pixels.ptr<cv::Vec4b>(y);
      const auto* face = layer.face.ptr<std::uint8_t>(y);
      auto* owner = owner_.ptr<std::uint8_t>(layer.place.y + y) + layer.place.x;
      for (int x = 0; x < layer.place.width; ++x) {
        if (color[x][3] < 128) continue;
        owner[x] = face[x] >= 128 ? id : std::uint8_t{0};
        pixels += face[x] >= 128 ? 1 : 0;
      }
    }
    drawn_.push_back(pixels);
  }

  [[nodiscard]] std::vector<float> shares() const {
    std::vector<int> left(drawn_.size() + 1, 0);
    for (int y = 0; y < owner_.rows; ++y)
      for (int x = 0; x < owner_.cols; ++x) ++left[owner_.at<std::uint8_t>(y, x)];
    std::vector<float> result;
    for (std::size_t i = 0; i < drawn_.size(); ++i)
      result.push_back(
          drawn_[i] > 0 ? static_cast<float>(left[i + 1]) / static_cast<float>(drawn_[i]) : 0.0F);
    return result;
  }

 private:
  cv::Mat owner_;           ///< number of the face that is seen at a pixel, 0: none
  std::vector<int> drawn_;  ///< pixels of each face when it was drawn
};

/// Among scene_classes().
int class_of(Mask mask) {
  switch (mask) {
    case Mask::under_nose:
      return 0;
    case Mask::worn:
      return 1;
    default:
      return 2;
  }
}

}  // namespace

std::vector<std::string> scene_classes(const SceneOptions& options) {
  if (options.masks <= 0) return {"face"};
  return {"with_incorrect_mask", "with_mask", "without_mask"};
}

std::int8_t blur_level(const CameraBlur& blur, float face_height) noexcept {
  const float of_face = (2 * blur.focus + blur.motion) / face_height;
  if (of_face > 0.12F || face_height < 14) return 2;
  return of_face > 0.04F || face_height < 24 ? 1 : 0;
}

SyntheticScene render_scene(const SceneOptions& options, Random& random) {
  validate(options);
  SyntheticScene scene;
  scene.image = paint_background(options.size, random);
  Visibility visibility(options.size);
  for (const FacePlace& place : place_faces(options, random)) {
    FaceTraits traits = draw_traits(random);
    if (options.masks > 0) draw_mask(options.masks, traits, random);
    const FaceLayer layer = paint_face(traits, place.center, place.height, options.size);
    geometry::Annotation face = layer.annotation;
    if (options.masks > 0) face.class_id = class_of(traits.mask);
    face.box = clip(face.box, static_cast<float>(options.size.width),
                    static_cast<float>(options.size.height));
    if (collides(face.box, scene.annotations, options.overlap)) continue;
    blend(layer, scene.image);
    visibility.add(layer);
    scene.annotations.push_back(face);
  }
  const std::vector<float> visible = visibility.shares();
  const CameraBlur blur = apply_camera(scene.image, random);
  for (std::size_t i = 0; i < visible.size(); ++i) {
    geometry::Annotation& face = scene.annotations[i];
    face.occlusion = static_cast<std::int8_t>(visible[i] > 0.9F ? 0 : visible[i] > 0.6F ? 1 : 2);
    face.ignore = visible[i] < 0.5F;
    face.blur = blur_level(blur, face.box.height());
  }
  return scene;
}

}  // namespace faceshot::synth
