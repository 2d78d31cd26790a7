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
      annotations;  ///< inside the image; `ignore` where more than half hidden
};

/// Of drawn faces: "face", or with masks with_incorrect_mask, with_mask and without_mask.
[[nodiscard]] std::vector<std::string> scene_classes(const SceneOptions& options);

/// Draws background, people and camera. Boxes and landmarks are exact; `occlusion`, `blur`, `pose`,
/// `expression` and `illumination` are set; class ids are those of scene_classes(). A mask counts
/// for no occlusion. Depends on its arguments alone; starts no threads; thread safe with a `random`
/// of its own.
/// @throws Error(invalid_argument) as validate
[[nodiscard]] SyntheticScene render_scene(const SceneOptions& options, base::Random& random);

/// 0 clear, 1 normal, 2 heavy, as WIDER FACE has it, of a face this high.
[[nodiscard]] std::int8_t blur_level(const CameraBlur& blur, float face_height) noexcept;

}  // namespace faceshot::synth
