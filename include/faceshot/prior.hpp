// Prior boxes (default boxes, anchors) of a single-shot detector.
//
// Follows W. Liu et al., "SSD: Single Shot MultiBox Detector", ECCV 2016, section 2.2, and the
// order of the authors' Caffe PriorBox layer. Priors depend on the network's own feature-map sizes,
// so one specification serves any input size. All functions are pure and thread safe.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "faceshot/box.hpp"

namespace faceshot {
inline namespace v0_1 {

/// A prior as used by the box coding: centre and size in input pixels.
struct Prior {
  float cx = 0, cy = 0, w = 0, h = 0;

  [[nodiscard]] constexpr Box box() const noexcept {
    return {cx - 0.5F * w, cy - 0.5F * h, cx + 0.5F * w, cy + 0.5F * h};
  }
  friend constexpr bool operator==(const Prior&, const Prior&) = default;
};

/// Priors of one feature map. Each cell gets, for each min size in turn: the square of that size;
/// the square of sqrt(min * max), if `max_sizes` is given; then for each aspect ratio a the box of
/// width min * sqrt(a) and height min / sqrt(a), followed by its flipped twin if `flip`.
struct PriorLevel {
  std::vector<float> min_sizes;      ///< side lengths in input pixels, each > 0; at least one
  std::vector<float> max_sizes;      ///< empty, or as many as min_sizes, each > its min size
  std::vector<float> aspect_ratios;  ///< further ratios w/h, except 1; may be empty
  bool flip = true;                  ///< add 1/a for every aspect ratio a
  float step = 0;  ///< distance of cells in input pixels; 0: input size / feature size

  /// Number of priors per cell of this level.
  [[nodiscard]] std::size_t priors_per_cell() const noexcept;
};

/// The whole set: levels in the order in which the network concatenates its heads.
struct PriorSpec {
  std::vector<PriorLevel> levels;
  float offset = 0.5F;  ///< position of the centre within a cell, in cells
  bool clip = false;    ///< clip priors to the image, like SSD's `clip`
  /// Variances of centre x, centre y, width, height that scale the coded offsets.
  std::array<float, 4> variances{0.1F, 0.1F, 0.2F, 0.2F};
};

struct FeatureSize {
  int width = 0, height = 0;
  friend constexpr bool operator==(const FeatureSize&, const FeatureSize&) = default;
};

/// Checks that a specification is possible.
/// @throws Error(invalid_argument) that names level and value.
void validate(const PriorSpec& spec);

/// All priors for an input of `input_width` x `input_height` pixels, level by level, row by row,
/// cell by cell, in the order documented at PriorLevel.
/// @param spec see PriorSpec
/// @param input_width, input_height in pixels
/// @param features one size per level, as the network's feature maps have for this input
/// @throws Error(invalid_argument) if the spec is invalid, the counts differ or a map is empty
[[nodiscard]] std::vector<Prior> make_priors(const PriorSpec& spec, int input_width,
                                             int input_height,
                                             const std::vector<FeatureSize>& features);

/// The SSD paper's scale rule (eq. 4): s_k = min + (max - min) * (k - 1) / (m - 1), k = 1..m.
/// @param min_scale, max_scale of the first and the last level, shares of the input side
/// @param levels m >= 1; with m = 1 the result is {min_scale}
/// @return scales as a share of the input side; multiply by it to get sizes in pixels
/// @throws Error(invalid_argument) if levels < 1
[[nodiscard]] std::vector<float> ssd_scales(int levels, float min_scale = 0.2F,
                                            float max_scale = 0.9F);

}  // namespace v0_1
}  // namespace faceshot
