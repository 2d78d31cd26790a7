// Heads that predict from a cell's position instead of a prior: YuNet's and SCRFD's.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "detect/heads/decoder.hpp"
#include "detect/heads/head_decoder.hpp"
#include "detect/heads/head_output.hpp"
#include "faceshot/error.hpp"

namespace faceshot::detect {
namespace {

/// One level's outputs: at least one row (anchor) per cell.
struct CellLevel {
  float stride = 1;
  int columns = 0, rows = 0, anchors = 1;
  const float* scores = nullptr;
  const float* objectness = nullptr;  ///< YuNet
  const float* boxes = nullptr;
  const float* landmarks = nullptr;  ///< null: none
};

/// One prediction per cell. With the cell's corner (x, y), all in units of the stride: centre =
/// corner + (b0, b1); size = exp(b2, b3). The score is the geometric mean of class and objectness.
struct Yunet {
  static constexpr bool has_objectness = true;
  static int anchors(const HeadLevel&, const Session&, std::int64_t) { return 1; }
  static int cells(int side, int stride) { return side / stride; }
  /// Nothing if it is below the threshold.
  static std::optional<float> score(const CellLevel& level, std::size_t at, float threshold) {
    const float product =
        std::clamp(level.scores[at], 0.0F, 1.0F) * std::clamp(level.objectness[at], 0.0F, 1.0F);
    // sqrt(a * b) >= t without a square root for the many cells below.
    if (!(product >= threshold * threshold)) return std::nullopt;
    return std::sqrt(product);
  }
  static Box box(const float* b, float x, float y, float stride) {
    const float cx = (x + b[0]) * stride, cy = (y + b[1]) * stride;
    const float w = std::exp(b[2]) * stride, h = std::exp(b[3]) * stride;
    return {cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2};
  }
};

/// One or more anchors per cell, all at the cell's corner. A box is given by the distances of its
/// sides from there (left, top, right, bottom) in units of the stride. Scores are probabilities.
struct Scrfd {
  static constexpr bool has_objectness = false;
  static int anchors(const HeadLevel& level, const Session& session, std::int64_t cells) {
    const auto scores = static_cast<std::int64_t>(session.output(level.score).size());
    if (scores == 0 || scores % cells != 0)
      throw Error(ErrorCode::format,
                  "the model's output '" + level.score + "' has " + std::to_string(scores) +
                      " scores, not a multiple of the " + std::to_string(cells) +
                      " cells at stride " + std::to_string(level.stride) + " cannot share");
    return static_cast<int>(scores / cells);
  }
  static int cells(int side, int stride) { return (side + stride - 1) / stride; }
  static std::optional<float> score(const CellLevel& level, std::size_t at, float threshold) {
    if (!(level.scores[at] >= threshold)) return std::nullopt;
    return level.scores[at];
  }
  static Box box(const float* d, float x, float y, float stride) {
    return {(x - d[0]) * stride, (y - d[1]) * stride, (x + d[2]) * stride, (y + d[3]) * stride};
  }
};

/// Points are offsets from the cell's corner, in units of the stride.
template <class Head>
class CellHead final : public HeadDecoder {
 public:
  CellHead(const ModelInfo& info, const Session& session, int width, int height) {
    for (const HeadLevel& level : info.levels) {
      CellLevel& own = levels_.emplace_back();
      own.stride = static_cast<float>(level.stride);
      own.columns = Head::cells(width, level.stride);
      own.rows = Head::cells(height, level.stride);
      const auto cells = std::int64_t{own.columns} * own.rows;
      own.anchors = Head::anchors(level, session, cells);
      const auto output = [&](const std::string& name, std::int64_t values) {
        return output_rows(session, name, cells * own.anchors, values).data();
      };
      own.scores = output(level.score, 1);
      if (Head::has_objectness) own.objectness = output(level.objectness, 1);
      own.boxes = output(level.boxes, 4);
      if (!level.landmarks.empty()) own.landmarks = output(level.landmarks, 10);
    }
  }

  void decode(float score_threshold, std::size_t keep_top,
              std::vector<Detection>& candidates) const override {
    candidates.clear();
    for (const CellLevel& level : levels_) decode_level(level, score_threshold, candidates);
    keep_best(keep_top, candidates);
  }

 private:
  static void decode_level(const CellLevel& level, float threshold,
                           std::vector<Detection>& candidates) {
    std::size_t at = 0;
    for (int row = 0; row < level.rows; ++row)
      for (int column = 0; column < level.columns; ++column)
        for (int anchor = 0; anchor < level.anchors; ++anchor, ++at) {
          const std::optional<float> score = Head::score(level, at, threshold);
          if (!score) continue;
          const auto x = static_cast<float>(column), y = static_cast<float>(row);
          const Box box = Head::box(level.boxes + 4 * at, x, y, level.stride);
          if (!finite(box)) continue;
          const float* const points =
              level.landmarks == nullptr ? nullptr : level.landmarks + 10 * at;
          candidates.push_back({box, *score, 0, points_of_cell(points, x, y, level.stride)});
        }
  }

  std::vector<CellLevel> levels_;
};

}  // namespace

std::unique_ptr<HeadDecoder> make_yunet_head(const ModelInfo& info, const Session& session,
                                             int width, int height) {
  return std::make_unique<CellHead<Yunet>>(info, session, width, height);
}

std::unique_ptr<HeadDecoder> make_scrfd_head(const ModelInfo& info, const Session& session,
                                             int width, int height) {
  return std::make_unique<CellHead<Scrfd>>(info, session, width, height);
}

}  // namespace faceshot::detect
