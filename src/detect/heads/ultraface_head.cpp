#include "detect/heads/decoder.hpp"
#include "detect/heads/head_decoder.hpp"
#include "detect/heads/head_output.hpp"

namespace faceshot::detect {
namespace {

/// Boxes are already corners, as shares of the input's sides; scores are probabilities, background
/// first.
class UltrafaceHead final : public HeadDecoder {
 public:
  UltrafaceHead(const ModelInfo& info, const Session& session, int width, int height)
      : width_(static_cast<float>(width)), height_(static_cast<float>(height)) {
    std::int64_t values = 1;
    for (const auto d : session.output(info.conf_output).shape) values *= d;
    rows_ = static_cast<std::size_t>(values / 2);
    scores_ = output_rows(session, info.conf_output, values / 2, 2).data();
    boxes_ = output_rows(session, info.loc_output, values / 2, 4).data();
  }

  void decode(float score_threshold, std::size_t keep_top,
              std::vector<Detection>& candidates) const override {
    candidates.clear();
    for (std::size_t i = 0; i < rows_; ++i) {
      if (!(scores_[2 * i + 1] >= score_threshold)) continue;
      const float* const b = boxes_ + 4 * i;
      const Box box{b[0] * width_, b[1] * height_, b[2] * width_, b[3] * height_};
      if (finite(box)) candidates.push_back({box, scores_[2 * i + 1], 0, {}});
    }
    keep_best(keep_top, candidates);
  }

 private:
  float width_, height_;
  std::size_t rows_ = 0;
  const float* scores_ = nullptr;
  const float* boxes_ = nullptr;
};

}  // namespace

std::unique_ptr<HeadDecoder> make_ultraface_head(const ModelInfo& info, const Session& session,
                                                 int width, int height) {
  return std::make_unique<UltrafaceHead>(info, session, width, height);
}

}  // namespace faceshot::detect
