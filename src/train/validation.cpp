#include "train/validation.hpp"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <span>

#include "detect/decoder.hpp"
#include "evaluate/average_precision.hpp"
#include "evaluate/landmark_error.hpp"
#include "faceshot/error.hpp"
#include "faceshot/nms.hpp"
#include "faceshot/parallel.hpp"
#include "media/image_file.hpp"
#include "model/torch_arrays.hpp"
#include "model/torch_network.hpp"
#include "train/input.hpp"

namespace faceshot {
namespace {

constexpr int batch_size = 8;
constexpr std::size_t example_count = 16;
constexpr std::uint8_t border = 127;  ///< grey, as around the training crops
/// Best-scored candidates that reach NMS: a young network finds faces everywhere, and NMS is
/// quadratic.
constexpr std::size_t nms_candidates = 3000;

/// Scales the image so that its longer side fills the square at `pixels`, top left; the rest stays.
/// @return the scale
float letterbox(const cv::Mat& image, int side, std::uint8_t* pixels) {
  const float scale =
      static_cast<float>(side) / static_cast<float>(std::max(image.cols, image.rows));
  const cv::Size size(std::clamp(cvRound(static_cast<float>(image.cols) * scale), 1, side),
                      std::clamp(cvRound(static_cast<float>(image.rows) * scale), 1, side));
  cv::Mat canvas(side, side, CV_8UC3, pixels);
  cv::resize(image, canvas(cv::Rect({0, 0}, size)), size, 0, 0,
             scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  return scale;
}

std::vector<Annotation> scaled(const std::vector<Annotation>& annotations, float scale,
                               float min_face) {
  std::vector<Annotation> result = annotations;
  for (Annotation& a : result) {
    a.box = {a.box.x1 * scale, a.box.y1 * scale, a.box.x2 * scale, a.box.y2 * scale};
    if (std::min(a.box.width(), a.box.height()) < min_face) a.ignore = true;
    if (a.landmarks)
      for (float& coordinate : *a.landmarks) coordinate *= scale;
  }
  return result;
}

/// @param landmarks null where the network has none
std::vector<Detection> find_faces(const float* loc, const float* conf, const float* landmarks,
                                  const std::vector<Prior>& priors,
                                  const std::array<float, 4>& variances,
                                  const TrainOptions& options) {
  std::vector<Detection> candidates;
  decode_detections(loc, conf, landmarks, priors, variances, 1, options.validate_score,
                    nms_candidates, candidates);
  std::vector<Detection> kept;
  for (const std::size_t i : nms(candidates, options.validate_nms)) kept.push_back(candidates[i]);
  return kept;
}

}  // namespace

ValidationResult validate_network(TorchNetwork& network, const PreparedSet& set,
                                  const Config& config, int threads,
                                  const std::function<void()>& alive) {
  const torch::NoGradGuard no_grad;
  const int side = config.train.validate_side;
  const auto& spec = network.spec();
  if (spec.classes.size() != 1)
    throw Error(ErrorCode::unsupported, "validation counts one class; this network has more");
  const PriorGrid grid = make_prior_grid(spec.priors, side, side, feature_sizes(spec, side, side));
  const std::vector<Prior>& priors = grid.priors;
  network.train(false);

  ValidationResult result;
  std::vector<std::vector<Detection>> detections(set.records.size());
  std::vector<std::vector<GroundTruthBox>> truth(set.records.size());
  std::vector<std::vector<Annotation>> faces(set.records.size());  ///< in pixels of the input
  result.examples.resize(std::min(example_count, set.records.size()));
  const std::size_t image_bytes =
      static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3;
  std::vector<std::uint8_t> pixels;
  MultiboxResult loss;
  std::int64_t positives = 0;
  double priors_counted = 0;
  std::int64_t landmark_positives = 0;
  for (std::size_t first = 0; first < set.records.size(); first += batch_size) {
    const std::size_t count = std::min<std::size_t>(batch_size, set.records.size() - first);
    if (alive) alive();
    pixels.assign(count * image_bytes, border);
    const std::span annotations(faces.data() + first, count);
    parallel_for(count, threads, [&](std::size_t i) {
      const ImageRecord& record = set.records[first + i];
      const cv::Mat image = read_image(set.images_dir / record.image);
      const float scale = letterbox(image, side, pixels.data() + i * image_bytes);
      annotations[i] = scaled(record.annotations, scale, config.augment.min_face);
      if (first + i < result.examples.size())
        result.examples[first + i] = {set.images_dir / record.image, scale, {}};
    });
    NetworkOutput output;
    {
      const AutocastGuard autocast(config.train.precision);
      output = network.forward(make_input(pixels.data(), static_cast<int>(count), side, side,
                                          spec.input, config.train.precision));
    }
    const torch::Tensor loc = output.loc.contiguous();
    const torch::Tensor conf = output.conf.contiguous();
    const auto* const loc_data = loc.data_ptr<float>();
    const auto* const conf_data = conf.data_ptr<float>();
    const torch::Tensor landmarks =
        output.landmarks.defined() ? output.landmarks.contiguous() : output.landmarks;
    multibox_loss(values_of(loc), values_of(conf), values_of(landmarks), grid,
                  spec.priors.variances, annotations, 1, config.loss, threads, loss);
    // Weighted by positives: the mean over the whole set, not over batches.
    result.confidence_loss += loss.confidence * static_cast<double>(loss.positives);
    result.location_loss += loss.location * static_cast<double>(loss.positives);
    result.landmark_loss += loss.landmarks * static_cast<double>(loss.landmark_positives);
    const auto counted = static_cast<double>(loss.positives + loss.negatives);
    result.negative_log_likelihood += loss.negative_log_likelihood * counted;
    priors_counted += counted;
    positives += loss.positives;
    landmark_positives += loss.landmark_positives;
    parallel_for(count, threads, [&](std::size_t i) {
      detections[first + i] = find_faces(
          loc_data + i * priors.size() * 4, conf_data + i * priors.size() * 2,
          landmarks.defined() ? landmarks.data_ptr<float>() + i * priors.size() * 10 : nullptr,
          priors, spec.priors.variances, config.train);
      for (const Annotation& a : annotations[i]) truth[first + i].push_back({a.box, a.ignore});
    });
  }
  network.train(true);

  std::vector<ImageEvaluation> images;
  for (std::size_t i = 0; i < detections.size(); ++i) images.push_back({detections[i], truth[i]});
  result.ap = average_precision(images);
  result.curve = precision_recall_curve(images);
  for (std::size_t i = 0; i < result.examples.size(); ++i)
    result.examples[i].detections = detections[i];
  const double divisor = static_cast<double>(std::max<std::int64_t>(positives, 1));
  result.confidence_loss /= divisor;
  result.location_loss /= divisor;
  result.negative_log_likelihood /= std::max(priors_counted, 1.0);
  result.landmark_loss /= static_cast<double>(std::max<std::int64_t>(landmark_positives, 1));
  std::vector<LandmarkPair> pairs;
  for (const MatchedFace& m : matched_faces(images, config.train.validate_score)) {
    const Annotation& face = faces[m.image][m.face];
    const Detection& found = detections[m.image][m.detection];
    if (face.landmarks && found.landmarks)
      pairs.push_back({*found.landmarks, *face.landmarks, face.box});
  }
  if (!pairs.empty()) result.landmark_error = landmark_error(pairs).mean;
  return result;
}

}  // namespace faceshot
