// Calibrates scores to probabilities: one map per kind of prior, fitted on photographs held out
// from training, and a default threshold.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "calibrate/candidates.hpp"
#include "data/prepared/prepared.hpp"
#include "evaluate/study/score_quality.hpp"
#include "faceshot/model_info.hpp"

namespace faceshot::calibrate {

struct CalibrationOptions {
  int max_side = 640;  ///< as DetectorOptions::max_side
  float nms_threshold = 0.45F;
  /// Detections of the uncalibrated network with scores below this are not used.
  float score_floor = 0.01F;
  /// Faces with a shorter side below this many pixels of the photograph are ignored.
  float min_face = 8;
  /// The threshold is chosen for faces whose shorter side has at least this many pixels in the
  /// network's input; others are ignored.
  float min_threshold_face = 16;
  int threads = 1;  ///< photographs processed at once
};

/// The quality of scores on the photographs.
struct ScoreQuality {
  evaluate::Reliability reliability;
  double average_precision = 0;  ///< at IoU 0.5
};

struct Calibration {
  std::vector<PlattMap> maps;  ///< one per kind of prior
  struct Counts {
    std::size_t detections = 0, right = 0;
  };
  std::vector<Counts> counts;  ///< per kind of prior, of the examples that the maps were fitted on
  std::size_t images = 0, faces = 0;
  /// `after` is cross-validated: each photograph's scores come from maps fitted without it. The
  /// same holds for threshold and table.
  ScoreQuality before, after;
  std::size_t threshold_faces = 0;               ///< faces used to choose the threshold
  evaluate::PrecisionRecall threshold;           ///< the default threshold
  std::vector<evaluate::PrecisionRecall> table;  ///< at 0.3, 0.4 ... 0.9
};

/// Runs a network over prepared sets and fits Platt maps (platt_scaling.hpp) of its logits.
///
/// A detection is correct if it is the first, by descending score, with an IoU of at least 0.5 with
/// a face; average_precision.hpp has the rules, and what is ignored. What NMS keeps depends on the
/// scores, so maps are fitted three times, each time on what is kept under the previous ones. The
/// result does not depend on the number of threads.
/// @param progress called by one thread at a time with (photographs done, total); an exception
/// stops
///        the work
/// @throws Error(unsupported) as CandidateReader; Error(invalid_argument) for impossible options;
///         Error(format) if a set lacks the network's class, or if there are no photographs, no
///         faces that count or fewer than 20 correct or 20 wrong detections; as media::read_mat,
///         naming the photograph
[[nodiscard]] Calibration calibrate(
    const Network& network, const ModelInfo& info, std::span<const data::PreparedSet> sets,
    const CalibrationOptions& options,
    const std::function<void(std::size_t, std::size_t)>& progress = {});

/// The file with its maps folded in, its threshold as "faceshot.score_threshold" and a summary as
/// "faceshot.calibration" (docs/onnx_metadata.md). Verified: in the engine, its raw outputs on
/// noise are those of `onnx` under the maps. Box voting is off (ModelInfo::box_voting), since it
/// would change the probabilities.
/// @param onnx the file that was calibrated
/// @param sets names of the data sets, for the summary
/// @throws Error(unsupported) as fold_score_maps; Error(format) if the outputs differ
[[nodiscard]] std::string calibrated_file(std::string_view onnx, const ModelInfo& info,
                                          const Calibration& calibration,
                                          const CalibrationOptions& options,
                                          std::span<const std::string> sets);

}  // namespace faceshot::calibrate
