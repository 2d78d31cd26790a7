#include <string>

#include "detect/heads/decoder.hpp"
#include "detect/heads/head_decoder.hpp"
#include "detect/heads/head_output.hpp"
#include "faceshot/error.hpp"

namespace faceshot::detect {
namespace {

/// One or more anchors a cell, all at the cell's corner. A box is given by its sides' distances
/// from there (left, top, right, bottom), points by their offsets, both in units of the stride.
/// Scores are probabilities.
class ScrfdHead final : public HeadDecoder {
 public:
  ScrfdHead(const ModelInfo& info, const Session& session, int width, int height) {
    for (const HeadLevel& level : info.levels) {
      Level& own = levels_.emplace_back();
      own.stride = static_cast<float>(level.stride);
      own.columns = (width + level.stride - 1) / level.stride;
      own.rows = (height + level.stride - 1) / level.stride;
      const auto cells = std::int64_t{own.columns} * own.rows;
      std::int64_t scores = 1;
      for (const auto d : session.output(level.score).shape) scores *= d;
      if (scores == 0 || scores % cells != 0)
        throw Error(ErrorCode::format, "the model's output '" + level.score + "' has " +
                                           std::to_string(scores) + " scores, which " +
                                           std::to_string(cells) + " cells of stride " +
                                           std::to_string(level.stride) + " cannot share");
      own.anchors = static_cast<int>(scores / cells);
      own.scores = output_rows(session, level.score, scores, 1);
      own.boxes = output_rows(session, level.boxes, scores, 4);
      if (!level.landmarks.empty())
        own.landmarks = output_rows(session, level.landmarks, scores, 10);
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
    int columns = 0, rows = 0, anchors = 1;
    const float* scores = nullptr;
    const float* boxes = nullptr;
    const float* landmarks = nullptr;
  };

  static void decode_level(const Level& level, float threshold,
                           std::vector<Detection>& candidates) {
    std::size_t at = 0;
    for (int row = 0; row < level.rows; ++row)
      for (int column = 0; column < level.columns; ++column)
        for (int anchor = 0; anchor < level.anchors; ++anchor, ++at) {
          if (!(level.scores[at] >= threshold)) continue;
          const auto x = static_cast<float>(column), y = static_cast<float>(row);
          const float* const d = level.boxes + 4 * at;
          const Box box{(x - d[0]) * level.stride, (y - d[1]) * level.stride,
                        (x + d[2]) * level.stride, (y + d[3]) * level.stride};
          if (!finite(box)) continue;
          const float* const points =
              level.landmarks == nullptr ? nullptr : level.landmarks + 10 * at;
          candidates.push_back(
              {box, level.scores[at], 0, points_of_cell(points, x, y, level.stride)});
        }
  }

  std::vector<Level> levels_;
};

}  // namespace

std::unique_ptr<HeadDecoder> make_scrfd_head(const ModelInfo& info, const Session& session,
                                             int width, int height) {
  return std::make_unique<ScrfdHead>(info, session, width, height);
}

}  // namespace faceshot::detect
