#include "calibrate/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

#include "base/parallel.hpp"
#include "calibrate/fold_score_maps.hpp"
#include "evaluate/average_precision.hpp"
#include "faceshot/error.hpp"
#include "faceshot/network.hpp"
#include "media/opencv.hpp"

namespace faceshot::calibrate {
namespace {

using data::PreparedSet;
using evaluate::DetectionVerdict;
using evaluate::GroundTruthBox;
using evaluate::JudgedScore;
using evaluate::PrecisionRecall;
using evaluate::ThresholdSweep;

constexpr int rounds = 3;                   // of fitting and suppressing
constexpr std::size_t folds = 5;            // of the cross-validation
constexpr std::size_t least_examples = 20;  // correct ones, and wrong ones

using Maps = std::vector<PlattMap>;

void check(const CalibrationOptions& o) {
  const auto fail = [](const std::string& what) {
    throw Error(ErrorCode::invalid_argument, "calibration: " + what);
  };
  if (o.max_side < 0 || o.max_side > 16384) fail("the longer side must be 0 to 16384");
  if (!(o.nms_threshold >= 0 && o.nms_threshold <= 1)) fail("the NMS IoU threshold must be 0 to 1");
  if (!(o.min_face >= 0) || !(o.min_threshold_face >= 0)) fail("sizes must not be negative");
  if (o.threads < 1) fail("threads must be at least 1");
}

struct Photograph {
  ImageCandidates candidates;
  std::vector<GroundTruthBox> truth;            ///< to which the maps are fitted
  std::vector<GroundTruthBox> threshold_truth;  ///< for which the threshold is chosen
};

struct Task {
  const PreparedSet* set;
  const geometry::ImageRecord* record;
  int face_class;
};

/// Id of a class in a set.
int class_in(const PreparedSet& set, const std::string& name) {
  const auto found = std::find(set.classes.begin(), set.classes.end(), name);
  if (found == set.classes.end())
    throw Error(ErrorCode::format,
                "the model finds '" + name + "', which is not a class of the set");
  return static_cast<int>(found - set.classes.begin());
}

Photograph look_at(const Task& task, const CandidateReader& reader,
                   const CalibrationOptions& options) {
  const auto path = task.set->images_dir / task.record->image;
  const cv::Mat image = media::read_mat(path);
  if (image.cols != task.record->width || image.rows != task.record->height)
    throw Error(ErrorCode::format, "'" + path.string() + "' is " + std::to_string(image.cols) +
                                       "x" + std::to_string(image.rows) + ", not " +
                                       std::to_string(task.record->width) + "x" +
                                       std::to_string(task.record->height) + " as the set says");
  Photograph photograph;
  photograph.candidates = reader.read(media::view_of(image));
  const float scale = std::max(photograph.candidates.scale_x, photograph.candidates.scale_y);
  for (const geometry::Annotation& a : task.record->annotations) {
    if (!a.concerns(task.face_class)) continue;
    const float side = std::min(a.box.width(), a.box.height());
    photograph.truth.push_back({a.box, a.ignore || side < options.min_face});
    photograph.threshold_truth.push_back(
        {a.box, a.ignore || side < options.min_threshold_face * scale});
  }
  return photograph;
}

std::size_t count_faces(const std::vector<GroundTruthBox>& truth) {
  return static_cast<std::size_t>(
      std::count_if(truth.begin(), truth.end(), [](const GroundTruthBox& t) { return !t.ignore; }));
}

/// The reported detections of a photograph and their verdicts.
struct Judged {
  KeptCandidates kept;
  std::vector<DetectionVerdict> verdicts;
};

class Fitter {
 public:
  Fitter(std::span<const Photograph> photographs, std::size_t kinds,
         const CalibrationOptions& options)
      : photographs_(photographs), kinds_(kinds), options_(options) {
    first_ = judge([&](std::size_t) { return Maps(kinds_); }, [](std::size_t) { return true; });
  }

  /// @param maps_of (photograph) the maps for its scores
  /// @param takes (photograph) whether it is included
  template <typename MapsOf, typename Takes>
  [[nodiscard]] std::vector<Judged> judge(const MapsOf& maps_of, const Takes& takes) const {
    std::vector<Judged> all(photographs_.size());
    base::parallel_for(all.size(), options_.threads, [&](std::size_t i) {
      if (!takes(i)) return;
      all[i].kept = keep_candidates(photographs_[i].candidates, maps_of(i), options_.nms_threshold);
      all[i].verdicts = evaluate::verdicts({all[i].kept.detections, photographs_[i].truth});
    });
    return all;
  }

  /// With the network's own scores.
  [[nodiscard]] const std::vector<Judged>& uncalibrated() const { return first_; }

  /// The logits of each kind of prior. @param takes as above
  template <typename Takes>
  [[nodiscard]] std::vector<std::vector<PlattExample>> examples(const std::vector<Judged>& judged,
                                                                const Takes& takes) const {
    std::vector<std::vector<PlattExample>> groups(kinds_);
    for (std::size_t i = 0; i < judged.size(); ++i) {
      if (!takes(i)) continue;
      for (std::size_t d = 0; d < judged[i].verdicts.size(); ++d) {
        if (judged[i].verdicts[d] == DetectionVerdict::ignored) continue;
        const Candidate& c = photographs_[i].candidates.candidates[judged[i].kept.candidate[d]];
        groups[c.kind].push_back(
            {double{c.logit}, judged[i].verdicts[d] == DetectionVerdict::true_positive});
      }
    }
    return groups;
  }

  template <typename Takes>
  [[nodiscard]] Maps fit(const Takes& takes) const {
    Maps maps = fit_platt_groups(examples(first_, takes));
    const auto same = [&](std::size_t) { return std::span<const PlattMap>(maps); };
    for (int round = 1; round < rounds; ++round)
      maps = fit_platt_groups(examples(judge(same, takes), takes));
    return maps;
  }

  [[nodiscard]] ScoreQuality quality(const std::vector<Judged>& judged) const {
    std::vector<JudgedScore> scores;
    std::vector<evaluate::ImageEvaluation> images;
    for (std::size_t i = 0; i < judged.size(); ++i) {
      append(judged[i].kept.detections, judged[i].verdicts, scores);
      images.push_back({judged[i].kept.detections, photographs_[i].truth});
    }
    return {reliability(scores), evaluate::average_precision(images)};
  }

  [[nodiscard]] ThresholdSweep sweep(const std::vector<Judged>& judged, std::size_t faces) const {
    std::vector<JudgedScore> scores;
    for (std::size_t i = 0; i < judged.size(); ++i) {
      const auto& detections = judged[i].kept.detections;
      append(detections, evaluate::verdicts({detections, photographs_[i].threshold_truth}), scores);
    }
    return {scores, faces};
  }

 private:
  static void append(const std::vector<Detection>& detections,
                     const std::vector<DetectionVerdict>& verdicts,
                     std::vector<JudgedScore>& scores) {
    for (std::size_t d = 0; d < detections.size(); ++d)
      if (verdicts[d] != DetectionVerdict::ignored)
        scores.push_back({detections[d].score, verdicts[d] == DetectionVerdict::true_positive});
  }

  std::span<const Photograph> photographs_;
  std::size_t kinds_;
  CalibrationOptions options_;
  std::vector<Judged> first_;
};

std::vector<Photograph> look_at_all(const Network& network, const ModelInfo& info,
                                    std::span<const PreparedSet> sets,
                                    const CalibrationOptions& options,
                                    const std::function<void(std::size_t, std::size_t)>& progress) {
  const CandidateReader reader(network, info, options.max_side, options.score_floor);
  std::vector<Task> tasks;
  for (const PreparedSet& set : sets) {
    const int face_class = class_in(set, info.classes.front());
    for (const geometry::ImageRecord& record : set.records)
      tasks.push_back({&set, &record, face_class});
  }
  if (tasks.empty()) throw Error(ErrorCode::format, "calibration: the sets have no photographs");
  std::vector<Photograph> photographs(tasks.size());
  std::mutex mutex;
  std::size_t done = 0;
  base::parallel_for(tasks.size(), options.threads, [&](std::size_t i) {
    photographs[i] = look_at(tasks[i], reader, options);
    const std::lock_guard lock(mutex);
    ++done;
    if (progress) progress(done, tasks.size());
  });
  return photographs;
}

void check_examples(const std::vector<Calibration::Counts>& counts) {
  std::size_t detections = 0, right = 0;
  for (const Calibration::Counts& c : counts) {
    detections += c.detections;
    right += c.right;
  }
  if (right < least_examples || detections - right < least_examples)
    throw Error(ErrorCode::format,
                "calibration: the network has " + std::to_string(right) + " true positives and " +
                    std::to_string(detections - right) + " false positives on these photographs; " +
                    std::to_string(least_examples) + " of each are needed for a fit");
}

std::vector<Calibration::Counts> counts_of(const std::vector<std::vector<PlattExample>>& groups) {
  std::vector<Calibration::Counts> counts;
  for (const auto& group : groups)
    counts.push_back({group.size(), static_cast<std::size_t>(std::count_if(
                                        group.begin(), group.end(),
                                        [](const PlattExample& e) { return e.positive; }))});
  return counts;
}

double rounded(double value) { return std::round(value * 1e4) / 1e4; }

nlohmann::ordered_json before_and_after(double before, double after) {
  return {rounded(before), rounded(after)};
}

std::string summary(const Calibration& c, const CalibrationOptions& options,
                    std::span<const std::string> sets) {
  nlohmann::ordered_json table = nlohmann::ordered_json::array();
  const auto row = [](const PrecisionRecall& p) {
    return nlohmann::ordered_json{{"score", rounded(p.threshold)},
                                  {"precision", rounded(p.precision)},
                                  {"recall", rounded(p.recall)}};
  };
  for (const PrecisionRecall& p : c.table) table.push_back(row(p));
  nlohmann::ordered_json maps = nlohmann::ordered_json::array();
  for (const PlattMap& m : c.maps) maps.push_back({rounded(m.a), rounded(m.b)});
  return nlohmann::ordered_json{
      {"sets", sets},
      {"images", c.images},
      {"faces", c.faces},
      {"max_side", options.max_side},
      {"nms", rounded(double{options.nms_threshold})},
      {"expected_calibration_error",
       before_and_after(c.before.reliability.expected_error, c.after.reliability.expected_error)},
      {"brier_score",
       before_and_after(c.before.reliability.brier_score, c.after.reliability.brier_score)},
      {"ap", before_and_after(c.before.average_precision, c.after.average_precision)},
      {"maps", maps},
      {"min_face", options.min_threshold_face},
      {"at_threshold", row(c.threshold)},
      {"precision_recall", table}}
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Network load(std::string_view onnx) {
  return Network::from_bytes(std::as_bytes(std::span(onnx.data(), onnx.size())), "the model");
}

}  // namespace

Calibration calibrate(const Network& network, const ModelInfo& info,
                      std::span<const PreparedSet> sets, const CalibrationOptions& options,
                      const std::function<void(std::size_t, std::size_t)>& progress) {
  check(options);
  const std::vector<Photograph> photographs = look_at_all(network, info, sets, options, progress);
  Calibration result;
  result.images = photographs.size();
  for (const Photograph& p : photographs) {
    result.faces += count_faces(p.truth);
    result.threshold_faces += count_faces(p.threshold_truth);
  }
  if (result.threshold_faces == 0)
    throw Error(ErrorCode::format,
                "calibration: the photographs have no labelled faces that are large enough");

  const Fitter fitter(photographs, prior_kinds(info.priors), options);
  const auto all = [](std::size_t) { return true; };
  result.counts = counts_of(fitter.examples(fitter.uncalibrated(), all));
  check_examples(result.counts);
  result.maps = fitter.fit(all);
  result.before = fitter.quality(fitter.uncalibrated());

  std::vector<Maps> maps_without(folds);
  for (std::size_t f = 0; f < folds; ++f)
    maps_without[f] = fitter.fit([f](std::size_t i) { return i % folds != f; });
  const std::vector<Judged> held_out = fitter.judge(
      [&](std::size_t i) { return std::span<const PlattMap>(maps_without[i % folds]); }, all);
  result.after = fitter.quality(held_out);
  const ThresholdSweep sweep = fitter.sweep(held_out, result.threshold_faces);
  result.threshold = sweep.round_figure();
  for (int tenth = 3; tenth <= 9; ++tenth) result.table.push_back(sweep.at(tenth / 10.0));
  return result;
}

std::string calibrated_file(std::string_view onnx, const ModelInfo& info,
                            const Calibration& calibration, const CalibrationOptions& options,
                            std::span<const std::string> sets) {
  ModelInfo described = info;
  described.default_threshold = static_cast<float>(calibration.threshold.threshold);
  const std::string threshold_key = "faceshot.score_threshold";
  std::map<std::string, std::string> metadata{
      {threshold_key, described.to_metadata().at(threshold_key)},
      {"faceshot.calibration", summary(calibration, options, sets)}};
  // Votes would change the probabilities.
  if (info.box_voting) metadata["faceshot.box_voting"] = "false";
  std::string file = fold_score_maps(onnx, info, calibration.maps, metadata);
  prove_folded(load(onnx), load(file), info, calibration.maps);
  return file;
}

}  // namespace faceshot::calibrate
