#include "calibrate/candidates.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>

#include "detect/heads/head_decoder.hpp"
#include "detect/heads/head_output.hpp"
#include "detect/input/letterbox.hpp"
#include "faceshot/box_coding.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/error.hpp"

namespace faceshot::calibrate {
namespace {

/// The same as in the detector.
constexpr std::size_t most_candidates = 5000;
/// Sessions kept for reuse; each owns the memory of one input size.
constexpr std::size_t idle_sessions = 8;

/// Everything that one call needs for one input size.
struct Worker {
  Worker(const Network& network, const ModelInfo& info, int width_, int height_)
      : width(width_), height(height_), session(network, {1, 3, height, width}) {
    const auto features = detect::feature_sizes(info, session, width, height);
    priors = make_priors(info.priors, width, height, features);
    kinds = kinds_of_priors(info.priors, features);
    const auto rows = static_cast<std::int64_t>(priors.size());
    loc = detect::output_rows(session, info.loc_output, rows, 4).data();
    conf = detect::output_rows(session, info.conf_output, rows, 2).data();
  }

  int width, height;
  Session session;
  std::vector<Prior> priors;
  std::vector<std::size_t> kinds;  ///< of each prior
  const float* loc = nullptr;
  const float* conf = nullptr;
  detect::Letterbox letterbox;
};

}  // namespace

std::size_t prior_kinds(const PriorSpec& priors) {
  std::size_t kinds = 0;
  for (const PriorLevel& level : priors.levels) kinds += level.priors_per_cell();
  return kinds;
}

std::vector<std::size_t> kinds_of_priors(const PriorSpec& priors,
                                         std::span<const FeatureSize> features) {
  std::vector<std::size_t> kinds;
  std::size_t first = 0;
  for (std::size_t l = 0; l < features.size(); ++l) {
    const std::size_t per_cell = priors.levels[l].priors_per_cell();
    const auto cells =
        static_cast<std::size_t>(features[l].width) * static_cast<std::size_t>(features[l].height);
    for (std::size_t i = 0; i < cells * per_cell; ++i) kinds.push_back(first + i % per_cell);
    first += per_cell;
  }
  return kinds;
}

KeptCandidates keep_candidates(const ImageCandidates& image, std::span<const PlattMap> maps,
                               float nms_threshold) {
  std::vector<Detection> scored;
  scored.reserve(image.candidates.size());
  for (const Candidate& c : image.candidates) {
    const auto logit = static_cast<float>(maps[c.kind](c.logit));
    scored.push_back({c.box, 1 / (1 + std::exp(-logit))});
  }
  const auto keep_top = static_cast<std::size_t>(DetectorOptions{}.keep_top);
  const Box bounds{0, 0, static_cast<float>(image.width), static_cast<float>(image.height)};
  KeptCandidates kept;
  for (const std::size_t i : nms(scored, nms_threshold, keep_top)) {
    Detection d = scored[i];
    d.box = intersect({d.box.x1 * image.scale_x, d.box.y1 * image.scale_y, d.box.x2 * image.scale_x,
                       d.box.y2 * image.scale_y},
                      bounds);
    if (!d.box.valid()) continue;  // it was in the padding
    kept.detections.push_back(d);
    kept.candidate.push_back(i);
  }
  return kept;
}

struct CandidateReader::Impl {
  Impl(Network network_, ModelInfo info_, int max_side_, float floor)
      : network(std::move(network_)),
        info(std::move(info_)),
        max_side(max_side_),
        floor_logit(std::log(floor / (1 - floor))) {}

  Network network;
  ModelInfo info;
  int max_side;
  float floor_logit;
  int fixed_width = 0, fixed_height = 0;  ///< of the network's input; 0: any
  std::mutex mutex;
  std::vector<std::unique_ptr<Worker>> idle;

  std::unique_ptr<Worker> take(int width, int height) {
    {
      const std::lock_guard lock(mutex);
      const auto it = std::find_if(idle.begin(), idle.end(), [&](const auto& worker) {
        return worker->width == width && worker->height == height;
      });
      if (it != idle.end()) {
        auto worker = std::move(*it);
        idle.erase(it);
        return worker;
      }
    }
    return std::make_unique<Worker>(network, info, width, height);
  }

  void give_back(std::unique_ptr<Worker> worker) {
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(worker));
    if (idle.size() > idle_sessions) idle.erase(idle.begin());
  }
};

CandidateReader::CandidateReader(Network network, ModelInfo info, int max_side, float floor) {
  const auto refuse = [](const std::string& why) {
    throw Error(ErrorCode::unsupported, "calibration: " + why);
  };
  if (info.head != HeadType::ssd)
    refuse("the network is not an SSD; calibration needs the prior boxes of an SSD");
  if (info.classes.size() != 1)
    refuse("the network has " + std::to_string(info.classes.size()) +
           " classes; only the scores of one can be calibrated");
  if (info.probabilities)
    refuse("the network ends in a softmax; export it without one, so that it outputs logits");
  if (!(floor > 0 && floor < 1))
    throw Error(ErrorCode::invalid_argument,
                "calibration: the score floor must be above 0 and below 1");
  impl_ = std::make_unique<Impl>(std::move(network), std::move(info), max_side, floor);
  const auto shape = impl_->network.input_shape(impl_->network.inputs().front());
  if (shape.size() == 4 && shape[2] > 0 && shape[3] > 0) {
    impl_->fixed_width = static_cast<int>(shape[3]);
    impl_->fixed_height = static_cast<int>(shape[2]);
  }
}

CandidateReader::~CandidateReader() = default;

ImageCandidates CandidateReader::read(const ImageView& image) const {
  if (image.empty()) throw Error(ErrorCode::invalid_argument, "calibration: the image is empty");
  const detect::LetterboxSize size =
      impl_->fixed_width > 0 ? detect::letterbox_into(image.width, image.height, impl_->fixed_width,
                                                      impl_->fixed_height, false)
                             : detect::letterbox_size(image.width, image.height, impl_->max_side,
                                                      false, impl_->info.size_divisor);
  auto worker = impl_->take(size.width, size.height);
  worker->letterbox.start(image, size, impl_->info);
  worker->session.run(worker->letterbox);

  ImageCandidates result;
  result.width = image.width;
  result.height = image.height;
  result.scale_x = static_cast<float>(image.width) / static_cast<float>(size.content_width);
  result.scale_y = static_cast<float>(image.height) / static_cast<float>(size.content_height);
  for (std::size_t p = 0; p < worker->priors.size(); ++p) {
    const float logit = worker->conf[2 * p + 1] - worker->conf[2 * p];
    if (!(logit >= impl_->floor_logit) || !std::isfinite(logit)) continue;
    const float* const loc = worker->loc + 4 * p;
    const Box box =
        decode({loc[0], loc[1], loc[2], loc[3]}, worker->priors[p], impl_->info.priors.variances);
    if (finite(box)) result.candidates.push_back({box, logit, worker->kinds[p]});
  }
  impl_->give_back(std::move(worker));
  if (result.candidates.size() > most_candidates) {
    std::stable_sort(result.candidates.begin(), result.candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.logit > b.logit; });
    result.candidates.resize(most_candidates);
  }
  return result;
}

}  // namespace faceshot::calibrate
