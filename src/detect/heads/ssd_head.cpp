#include <string>

#include "detect/heads/decoder.hpp"
#include "detect/heads/head_decoder.hpp"
#include "detect/heads/head_output.hpp"
#include "faceshot/error.hpp"
#include "faceshot/prior.hpp"

namespace faceshot::detect {

std::vector<FeatureSize> feature_sizes(const ModelInfo& info, const Session& session, int width,
                                       int height) {
  std::vector<FeatureSize> features;
  for (const std::string& name : info.features) {
    const auto shape = session.tensor_shape(name);
    if (shape.size() != 4)
      throw Error(ErrorCode::format, "the model's feature '" + name + "' is not a feature map");
    features.push_back({static_cast<int>(shape[3]), static_cast<int>(shape[2])});
  }
  if (!features.empty()) return features;
  for (const PriorLevel& level : info.priors.levels) {
    const auto step = static_cast<int>(level.step);
    features.push_back({(width + step - 1) / step, (height + step - 1) / step});
  }
  return features;
}

namespace {

class SsdHead final : public HeadDecoder {
 public:
  SsdHead(const ModelInfo& info, const Session& session, int width, int height)
      : priors_(
            make_priors(info.priors, width, height, feature_sizes(info, session, width, height))),
        variances_(info.priors.variances),
        classes_(info.classes.size()),
        scores_(info.probabilities ? Scores::probabilities : Scores::logits) {
    const auto rows = static_cast<std::int64_t>(priors_.size());
    loc_ = output_rows(session, info.loc_output, rows, 4).data();
    conf_ = output_rows(session, info.conf_output, rows, static_cast<std::int64_t>(classes_) + 1)
                .data();
    if (!info.landmark_output.empty())
      landmarks_ = output_rows(session, info.landmark_output, rows, 10).data();
  }

  void decode(float score_threshold, std::size_t keep_top,
              std::vector<Detection>& candidates) const override {
    decode_detections(loc_, conf_, landmarks_, priors_, variances_, classes_, score_threshold,
                      keep_top, candidates, scores_);
  }

 private:
  std::vector<Prior> priors_;
  std::array<float, 4> variances_;
  std::size_t classes_;
  Scores scores_;
  const float* loc_ = nullptr;
  const float* conf_ = nullptr;
  const float* landmarks_ = nullptr;
};

}  // namespace

std::unique_ptr<HeadDecoder> make_ssd_head(const ModelInfo& info, const Session& session, int width,
                                           int height) {
  return std::make_unique<SsdHead>(info, session, width, height);
}

}  // namespace faceshot::detect
