#include <algorithm>
#include <cmath>

#include "detect/heads/decoder.hpp"
#include "detect/heads/head_decoder.hpp"
#include "detect/heads/head_output.hpp"

namespace faceshot::detect {
namespace {

/// One prediction a cell. With the cell's corner (column, row), all in units of the stride: centre
/// = corner + (b0, b1); size = exp(b2, b3); points = corner + their offsets. The score is the
/// geometric mean of class and objectness.
class YunetHead final : public HeadDecoder {
 public:
  YunetHead(const ModelInfo& info, const Session& session, int width, int height) {
    for (const HeadLevel& level : info.levels) {
      Level& own = levels_.emplace_back();
      own.stride = static_cast<float>(level.stride);
      own.columns = width / level.stride;
      own.rows = height / level.stride;
      const auto cells = std::int64_t{own.columns} * own.rows;
      own.scores = output_rows(session, level.score, cells, 1);
      own.objectness = output_rows(session, level.objectness, cells, 1);
      own.boxes = output_rows(session, level.boxes, cells, 4);
      if (!level.landmarks.empty())
        own.landmarks = output_rows(session, level.landmarks, cells, 10);
    }
  }

  void decode(float score_threshold, std::size_t keep_top,
              std::vector<Detection>& candidates) const override {
    candidates.clear();
    for (const Level& level : levels_) decode_level(level, score_threshold, candidates);
    keep_best(keep_top, candidates);
  }

 private:
  struct Level {
    float stride = 1;
    int columns = 0, rows = 0;
    const float* scores = nullptr;
    const float* objectness = nullptr;
    const float* boxes = nullptr;
    const float* landmarks = nullptr;
  };

  static void decode_level(const Level& level, float threshold,
                           std::vector<Detection>& candidates) {
    // sqrt(a * b) >= t without a root for the many cells below.
    const float wanted = threshold * threshold;
    std::size_t cell = 0;
    for (int row = 0; row < level.rows; ++row)
      for (int column = 0; column < level.columns; ++column, ++cell) {
        const float product = std::clamp(level.scores[cell], 0.0F, 1.0F) *
                              std::clamp(level.objectness[cell], 0.0F, 1.0F);
        if (!(product >= wanted)) continue;
        const auto x = static_cast<float>(column), y = static_cast<float>(row);
        const float* const b = level.boxes + 4 * cell;
        const float cx = (x + b[0]) * level.stride, cy = (y + b[1]) * level.stride;
        const float w = std::exp(b[2]) * level.stride, h = std::exp(b[3]) * level.stride;
        const Box box{cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2};
        if (!finite(box)) continue;
        const float* const points =
            level.landmarks == nullptr ? nullptr : level.landmarks + 10 * cell;
        candidates.push_back(
            {box, std::sqrt(product), 0, points_of_cell(points, x, y, level.stride)});
      }
  }

  std::vector<Level> levels_;
};

}  // namespace

std::unique_ptr<HeadDecoder> make_yunet_head(const ModelInfo& info, const Session& session,
                                             int width, int height) {
  return std::make_unique<YunetHead>(info, session, width, height);
}

}  // namespace faceshot::detect
