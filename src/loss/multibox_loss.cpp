#include "loss/multibox_loss.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/parallel.hpp"
#include "faceshot/error.hpp"
#include "loss/class_loss.hpp"
#include "loss/ignore_regions.hpp"
#include "loss/landmark_loss.hpp"

namespace faceshot::loss {

using geometry::Annotation;

void validate(const LossOptions& options) {
  validate(options.match);
  const auto not_negative = [](const char* name, float value) {
    if (!(value >= 0) || !std::isfinite(value))
      throw Error(ErrorCode::invalid_argument, std::string("loss.") + name + " is " +
                                                   std::to_string(value) +
                                                   "; it must not be negative");
  };
  not_negative("pos_alpha", options.pos_alpha);
  not_negative("neg_alpha", options.neg_alpha);
  if (!(options.pos_alpha + options.neg_alpha > 0))
    throw Error(
        ErrorCode::invalid_argument,
        "loss.pos_alpha and loss.neg_alpha are both 0, so the network would not learn to classify");
  for (const float weight : options.class_weights) not_negative("class_weights", weight);
  not_negative("negative_ratio", options.negative_ratio);
  not_negative("min_negatives", static_cast<float>(options.min_negatives));
  not_negative("smooth_l1_weight", options.smooth_l1_weight);
  not_negative("iou_weight", options.iou_weight);
  if (!(options.smooth_l1_beta > 0))
    throw Error(ErrorCode::invalid_argument, "loss.smooth_l1_beta must be positive");
  (void)matching_from_name(options.matching);
  const ClassLoss class_loss = class_loss_from_name(options.class_loss);
  if (class_loss == ClassLoss::varifocal && !(options.focal_alpha >= 0))
    throw Error(ErrorCode::invalid_argument,
                "loss.focal_alpha must not be negative with loss.class_loss = varifocal");
  if (!(options.focal_alpha <= 1))
    throw Error(ErrorCode::invalid_argument, "loss.focal_alpha must be at most 1");
  not_negative("focal_gamma", options.focal_gamma);
  if (class_loss == ClassLoss::quality_focal && !(options.focal_gamma >= 1))
    throw Error(ErrorCode::invalid_argument,
                "loss.focal_gamma must be at least 1 with loss.class_loss = quality_focal");
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

/// One image's part of the outputs and of the gradients; landmarks are null if there are none.
struct ImageOutputs {
  const float* loc;
  const float* conf;
  const float* landmarks;
  float* loc_gradient;
  float* conf_gradient;
  float* landmark_gradient;
};

/// One image's contribution, before the division by the batch's positives.
struct ImageLoss {
  double confidence = 0;
  double location = 0;
  double landmarks = 0;
  double log_likelihood = 0;  ///< of the priors that count
  std::int64_t positives = 0;
  std::int64_t landmark_positives = 0;
  std::int64_t negatives = 0;
};

struct Problem {
  const PriorGrid& grid;
  std::span<const Prior> priors;
  std::array<float, 4> variances;
  std::size_t outputs;  ///< classes + 1
  const LossOptions& options;
  ClassLoss class_kind;
  IouLoss iou_kind;
  LandmarkLossKind landmark_kind;
  Matching matching;
};

/// Classification of one prior; writes its gradient.
/// @param quality IoU of its predicted box with its face; 0 for background
ClassTerm class_loss(const Problem& problem, std::span<const float> logits, std::size_t target,
                     double quality, std::span<float> gradient) {
  const LossOptions& o = problem.options;
  ClassTerm term;
  switch (problem.class_kind) {
    case ClassLoss::focal:
      term = focal_loss(logits, target, static_cast<double>(o.focal_alpha),
                        static_cast<double>(o.focal_gamma), gradient);
      break;
    case ClassLoss::quality_focal:
      term =
          quality_focal_loss(logits, target, quality, static_cast<double>(o.focal_gamma), gradient);
      break;
    case ClassLoss::varifocal:
      term = varifocal_loss(logits, target, quality, static_cast<double>(o.focal_alpha),
                            static_cast<double>(o.focal_gamma), gradient);
      break;
    case ClassLoss::iou_branch:
      term = iou_branch_loss(logits, target, quality, static_cast<double>(o.focal_alpha),
                             static_cast<double>(o.focal_gamma), gradient);
      break;
    case ClassLoss::cross_entropy:
      term = cross_entropy(logits, target, gradient);
      break;
  }
  float weight = target == 0 ? o.neg_alpha : o.pos_alpha;
  if (target != 0 && !o.class_weights.empty()) weight *= o.class_weights[target - 1];
  for (float& g : gradient) g *= weight;
  term.loss *= static_cast<double>(weight);
  return term;
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

/// The logits that count at an image's negatives, if regions are ignored for single classes.
class NegativeLogits {
 public:
  /// Removes priors from `match` that have no class left.
  NegativeLogits(const Problem& problem, std::span<const Annotation> regions,
                 std::vector<std::int32_t>& match)
      : outputs_(problem.outputs),
        ignored_(ignored_classes(problem.priors, regions, outputs_ - 1,
                                 problem.options.match.ignore_coverage)) {
    if (ignored_.empty()) return;
    for (std::size_t p = 0; p < match.size(); ++p)
      if (match[p] == match_negative && std::find(begin(p), end(p), 0) == end(p))
        match[p] = match_ignored;
  }

  /// @param buffer holds them unless all of them count
  [[nodiscard]] std::span<const float> of(const float* conf, std::size_t prior,
                                          std::vector<float>& buffer) const {
    const float* const logits = conf + prior * outputs_;
    if (all_count(prior)) return {logits, outputs_};
    buffer.assign(1, logits[0]);
    for (std::size_t c = 1; c < outputs_; ++c)
      if (begin(prior)[static_cast<std::ptrdiff_t>(c) - 1] == 0) buffer.push_back(logits[c]);
    return buffer;
  }

  /// Copies the gradient of the logits that count to their places; that of the others is unchanged.
  void spread(std::span<const float> gradient, std::size_t prior, std::span<float> whole) const {
    whole[0] = gradient[0];
    std::size_t next = 1;
    for (std::size_t c = 1; c < outputs_; ++c)
      if (begin(prior)[static_cast<std::ptrdiff_t>(c) - 1] == 0) whole[c] = gradient[next++];
  }

 private:
  [[nodiscard]] std::vector<std::uint8_t>::const_iterator begin(std::size_t prior) const {
    return ignored_.begin() + static_cast<std::ptrdiff_t>(prior * (outputs_ - 1));
  }
  [[nodiscard]] std::vector<std::uint8_t>::const_iterator end(std::size_t prior) const {
    return begin(prior + 1);
  }
  [[nodiscard]] bool all_count(std::size_t prior) const {
    return ignored_.empty() || std::find(begin(prior), end(prior), 1) == end(prior);
  }

  std::size_t outputs_;
  std::vector<std::uint8_t> ignored_;
};

/// The hardest negatives of an image: those with the lowest background probability.
std::vector<std::uint32_t> mine_negatives(const Problem& problem, const float* conf,
                                          const std::vector<std::int32_t>& match,
                                          const NegativeLogits& negatives, std::int64_t positives) {
  std::vector<std::uint32_t> candidates;
  candidates.reserve(match.size());
  for (std::uint32_t p = 0; p < match.size(); ++p)
    if (match[p] == match_negative) candidates.push_back(p);
  // Focal losses down-weight easy negatives instead of dropping them.
  if (problem.class_kind != ClassLoss::cross_entropy) return candidates;
  const auto wanted = static_cast<std::size_t>(std::max(
      static_cast<double>(problem.options.min_negatives),
      static_cast<double>(problem.options.negative_ratio) * static_cast<double>(positives)));
  if (wanted >= candidates.size()) return candidates;

  std::vector<float> hardness(match.size()), buffer;
  for (const std::uint32_t p : candidates) {
    const std::span<const float> logits = negatives.of(conf, p, buffer);
    // With one class the softmax loss grows with the logit difference: ranking needs no exp().
    hardness[p] = problem.outputs == 2 ? logits[1] - logits[0]
                                       : static_cast<float>(log_sum_exp(logits)) - logits[0];
  }
  std::nth_element(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(wanted),
                   candidates.end(), [&](std::uint32_t a, std::uint32_t b) {
                     return hardness[a] != hardness[b] ? hardness[a] > hardness[b] : a < b;
                   });
  candidates.resize(wanted);
  std::sort(candidates.begin(), candidates.end());  // makes sums independent of the standard
                                                    // library
  return candidates;
}

std::vector<std::int32_t> match_image(const Problem& problem, const ImageOutputs& out,
                                      const std::vector<Annotation>& faces) {
  const LossOptions& o = problem.options;
  const PriorGrid& grid = problem.grid;
  if (problem.matching == Matching::iou) return match_priors(grid.priors, faces, o.match);
  if (problem.matching == Matching::atss) {
    AtssOptions atss = o.atss;
    atss.ignore_coverage = o.match.ignore_coverage;
    return match_atss(grid.priors, grid.level_begin, faces, atss);
  }
  SimotaOptions simota = o.simota;
  simota.ignore_coverage = o.match.ignore_coverage;
  std::vector<Box> boxes(grid.priors.size());
  std::vector<float> scores(grid.priors.size());
  for (std::size_t p = 0; p < boxes.size(); ++p) {
    BoxOffsets offsets;
    std::copy_n(out.loc + 4 * p, 4, offsets.begin());
    boxes[p] = decode(offsets, grid.priors[p], problem.variances);
    const std::span logits(out.conf + p * problem.outputs, problem.outputs);
    // Anything but background; kept inside (0, 1) for the logarithms.
    const double background = std::exp(static_cast<double>(logits[0]) - log_sum_exp(logits));
    scores[p] = static_cast<float>(std::clamp(1 - background, 1e-6, 1 - 1e-6));
  }
  return match_simota(grid.priors, grid.level_begin, grid.level_step, faces, {boxes, scores},
                      simota);
}

ImageLoss image_loss(const Problem& problem, const ImageOutputs& out,
                     std::span<const Annotation> annotations) {
  // A region of one class is background for the others: it excludes no prior from the matching.
  std::vector<Annotation> faces, class_regions;
  for (Annotation face : annotations) {
    if (!finite(face.box) || face.box.width() < 1 || face.box.height() < 1) face.ignore = true;
    const bool of_one = face.ignore && face.class_id != geometry::any_class && problem.outputs > 2;
    (of_one ? class_regions : faces).push_back(face);
  }

  auto match = match_image(problem, out, faces);
  const NegativeLogits negatives(problem, class_regions, match);
  ImageLoss sum;
  for (std::size_t p = 0; p < match.size(); ++p) {
    if (match[p] < 0) continue;
    const Annotation& face = faces[static_cast<std::size_t>(match[p])];
    ++sum.positives;
    BoxOffsets offsets;
    std::copy_n(out.loc + 4 * p, 4, offsets.begin());
    // A target without a gradient: the paper's code stops gradients here.
    const double quality =
        learns_quality(problem.class_kind)
            ? static_cast<double>(
                  iou(decode(offsets, problem.priors[p], problem.variances), face.box))
            : 0;
    const std::size_t target = static_cast<std::size_t>(face.class_id) + 1;
    const std::span logits(out.conf + p * problem.outputs, problem.outputs);
    const ClassTerm what = class_loss(problem, logits, target, quality,
                                      {out.conf_gradient + p * problem.outputs, problem.outputs});
    sum.log_likelihood += what.log_likelihood;
    sum.confidence += what.loss;
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
  std::vector<float> buffer, gradient;
  for (const std::uint32_t p : mine_negatives(problem, out.conf, match, negatives, sum.positives)) {
    ++sum.negatives;
    const std::span<const float> logits = negatives.of(out.conf, p, buffer);
    const std::span whole(out.conf_gradient + p * problem.outputs, problem.outputs);
    const bool some = logits.size() < whole.size();
    if (some) gradient.resize(logits.size());
    const ClassTerm what = class_loss(problem, logits, 0, 0, some ? std::span(gradient) : whole);
    if (some) negatives.spread(gradient, p, whole);
    sum.log_likelihood += what.log_likelihood;
    sum.confidence += what.loss;
  }
  return sum;
}

void demand_finite(std::span<const float> outputs) {
  if (!std::all_of(outputs.begin(), outputs.end(), [](float v) { return std::isfinite(v); }))
    throw Error(ErrorCode::diverged,
                "multibox loss: the network's output is not finite: training has diverged; lower "
                "train.learning_rate or train.clip_norm");
}

/// @throws Error(invalid_argument) for classes that the network does not have, or options that do
/// not fit
void check_classes(std::span<const std::vector<Annotation>> annotations, std::size_t classes,
                   const LossOptions& options) {
  for (const auto& list : annotations)
    for (const Annotation& a : list)
      if (!(a.ignore && a.class_id == geometry::any_class) &&
          (a.class_id < 0 || static_cast<std::size_t>(a.class_id) >= classes))
        throw Error(ErrorCode::invalid_argument,
                    "multibox loss: class " + std::to_string(a.class_id) + " but the network has " +
                        std::to_string(classes));
  if (!options.class_weights.empty() && options.class_weights.size() != classes)
    throw Error(ErrorCode::invalid_argument,
                "multibox loss: " + std::to_string(options.class_weights.size()) +
                    " class weights but the network has " + std::to_string(classes));
  if (classes != 1 && class_loss_from_name(options.class_loss) == ClassLoss::iou_branch)
    throw Error(ErrorCode::invalid_argument,
                "loss.class_loss = iou_branch supports one class only; the network has " +
                    std::to_string(classes) + "; use varifocal or quality_focal");
}

}  // namespace

void multibox_loss(std::span<const float> loc, std::span<const float> conf,
                   std::span<const float> landmarks, const PriorGrid& grid,
                   const std::array<float, 4>& variances,
                   std::span<const std::vector<Annotation>> annotations, std::size_t classes,
                   const LossOptions& options, int threads, MultiboxResult& result) {
  const std::span<const Prior> priors = grid.priors;
  const std::size_t images = annotations.size();
  const std::size_t outputs = classes + 1;
  const std::size_t rows = images * priors.size();
  if (loc.size() != rows * 4 || conf.size() != rows * outputs ||
      (!landmarks.empty() && landmarks.size() != rows * 10))
    throw Error(ErrorCode::invalid_argument,
                "multibox loss: " + std::to_string(images) + " images with " +
                    std::to_string(priors.size()) + " priors do not match outputs of " +
                    std::to_string(loc.size()) + ", " + std::to_string(conf.size()) + " and " +
                    std::to_string(landmarks.size()) + " values");
  check_classes(annotations, classes, options);
  result.loc_gradient.assign(loc.size(), 0.0F);
  result.conf_gradient.assign(conf.size(), 0.0F);
  result.landmark_gradient.assign(landmarks.size(), 0.0F);

  const Problem problem{grid,
                        priors,
                        variances,
                        outputs,
                        options,
                        class_loss_from_name(options.class_loss),
                        iou_loss_from_name(options.iou_loss),
                        landmark_loss_from_name(options.landmark_loss),
                        matching_from_name(options.matching)};
  std::vector<ImageLoss> parts(images);
  base::parallel_for(images, threads, [&](std::size_t i) {
    const std::size_t first = i * priors.size();
    const bool points = !landmarks.empty();
    demand_finite(loc.subspan(first * 4, priors.size() * 4));
    demand_finite(conf.subspan(first * outputs, priors.size() * outputs));
    if (points) demand_finite(landmarks.subspan(first * 10, priors.size() * 10));
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
    sum.log_likelihood += part.log_likelihood;
    sum.positives += part.positives;
    sum.landmark_positives += part.landmark_positives;
    sum.negatives += part.negatives;
  }
  const double divisor = static_cast<double>(std::max<std::int64_t>(sum.positives, 1));
  result.confidence = sum.confidence / divisor;
  result.location = sum.location / divisor;
  result.negative_log_likelihood = -sum.log_likelihood / static_cast<double>(std::max<std::int64_t>(
                                                             sum.positives + sum.negatives, 1));
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

}  // namespace faceshot::loss
