#include "synth/scene.hpp"

#include <cstdint>

#include "synth/background_painter.hpp"
#include "synth/face_owners.hpp"
#include "synth/face_painter.hpp"

namespace faceshot::synth {
namespace {

/// Index in scene_classes().
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

SyntheticScene render_scene(const SceneOptions& options, base::Random& random) {
  validate(options);
  SyntheticScene scene;
  scene.image = paint_background(options.size, random);
  FaceOwners visibility(options.size);
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
