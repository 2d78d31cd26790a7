#include "loss/multibox_loss.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "faceshot/error.hpp"
#include "faceshot/parallel.hpp"
#include "loss/landmark_loss.hpp"

namespace faceshot {

void validate(const LossOptions& options) {
  validate(options.match);
  const auto not_negative = [](const char* name, float value) {
    if (!(value >= 0) || !std::isfinite(value))
      throw Error(ErrorCode::invalid_argument, std::string("loss.") + name + " is " +
                                                   std::to_string(value) +
                                                   "; it must not be negative");
  };
  not_negative("negative_ratio", options.negative_ratio);
  not_negative("min_negatives", static_cast<float>(options.min_negatives));
  not_negative("smooth_l1_weight", options.smooth_l1_weight);
  not_negative("iou_weight", options.iou_weight);
  if (!(options.smooth_l1_beta > 0))
    throw Error(ErrorCode::invalid_argument, "loss.smooth_l1_beta must be positive");
  (void)iou_loss_from_name(options.iou_loss);
  (void)landmark_loss_from_name(options.landmark_loss);
  not_negative("landmark_weight", options.landmark_weight);
  for (const auto& [name, value] : {std::pair{"landmark_beta", options.landmark_beta},
                                    {"wing_width", options.wing_width},
                                    {"wing_curvature", options.wing_curvature}})
    if (!(value > 0) || !std::isfinite(value))
      throw Error(ErrorCode::invalid_argument, std::string("loss.") + name + " must be positive");
}

namespace {

/// log(sum(exp(logits))), safe for logits of any size.
double log_sum_exp(const float* logits, std::size_t count) {
  const float largest = *std::max_element(logits, logits + count);
  double sum = 0;
  for (std::size_t c = 0; c < count; ++c)
    sum += std::exp(static_cast<double>(logits[c]) - static_cast<double>(largest));
  return static_cast<double>(largest) + std::log(sum);
}

/// One image's part of the outputs and of the gradients; landmarks null where there are none.
struct ImageOutputs {
  const float* loc;
  const float* conf;
  const float* landmarks;
  float* loc_gradient;
  float* conf_gradient;
  float* landmark_gradient;
};

/// What one image adds, before the division by the batch's positives.
struct ImageLoss {
  double confidence = 0;
  double location = 0;
  double landmarks = 0;
  std::int64_t positives = 0;
  std::int64_t landmark_positives = 0;
  std::int64_t negatives = 0;
};

struct Problem {
  std::span<const Prior> priors;
  std::array<float, 4> variances;
  std::size_t outputs;  ///< classes + 1
  const LossOptions& options;
  IouLoss iou_kind;
  LandmarkLossKind landmark_kind;
};

/// Adds the cross-entropy of one prior against `target`; writes its gradient.
double cross_entropy(const float* logits, std::size_t outputs, std::size_t target,
                     float* gradient) {
  const double log_sum = log_sum_exp(logits, outputs);
  for (std::size_t c = 0; c < outputs; ++c)
    gradient[c] = static_cast<float>(std::exp(static_cast<double>(logits[c]) - log_sum) -
                                     (c == target ? 1.0 : 0.0));
  return log_sum - static_cast<double>(logits[target]);
}

LocationLoss location_loss(const Problem& problem, const BoxOffsets& offsets, const Prior& prior,
                           const Box& face) {
  const LossOptions& o = problem.options;
  LocationLoss sum;
  const auto add = [&](float weight, const LocationLoss& part) {
    sum.value += static_cast<double>(weight) * part.value;
    for (std::size_t i = 0; i < 4; ++i)
      sum.gradient[i] += static_cast<double>(weight) * part.gradient[i];
  };
  if (o.smooth_l1_weight > 0)
    add(o.smooth_l1_weight, smooth_l1(offsets, encode(face, prior, problem.variances),
                                      static_cast<double>(o.smooth_l1_beta)));
  if (o.iou_weight > 0)
    add(o.iou_weight, iou_loss(problem.iou_kind, offsets, prior, problem.variances, face));
  return sum;
}

LandmarkLoss landmark_loss(const Problem& problem, const LandmarkOffsets& offsets,
                           const Prior& prior, const Landmarks& points) {
  const LossOptions& o = problem.options;
  const LandmarkOffsets target = encode_landmarks(points, prior, problem.variances);
  LandmarkLoss loss =
      problem.landmark_kind == LandmarkLossKind::wing
          ? wing_landmarks(offsets, target, static_cast<double>(o.wing_width),
                           static_cast<double>(o.wing_curvature))
          : smooth_l1_landmarks(offsets, target, static_cast<double>(o.landmark_beta));
  loss.value *= static_cast<double>(o.landmark_weight);
  for (double& g : loss.gradient) g *= static_cast<double>(o.landmark_weight);
  return loss;
}

/// The hardest negatives of an image: those to which the network gives the least background.
std::vector<std::uint32_t> mine_negatives(const Problem& problem, const float* conf,
                                          const std::vector<std::int32_t>& match,
                                          std::int64_t positives) {
  std::vector<std::uint32_t> candidates;
  candidates.reserve(match.size());
  for (std::uint32_t p = 0; p < match.size(); ++p)
    if (match[p] == match_negative) candidates.push_back(p);
  const auto wanted = static_cast<std::size_t>(std::max(
      static_cast<double>(problem.options.min_negatives),
      static_cast<double>(problem.options.negative_ratio) * static_cast<double>(positives)));
  if (wanted >= candidates.size()) return candidates;

  std::vector<float> hardness(match.size());
  for (const std::uint32_t p : candidates) {
    const float* const logits = conf + p * problem.outputs;
    // With one class the softmax loss rises with the logit difference: no exp() needed to rank.
    hardness[p] = problem.outputs == 2
                      ? logits[1] - logits[0]
                      : static_cast<float>(log_sum_exp(logits, problem.outputs)) - logits[0];
  }
  std::nth_element(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(wanted),
                   candidates.end(), [&](std::uint32_t a, std::uint32_t b) {
                     return hardness[a] != hardness[b] ? hardness[a] > hardness[b] : a < b;
                   });
  candidates.resize(wanted);
  std::sort(candidates.begin(), candidates.end());  // sums then do not depend on the library
  return candidates;
}

ImageLoss image_loss(const Problem& problem, const ImageOutputs& out,
                     std::span<const Annotation> annotations) {
  std::vector<Annotation> faces(annotations.begin(), annotations.end());
  for (Annotation& face : faces)
    if (!finite(face.box) || face.box.width() < 1 || face.box.height() < 1) face.ignore = true;

  const auto match = match_priors(problem.priors, faces, problem.options.match);
  ImageLoss sum;
  for (std::size_t p = 0; p < match.size(); ++p) {
    if (match[p] < 0) continue;
    const Annotation& face = faces[static_cast<std::size_t>(match[p])];
    ++sum.positives;
    sum.confidence += cross_entropy(out.conf + p * problem.outputs, problem.outputs,
                                    static_cast<std::size_t>(face.class_id) + 1,
                                    out.conf_gradient + p * problem.outputs);
    BoxOffsets offsets;
    std::copy_n(out.loc + 4 * p, 4, offsets.begin());
    const LocationLoss where = location_loss(problem, offsets, problem.priors[p], face.box);
    sum.location += where.value;
    for (std::size_t i = 0; i < 4; ++i)
      out.loc_gradient[4 * p + i] = static_cast<float>(where.gradient[i]);

    if (out.landmarks == nullptr || !face.landmarks || !finite(*face.landmarks)) continue;
    ++sum.landmark_positives;
    LandmarkOffsets points;
    std::copy_n(out.landmarks + 10 * p, 10, points.begin());
    const LandmarkLoss marks = landmark_loss(problem, points, problem.priors[p], *face.landmarks);
    sum.landmarks += marks.value;
    for (std::size_t i = 0; i < 10; ++i)
      out.landmark_gradient[10 * p + i] = static_cast<float>(marks.gradient[i]);
  }
  for (const std::uint32_t p : mine_negatives(problem, out.conf, match, sum.positives)) {
    ++sum.negatives;
    sum.confidence += cross_entropy(out.conf + p * problem.outputs, problem.outputs, 0,
                                    out.conf_gradient + p * problem.outputs);
  }
  return sum;
}

}  // namespace

void multibox_loss(std::span<const float> loc, std::span<const float> conf,
                   std::span<const float> landmarks, std::span<const Prior> priors,
                   const std::array<float, 4>& variances,
                   std::span<const std::vector<Annotation>> annotations, std::size_t classes,
                   const LossOptions& options, int threads, MultiboxResult& result) {
  const std::size_t images = annotations.size();
  const std::size_t outputs = classes + 1;
  const std::size_t rows = images * priors.size();
  if (loc.size() != rows * 4 || conf.size() != rows * outputs ||
      (!landmarks.empty() && landmarks.size() != rows * 10))
    throw Error(ErrorCode::invalid_argument,
                "multibox loss: " + std::to_string(images) + " images with " +
                    std::to_string(priors.size()) + " priors do not fit outputs of " +
                    std::to_string(loc.size()) + ", " + std::to_string(conf.size()) + " and " +
                    std::to_string(landmarks.size()) + " values");
  for (const auto& list : annotations)
    for (const Annotation& a : list)
      if (a.class_id < 0 || static_cast<std::size_t>(a.class_id) >= classes)
        throw Error(ErrorCode::invalid_argument,
                    "multibox loss: class " + std::to_string(a.class_id) + " but the network has " +
                        std::to_string(classes));
  const auto is_finite = [](float v) { return std::isfinite(v); };
  if (!std::all_of(loc.begin(), loc.end(), is_finite) ||
      !std::all_of(conf.begin(), conf.end(), is_finite) ||
      !std::all_of(landmarks.begin(), landmarks.end(), is_finite))
    throw Error(ErrorCode::invalid_argument,
                "multibox loss: the network's output is not finite: training has diverged; lower "
                "train.learning_rate or train.clip_norm");
  result.loc_gradient.assign(loc.size(), 0.0F);
  result.conf_gradient.assign(conf.size(), 0.0F);
  result.landmark_gradient.assign(landmarks.size(), 0.0F);

  const Problem problem{priors,
                        variances,
                        outputs,
                        options,
                        iou_loss_from_name(options.iou_loss),
                        landmark_loss_from_name(options.landmark_loss)};
  std::vector<ImageLoss> parts(images);
  parallel_for(images, threads, [&](std::size_t i) {
    const std::size_t first = i * priors.size();
    const bool points = !landmarks.empty();
    parts[i] = image_loss(
        problem,
        {.loc = loc.data() + first * 4,
         .conf = conf.data() + first * outputs,
         .landmarks = points ? landmarks.data() + first * 10 : nullptr,
         .loc_gradient = result.loc_gradient.data() + first * 4,
         .conf_gradient = result.conf_gradient.data() + first * outputs,
         .landmark_gradient = points ? result.landmark_gradient.data() + first * 10 : nullptr},
        annotations[i]);
  });

  ImageLoss sum;
  for (const ImageLoss& part : parts) {
    sum.confidence += part.confidence;
    sum.location += part.location;
    sum.landmarks += part.landmarks;
    sum.positives += part.positives;
    sum.landmark_positives += part.landmark_positives;
    sum.negatives += part.negatives;
  }
  const double divisor = static_cast<double>(std::max<std::int64_t>(sum.positives, 1));
  result.confidence = sum.confidence / divisor;
  result.location = sum.location / divisor;
  result.positives = sum.positives;
  result.negatives = sum.negatives;
  const auto factor = static_cast<float>(1 / divisor);
  for (float& g : result.loc_gradient) g *= factor;
  for (float& g : result.conf_gradient) g *= factor;

  const double marked = static_cast<double>(std::max<std::int64_t>(sum.landmark_positives, 1));
  result.landmarks = sum.landmarks / marked;
  result.landmark_positives = sum.landmark_positives;
  const auto landmark_factor = static_cast<float>(1 / marked);
  for (float& g : result.landmark_gradient) g *= landmark_factor;
}

}  // namespace faceshot
