#include "train/validation.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>

#include "base/parallel.hpp"
#include "detect/heads/decoder.hpp"
#include "detect/heads/finish_detections.hpp"
#include "detect/input/letterbox.hpp"
#include "evaluate/by_class.hpp"
#include "evaluate/comparison.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/error.hpp"
#include "geometry/move_landmarks.hpp"
#include "media/opencv.hpp"
#include "model/torch_arrays.hpp"
#include "model/torch_network.hpp"
#include "train/config/input.hpp"

namespace faceshot::train {
namespace {

using data::PreparedSet;
using detect::InputSource;
using detect::LetterboxSize;
using evaluate::Comparison;
using geometry::Annotation;
using geometry::ImageRecord;
using model::TorchNetwork;
using model::values_of;
using network::NetworkSpec;

constexpr std::size_t batch_size = 8;
constexpr std::size_t example_count = 16;

/// Means over the whole set, not over batches.
struct LossSums {
  double confidence = 0, location = 0, landmarks = 0, likelihood = 0;
  std::int64_t positives = 0, landmark_positives = 0;
  double priors = 0;

  void add(const loss::MultiboxResult& loss) {
    const auto counted = static_cast<double>(loss.positives + loss.negatives);
    confidence += loss.confidence * static_cast<double>(loss.positives);
    location += loss.location * static_cast<double>(loss.positives);
    landmarks += loss.landmarks * static_cast<double>(loss.landmark_positives);
    likelihood += loss.negative_log_likelihood * counted;
    priors += counted;
    positives += loss.positives;
    landmark_positives += loss.landmark_positives;
  }

  void write(ValidationResult& result) const {
    const auto divisor = static_cast<double>(std::max<std::int64_t>(positives, 1));
    result.confidence_loss = confidence / divisor;
    result.location_loss = location / divisor;
    result.negative_log_likelihood = likelihood / std::max(priors, 1.0);
    result.landmark_loss =
        landmarks / static_cast<double>(std::max<std::int64_t>(landmark_positives, 1));
  }
};

/// Annotations in pixels of the network's input.
std::vector<Annotation> in_input(const std::vector<Annotation>& annotations,
                                 const InputSource& source, float min_face) {
  const float x = 1 / source.scale_x(), y = 1 / source.scale_y();
  std::vector<Annotation> result = annotations;
  for (Annotation& a : result) {
    a.box = {a.box.x1 * x, a.box.y1 * y, a.box.x2 * x, a.box.y2 * y};
    if (std::min(a.box.width(), a.box.height()) < min_face) a.ignore = true;
    if (a.landmarks) geometry::scale(*a.landmarks, x, y);
  }
  return result;
}

/// Runs a trained network like a detector, but on batches and in Torch.
class ValidationPass {
 public:
  ValidationPass(TorchNetwork& network, const Config& config, int threads,
                 const std::function<void()>& alive)
      : network_(network), config_(config), threads_(threads), alive_(alive) {
    const network::InputSpec& input = network.spec().input;
    input_.channel_order = input.order;
    input_.mean = input.mean;
    input_.scale = input.scale;
  }

  /// @param sums receives the losses; null: they are not computed
  /// @return per image, in pixels of the image
  std::vector<std::vector<Detection>> run(const PreparedSet& set, LossSums* sums) {
    found_.assign(set.records.size(), {});
    const std::vector<std::size_t> order = by_input_size(set);
    for (std::size_t first = 0; first < order.size();) {
      std::size_t last = first + 1;
      while (last < order.size() && last - first < batch_size &&
             same_input(set.records[order[first]], set.records[order[last]]))
        ++last;
      if (alive_) alive_();
      read_and_run(set, std::span(order).subspan(first, last - first), sums);
      first = last;
    }
    return std::move(found_);
  }

 private:
  struct Image {
    cv::Mat pixels;
    InputSource source;
  };

  /// The detector's, except that inputs too small for the network get more padding.
  [[nodiscard]] LetterboxSize input_size(int width, int height) const {
    const NetworkSpec& spec = network_.spec();
    LetterboxSize size = detect::letterbox_size(width, height, config_.train.validate_side, false,
                                                spec.size_divisor);
    const auto too_small = [&](int FeatureSize::*side) {
      const auto features = network::feature_sizes(spec, size.width, size.height);
      return std::any_of(features.begin(), features.end(),
                         [&](const FeatureSize& f) { return f.*side < 1; });
    };
    while (too_small(&FeatureSize::width)) size.width += spec.size_divisor;
    while (too_small(&FeatureSize::height)) size.height += spec.size_divisor;
    return size;
  }

  [[nodiscard]] bool same_input(const ImageRecord& a, const ImageRecord& b) const {
    return input_of(a) == input_of(b);
  }

  [[nodiscard]] std::pair<int, int> input_of(const ImageRecord& record) const {
    const LetterboxSize size =
        detect::letterbox_size(record.width, record.height, config_.train.validate_side, false,
                               network_.spec().size_divisor);
    return {size.height, size.width};
  }

  /// Groups images of the same input size, which can share a batch.
  [[nodiscard]] std::vector<std::size_t> by_input_size(const PreparedSet& set) const {
    std::vector<std::size_t> order(set.records.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return input_of(set.records[a]) < input_of(set.records[b]);
    });
    return order;
  }

  void read_and_run(const PreparedSet& set, std::span<const std::size_t> chosen, LossSums* sums) {
    std::vector<Image> images(chosen.size());
    base::parallel_for(chosen.size(), threads_, [&](std::size_t i) {
      cv::Mat pixels = media::read_mat(set.images_dir / set.records[chosen[i]].image);
      images[i].source = {input_size(pixels.cols, pixels.rows), pixels.cols, pixels.rows};
      images[i].pixels = std::move(pixels);
    });
    // A record's image size may be wrong.
    for (std::size_t first = 0; first < images.size();) {
      const LetterboxSize& size = images[first].source.size;
      std::size_t last = first + 1;
      while (last < images.size() && images[last].source.size.width == size.width &&
             images[last].source.size.height == size.height)
        ++last;
      run_batch(set, chosen.subspan(first, last - first),
                std::span(images).subspan(first, last - first), sums);
      first = last;
    }
  }

  void run_batch(const PreparedSet& set, std::span<const std::size_t> chosen,
                 std::span<const Image> images, LossSums* sums) {
    const std::size_t count = images.size();
    const NetworkSpec& spec = network_.spec();
    const LetterboxSize& size = images.front().source.size;
    make_grid(size);
    const model::NetworkOutput output = forward(images);
    const torch::Tensor loc = output.loc.contiguous();
    const torch::Tensor conf = output.conf.contiguous();
    const torch::Tensor landmarks =
        output.landmarks.defined() ? output.landmarks.contiguous() : output.landmarks;
    if (sums != nullptr) {
      std::vector<std::vector<Annotation>> annotations;
      for (std::size_t i = 0; i < count; ++i)
        annotations.push_back(in_input(set.records[chosen[i]].annotations, images[i].source,
                                       config_.augment.min_face));
      loss::multibox_loss(values_of(loc), values_of(conf), values_of(landmarks), grid_,
                          spec.priors.variances, annotations, spec.classes.size(), config_.loss,
                          threads_, loss_);
      sums->add(loss_);
    }
    const auto* const loc_data = loc.data_ptr<float>();
    const auto* const conf_data = conf.data_ptr<float>();
    const float* const landmark_data = landmarks.defined() ? landmarks.data_ptr<float>() : nullptr;
    const std::size_t priors = grid_.priors.size();
    const detect::Finish finish{
        config_.train.validate_nms, static_cast<std::size_t>(DetectorOptions().keep_top),
        spec.one_label ? Suppression::across_classes : Suppression::within_classes,
        spec.box_voting};
    base::parallel_for(count, threads_, [&](std::size_t i) {
      std::vector<Detection> candidates;
      detect::decode_detections(
          loc_data + i * priors * 4, conf_data + i * priors * (spec.classes.size() + 1),
          landmark_data == nullptr ? nullptr : landmark_data + i * priors * 10, grid_.priors,
          spec.priors.variances, spec.classes.size(),
          finish.candidate_score(config_.train.validate_score), detect::nms_candidates, candidates);
      const InputSource& source = images[i].source;
      detect::FinishBuffers buffers;
      detect::finish_detections(
          candidates, source,
          {0, 0, static_cast<float>(source.image_width), static_cast<float>(source.image_height)},
          std::span(&config_.train.validate_score, 1), finish, buffers, found_[chosen[i]]);
    });
  }

  model::NetworkOutput forward(std::span<const Image> images) {
    const LetterboxSize& size = images.front().source.size;
    const std::size_t floats =
        3 * static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
    torch::Tensor input =
        torch::empty({static_cast<std::int64_t>(images.size()), 3, size.height, size.width});
    auto* const data = input.data_ptr<float>();
    base::parallel_for(images.size(), threads_, [&](std::size_t i) {
      detect::Letterbox().run(media::view_of(images[i].pixels), images[i].source.size, input_,
                              data + i * floats);
    });
    const auto type = config_.train.precision == "bf16" ? torch::kBFloat16 : torch::kFloat;
    input = input.to(type).contiguous(torch::MemoryFormat::ChannelsLast);
    const AutocastGuard autocast(config_.train.precision);
    return network_.forward(input);
  }

  void make_grid(const LetterboxSize& size) {
    if (size.width == grid_width_ && size.height == grid_height_) return;
    const NetworkSpec& spec = network_.spec();
    grid_ = loss::make_prior_grid(spec.priors, size.width, size.height,
                                  network::feature_sizes(spec, size.width, size.height));
    grid_width_ = size.width;
    grid_height_ = size.height;
  }

  TorchNetwork& network_;
  const Config& config_;
  int threads_;
  const std::function<void()>& alive_;
  ModelInfo input_;       ///< only its input fields are used
  loss::PriorGrid grid_;  ///< for the last input size
  int grid_width_ = 0, grid_height_ = 0;
  loss::MultiboxResult loss_;
  std::vector<std::vector<Detection>> found_;
};

std::vector<ValidationExample> examples_of(const PreparedSet& set, const evaluate::ByClass& found) {
  std::vector<ValidationExample> examples;
  for (std::size_t i = 0; i < std::min(example_count, found.images); ++i) {
    ValidationExample& example = examples.emplace_back();
    example.image = set.images_dir / set.records[i].image;
    for (std::size_t c = 0; c < found.classes; ++c) {
      const std::vector<Detection>& of_class = found.detections[c * found.images + i];
      example.detections.insert(example.detections.end(), of_class.begin(), of_class.end());
    }
    std::stable_sort(example.detections.begin(), example.detections.end(),
                     [](const Detection& a, const Detection& b) { return a.score > b.score; });
  }
  return examples;
}

}  // namespace

ValidationResult validate_network(TorchNetwork& network, const PreparedSet& set,
                                  const PreparedSet& negatives, const Config& config, int threads,
                                  const std::function<void()>& alive) {
  const torch::NoGradGuard no_grad;
  network.train(false);
  ValidationPass pass(network, config, threads, alive);
  LossSums sums;
  const std::size_t classes = network.spec().classes.size();
  const evaluate::ByClass by_class = evaluate::by_class(set.records, pass.run(set, &sums), classes);
  const Comparison found(by_class.records, by_class.detections);
  ValidationResult result;
  sums.write(result);
  const evaluate::ClassFigures of_classes =
      evaluate::figures_by_class(found, by_class, config.train.validate_score);
  for (const evaluate::SetFigures& of : of_classes.of) result.ap_by_class.push_back(of.ap);
  const evaluate::SetFigures& figures = of_classes.all;
  result.ap = figures.ap;
  result.by_height = figures.by_height;
  result.curve = evaluate::precision_recall_curve(found.images());
  result.examples = examples_of(set, by_class);
  if (figures.points.faces > 0) result.landmark_error = figures.points.mean;
  if (!negatives.records.empty()) {
    evaluate::FalseAlarms alarms(found);
    alarms.add(Comparison(negatives.records, pass.run(negatives, nullptr)));
    result.false_alarms = alarms.per_image();
  }
  network.train(true);
  return result;
}

}  // namespace faceshot::train
