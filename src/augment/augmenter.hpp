// From a labelled photograph to a training sample: the SSD recipe, fit for faces.
#pragma once

#include <opencv2/core.hpp>
#include <span>
#include <vector>

#include "dataset/prepared.hpp"
#include "faceshot/random.hpp"

namespace faceshot {

struct AugmentOptions {
  int size = 320;              ///< side of the square sample, pixels
  float crop_min = 0.3F;       ///< side of the square crop as a share of the shorter side ...
  float crop_max = 1.0F;       ///< ... drawn log-uniformly; above 1 the image is expanded
  float magnify_max = 3.0F;    ///< tiny faces are not blown up beyond this: there is nothing to see
  float expand_chance = 0.2F;  ///< share of samples whose crop is larger than the image ...
  float expand_max = 2.0F;     ///< ... up to this many times its longer side
  float anchor_chance = 0.3F;  ///< share of samples in which a chosen face is aimed at a size
  std::vector<float> anchor_sizes{10, 16, 24, 32, 48, 64, 96, 128, 192, 256};  ///< those, ascending
  float flip_chance = 0.5F;
  float brightness = 32;  ///< +- in 0..255
  float contrast_min = 0.5F, contrast_max = 1.5F;
  float saturation_min = 0.5F, saturation_max = 1.5F;
  float hue = 18;                   ///< +- degrees
  float photometric_chance = 0.5F;  ///< of each of the four
  float gray_chance = 0.05F;
  float min_face = 5;        ///< a face smaller than this (shorter side, in the sample) is ignored
  float min_visible = 0.5F;  ///< a face of which less than this share is left is ignored
};

/// A training sample. Faces to find have `ignore == false`; boxes lie inside the image.
struct Sample {
  cv::Mat image;                        ///< size x size, 8-bit BGR, continuous
  std::vector<Annotation> annotations;  ///< in pixels of `image`
};

/// @throws Error(invalid_argument) that names the option
void validate(const AugmentOptions& options);

/// Draws one augmented sample. Depends on nothing but its arguments: same random stream, same
/// pixels. Thread safe, and starts no threads. `image` is not written to.
/// @param image 8-bit BGR @param annotations in its pixels @param options valid ones
/// @throws Error(invalid_argument) if the image is empty or not 8-bit BGR
[[nodiscard]] Sample augment(const cv::Mat& image, std::span<const Annotation> annotations,
                             const AugmentOptions& options, Random& random);

/// The same into `sample`, whose memory is reused where `sample.image` has the right size and type:
/// it may be a view of the place in a batch where the pixels belong.
void augment(const cv::Mat& image, std::span<const Annotation> annotations,
             const AugmentOptions& options, Random& random, Sample& sample);

}  // namespace faceshot
