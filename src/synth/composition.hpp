// Photographs without people, with faces of other photographs put in.
#pragma once

#include <functional>
#include <opencv2/core.hpp>

#include "base/random.hpp"
#include "synth/face_library.hpp"
#include "synth/scene.hpp"

namespace faceshot::synth {

/// Draws a face that is to become `height` pixels high, such as FaceLibrary::draw.
using DrawFace = std::function<FaceSource(float height, base::Random& random)>;

struct CompositionOptions {
  SceneOptions scene{.min_faces = 1};
  float roll = 0.15F;    ///< deviation of the turn, radians; at most three times that
  float relight = 0.5F;  ///< as FacePaste has it, drawn from 0 up to this
};

/// Cuts the background to the scene's size, covering it, and pastes faces. Depends on its arguments
/// (and what `draw` returns) alone; starts no threads; thread safe if `draw` is.
/// @param background 8-bit BGR without faces; not written to
/// @throws Error(invalid_argument) as validate(SceneOptions), or for no such image; Error of `draw`
[[nodiscard]] SyntheticScene compose_scene(const cv::Mat& background, const DrawFace& draw,
                                           const CompositionOptions& options, base::Random& random);

}  // namespace faceshot::synth
