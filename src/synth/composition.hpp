// Photographs without people, into which faces of other photographs are pasted.
#pragma once

#include <functional>
#include <opencv2/core.hpp>

#include "base/random.hpp"
#include "synth/face_library.hpp"
#include "synth/scene.hpp"

namespace faceshot::synth {

/// Draws a face that will be `height` pixels high, such as FaceLibrary::draw.
using DrawFace = std::function<FaceSource(float height, base::Random& random)>;

struct CompositionOptions {
  SceneOptions scene{.min_faces = 1};
  float roll = 0.15F;    ///< standard deviation of the rotation, radians; at most three times that
  float relight = 0.5F;  ///< maximum of FacePaste's, drawn uniformly from 0
};

/// Crops the background to the scene's size, covering it, and pastes faces. Depends only on its
/// arguments (and the results of `draw`); starts no threads; thread safe if `draw` is.
/// @param background 8-bit BGR without faces; not written to
/// @throws Error(invalid_argument) as validate(SceneOptions), or for an invalid image; Error of
/// `draw`
[[nodiscard]] SyntheticScene compose_scene(const cv::Mat& background, const DrawFace& draw,
                                           const CompositionOptions& options, base::Random& random);

}  // namespace faceshot::synth
