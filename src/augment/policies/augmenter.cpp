#include "augment/policies/augmenter.hpp"

#include <algorithm>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot::augment {
namespace {

[[noreturn]] void reject(const std::string& name, const std::string& demand) {
  throw Error(ErrorCode::invalid_argument, "augment." + name + " must be " + demand);
}

}  // namespace

void validate(const AugmentOptions& options) {
  // In this form NaN fails as well.
  if (options.size < 1 || options.size > 8192) reject("size", "between 1 and 8192");
  if (options.large_size != 0 && (options.large_size < options.size || options.large_size > 8192))
    reject("large_size", "0, or between augment.size and 8192");
  if (!(options.large_share >= 0 && options.large_share <= 1))
    reject("large_share", "between 0 and 1");
  if (!(options.min_face >= 0 && options.min_face <= 8192))
    reject("min_face", "between 0 and 8192");
  if (!(options.min_visible >= 0 && options.min_visible <= 1))
    reject("min_visible", "between 0 and 1");
  if (options.turned_box != "ellipse" && options.turned_box != "rectangle")
    reject("turned_box", "ellipse or rectangle");
}

void augment(const cv::Mat& image, std::span<const geometry::Annotation> annotations,
             const AugmentOptions& options, base::Random& random, Sample& sample,
             CanvasMemory& memory, const ScenePool* pool, float progress) {
  if (image.empty() || image.type() != CV_8UC3) {
    throw Error(ErrorCode::invalid_argument,
                "augment: the image is empty or not 8-bit BGR; read it with media::read_mat");
  }
  FaceRule rule;
  rule.min_visible = options.min_visible;
  rule.turned = options.turned_box == "rectangle" ? TurnedBox::rectangle : TurnedBox::ellipse;
  Canvas canvas(image, annotations, rule, memory);
  for (const Step& step : options.policy) run(step, canvas, random, {options.size, pool, progress});
  const int size = options.size;
  if (options.square && (canvas.width() != size || canvas.height() != size))
    canvas.move(letterbox_map(canvas.width(), canvas.height(), size, size), size, size);
  canvas.finish(sample.image, sample.annotations);
  for (auto& annotation : sample.annotations)
    if (std::min(annotation.box.width(), annotation.box.height()) < options.min_face)
      annotation.ignore = true;
}

Sample augment(const cv::Mat& image, std::span<const geometry::Annotation> annotations,
               const AugmentOptions& options, base::Random& random, const ScenePool* pool) {
  Sample sample;
  CanvasMemory memory;
  augment(image, annotations, options, random, sample, memory, pool);
  return sample;
}

}  // namespace faceshot::augment
