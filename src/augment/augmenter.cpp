#include "augment/augmenter.hpp"

#include <cmath>
#include <string>

#include "augment/crop.hpp"
#include "augment/geometry.hpp"
#include "augment/photometric.hpp"
#include "augment/resample.hpp"
#include "faceshot/error.hpp"

namespace faceshot {
namespace {

[[noreturn]] void reject(const std::string& name, const std::string& demand) {
  throw Error(ErrorCode::invalid_argument, "augment." + name + " must be " + demand);
}

// Written so that NaN fails as well.
void demand_range(const char* name, float value, float low, float high) {
  if (value >= low && value <= high) return;
  reject(name, "between " + std::to_string(low) + " and " + std::to_string(high) + ", not " +
                   std::to_string(value));
}

}  // namespace

void validate(const AugmentOptions& o) {
  constexpr float many = 1e4F;
  if (o.size < 1 || o.size > 8192) reject("size", "between 1 and 8192");
  demand_range("crop_min", o.crop_min, 1e-3F, many);
  demand_range("crop_max", o.crop_max, o.crop_min, many);
  demand_range("magnify_max", o.magnify_max, 1e-3F, many);
  demand_range("expand_chance", o.expand_chance, 0, 1);
  demand_range("expand_max", o.expand_max, 1, many);
  demand_range("anchor_chance", o.anchor_chance, 0, 1);
  if (o.anchor_chance > 0 && o.anchor_sizes.empty()) {
    reject("anchor_sizes", "given where augment.anchor_chance is above 0");
  }
  for (std::size_t i = 0; i < o.anchor_sizes.size(); ++i) {
    demand_range("anchor_sizes", o.anchor_sizes[i], 1, many);
    if (i > 0 && !(o.anchor_sizes[i] > o.anchor_sizes[i - 1])) {
      reject("anchor_sizes", "in ascending order");
    }
  }
  demand_range("flip_chance", o.flip_chance, 0, 1);
  demand_range("brightness", o.brightness, 0, 255);
  demand_range("contrast_min", o.contrast_min, 0, many);
  demand_range("contrast_max", o.contrast_max, o.contrast_min, many);
  demand_range("saturation_min", o.saturation_min, 0, many);
  demand_range("saturation_max", o.saturation_max, o.saturation_min, many);
  demand_range("hue", o.hue, 0, 180);
  demand_range("photometric_chance", o.photometric_chance, 0, 1);
  demand_range("gray_chance", o.gray_chance, 0, 1);
  demand_range("min_face", o.min_face, 0, many);
  demand_range("min_visible", o.min_visible, 0, 1);
}

void augment(const cv::Mat& image, std::span<const Annotation> annotations,
             const AugmentOptions& options, Random& random, Sample& sample) {
  if (image.empty() || image.type() != CV_8UC3) {
    throw Error(ErrorCode::invalid_argument,
                "augment: the image is empty or not 8-bit BGR; read it with read_image");
  }
  const CropWindow window = choose_crop(image.cols, image.rows, annotations, options, random);
  const bool flip = random.chance(options.flip_chance);
  const auto color = draw_color_change(options, random);

  sample.image.create(options.size, options.size, CV_8UC3);
  resample(image, window, flip, sample.image);
  if (color) apply_color(color_matrix(*color), sample.image);
  sample.annotations = map_annotations(annotations, window, flip, options);
}

Sample augment(const cv::Mat& image, std::span<const Annotation> annotations,
               const AugmentOptions& options, Random& random) {
  Sample sample;
  augment(image, annotations, options, random, sample);
  return sample;
}

}  // namespace faceshot
