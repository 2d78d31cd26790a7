// Whole pictures of drawn people.
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "geometry/annotation.hpp"
#include "synth/camera.hpp"
#include "synth/placement.hpp"

namespace faceshot::synth {

struct SyntheticScene {
  cv::Mat image;  ///< 8-bit BGR
  std::vector<geometry::Annotation>
      annotations;  ///< inside the image; `ignore` if more than half hidden
};

/// Of drawn faces: "face", or with masks with_incorrect_mask, with_mask and without_mask.
[[nodiscard]] std::vector<std::string> scene_classes(const SceneOptions& options);

/// Draws background, people and camera effects. Boxes and landmarks are exact; `occlusion`, `blur`,
/// `pose`, `expression` and `illumination` are set; class ids are those of scene_classes(). A mask
/// does not count as an occlusion. Depends only on its arguments; starts no threads; thread safe
/// with separate `random`s.
/// @throws Error(invalid_argument) as validate
[[nodiscard]] SyntheticScene render_scene(const SceneOptions& options, base::Random& random);

/// WIDER FACE's blur of a face of this height: 0 clear, 1 normal, 2 heavy.
[[nodiscard]] std::int8_t blur_level(const CameraBlur& blur, float face_height) noexcept;

}  // namespace faceshot::synth
