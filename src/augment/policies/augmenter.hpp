// From a labelled photograph to a training sample, following a policy.
#pragma once

#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <vector>

#include "augment/pixels/canvas.hpp"
#include "augment/policies/policy.hpp"
#include "base/random.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::augment {

struct AugmentOptions {
  int size = 320;  ///< side of the square sample, pixels
  /// Another side for this share of a loader's batches, which then hold fewer samples with about
  /// the same total number of pixels, so that faces larger than `size` occur as well. 0: none.
  int large_size = 0;
  float large_share = 0.25F;              ///< of the batches, in [0, 1]
  Policy policy = preset_policy("face");  ///< applied in order
  /// If the policy's result has another size, it is scaled into the square, keeping proportions and
  /// padding the rest. False: it stays unchanged.
  bool square = true;
  float min_face = 5;                  ///< a smaller face (shorter side, in the sample) is ignored
  std::string turned_box = "ellipse";  ///< which box a rotated face gets: see TurnedBox
  float min_visible = 0.5F;            ///< a face with a smaller visible share is ignored
};

/// A training sample. Faces that count have `ignore == false`; boxes are inside the image.
struct Sample {
  cv::Mat image;                                  ///< 8-bit BGR, continuous
  std::vector<geometry::Annotation> annotations;  ///< in pixels of `image`
};

/// @throws Error(invalid_argument) naming the option
void validate(const AugmentOptions& options);

/// Draws one augmented sample into `sample`, whose memory is reused if `sample.image` has the right
/// size and type: it may be a view of its place in a batch. Depends only on its arguments: same
/// random stream, same pixels. Starts no threads. Thread safe if each thread has its own `memory`.
/// `image` is not written to.
/// @param image 8-bit BGR @param annotations in its pixels @param options valid ones
/// @param pool other photographs, for operations that mix; null: those do nothing
/// @param progress completed share of the training's epochs, in [0, 1], for `schedule`
/// @throws Error(invalid_argument) if the image is empty or not 8-bit BGR; Error of the pool
void augment(const cv::Mat& image, std::span<const geometry::Annotation> annotations,
             const AugmentOptions& options, base::Random& random, Sample& sample,
             CanvasMemory& memory, const ScenePool* pool = nullptr, float progress = 1);

/// The same, for single samples.
[[nodiscard]] Sample augment(const cv::Mat& image,
                             std::span<const geometry::Annotation> annotations,
                             const AugmentOptions& options, base::Random& random,
                             const ScenePool* pool = nullptr);

}  // namespace faceshot::augment
