// `faceshot evaluate --protocol voc`: a network on a prepared set, against the set's own labels.
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/console.hpp"
#include "evaluate/ap_by_height.hpp"
#include "evaluate/average_precision.hpp"
#include "evaluate/landmark_error.hpp"
#include "evaluate/result_files.hpp"
#include "evaluate_errors.hpp"
#include "evaluate_parts.hpp"
#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"

namespace faceshot::cli {
namespace {

std::vector<std::vector<GroundTruthBox>> truth_of(const PreparedSet& set, double min_face) {
  std::vector<std::vector<GroundTruthBox>> truth(set.records.size());
  for (std::size_t i = 0; i < truth.size(); ++i)
    for (const Annotation& a : set.records[i].annotations) {
      const double side = std::min(a.box.width(), a.box.height());
      truth[i].push_back({a.box, a.ignore || side < min_face});
    }
  return truth;
}

std::vector<ImageEvaluation> images_of(const std::vector<std::vector<Detection>>& detections,
                                       const std::vector<std::vector<GroundTruthBox>>& truth) {
  std::vector<ImageEvaluation> images;
  for (std::size_t i = 0; i < truth.size(); ++i) images.push_back({detections[i], truth[i]});
  return images;
}

/// The faces that were found, of those that have landmarks in the labels and from the network.
std::vector<LandmarkPair> landmark_pairs(const Scored& scored,
                                         std::span<const ImageEvaluation> images, double score) {
  std::vector<LandmarkPair> pairs;
  for (const MatchedFace& m : matched_faces(images, static_cast<float>(score))) {
    const Annotation& face = scored.set.records[m.image].annotations[m.face];
    const Detection& found = scored.detections[m.image][m.detection];
    if (face.landmarks && found.landmarks)
      pairs.push_back({*found.landmarks, *face.landmarks, face.box});
  }
  return pairs;
}

struct FalseAlarms {
  RecallPoint point;  ///< where they are counted
  std::size_t images = 0;
  double per_image = 0;
};

FalseAlarms count_false_alarms(const Detector& detector, const EvaluateOptions& o,
                               std::span<const ImageEvaluation> images) {
  FalseAlarms alarms;
  alarms.point = score_at_recall(images, alarm_height, alarm_recall);
  for (const auto& path : o.negatives) {
    const PreparedSet set = read_data(path);
    for (const ImageRecord& record : set.records)
      for (const Annotation& a : record.annotations)
        if (!a.ignore)
          throw Error(ErrorCode::invalid_argument,
                      "--negatives: '" + path.string() + "' has a face in " + record.image +
                          "; false alarms are counted on sets without faces");
    const auto found = detect_all(detector, set, o);
    const auto truth = truth_of(set, 0);
    alarms.per_image += false_alarms_per_image(images_of(found, truth), alarms.point.score) *
                        static_cast<double>(set.records.size());
    alarms.images += set.records.size();
  }
  alarms.per_image /= static_cast<double>(std::max<std::size_t>(alarms.images, 1));
  return alarms;
}

nlohmann::ordered_json to_json(const ApByHeight& heights) {
  nlohmann::ordered_json json;
  for (const HeightAp& h : heights.of)
    json.push_back({{"from_height", h.height},
                    {"faces", h.faces},
                    {"ap", h.faces > 0 ? nlohmann::ordered_json(h.ap) : nlohmann::ordered_json()}});
  return json;
}

void print_heights(const ApByHeight& heights) {
  for (const HeightAp& h : heights.of) {
    std::printf("AP from %d px up     ", h.height);
    if (h.faces > 0)
      std::printf("%.4f  (%zu faces)\n", h.ap, h.faces);
    else
      std::printf("-\n");
  }
  std::printf("mean of these        %.4f\n", heights.mean);
}

void print_alarms(const FalseAlarms& alarms) {
  std::printf(
      "false alarms         %.4g an image of %zu  at score %.4f, recall %.4f of faces from %d"
      " px up%s\n",
      alarms.per_image, alarms.images, alarms.point.score, alarms.point.recall, alarm_height,
      alarms.point.recall < alarm_recall ? "; 0.85 is not reached" : "");
}

}  // namespace

int evaluate_voc(const EvaluateOptions& o) {
  if (o.data.empty())
    throw Error(ErrorCode::invalid_argument,
                "evaluate --protocol voc takes the labels of --data, a prepared set");
  std::optional<Detector> detector;
  if (o.detections.empty()) detector = open_detector(o);
  const Scored scored =
      detector ? run_detector(*detector, o) : read_detections_of(o.detections, o.data);
  const auto truth = truth_of(scored.set, o.min_face);
  const auto images = images_of(scored.detections, truth);
  const double ap = average_precision(images);
  const ApByHeight heights = ap_by_height(images);
  const OperatingPoint point = operating_point(images, static_cast<float>(o.score));
  nlohmann::ordered_json report{{"protocol", "voc"},
                                {"ap", ap},
                                {"iou", 0.5},
                                {"ap_by_height", to_json(heights)},
                                {"ap_mean", heights.mean},
                                {"images", images.size()},
                                {"faces", point.faces},
                                {"score", o.score},
                                {"recall", point.recall()},
                                {"precision", point.precision()},
                                {"found", point.found},
                                {"false_alarms", point.false_alarms}};
  std::optional<FalseAlarms> alarms;
  if (detector && !o.negatives.empty()) {
    alarms = count_false_alarms(*detector, o, images);
    report["negatives"] = {{"images", alarms->images},
                           {"score", alarms->point.score},
                           {"recall", alarms->point.recall},
                           {"from_height", alarm_height},
                           {"false_alarms_per_image", alarms->per_image}};
  }
  const LandmarkError error = landmark_error(landmark_pairs(scored, images, o.score));
  if (error.faces > 0)
    report["landmarks"] = {{"faces", error.faces},
                           {"nme", error.mean},
                           {"normalised_by", "sqrt(width * height) of the labelled box"},
                           {"by_point", error.by_point},
                           {"share_above_0.1", error.failures}};
  const ErrorStudy study = prepared_study(scored);
  const ErrorSetting& setting = find_setting(study, o.errors_on.empty() ? "50px" : o.errors_on);
  if (!o.errors.empty()) write_error_sheets(study, setting, o.errors);
  report["errors"] = error_json(study);
  report.update(scored.run);
  if (!o.out.empty()) {
    make_folder(o.out);
    write_file_atomically(o.out / "report.json", report.dump(1) + "\n");
    if (detector) write_result_files(o.out / "detections", scored.images);
  }
  if (o.json) {
    std::printf("%s\n", report.dump(2).c_str());
    return exit_ok;
  }
  std::printf("AP at IoU 0.5        %.4f\n", ap);
  print_heights(heights);
  std::printf(
      "at score %.2f        recall %.4f  precision %.4f  (%zu of %zu faces, %zu false alarms)\n",
      o.score, point.recall(), point.precision(), point.found, point.faces, point.false_alarms);
  if (alarms) print_alarms(*alarms);
  if (error.faces > 0)
    std::printf(
        "landmarks            NME %.4f of sqrt(box area)  over %zu faces found  (%.1f%% above "
        "0.1)\n",
        error.mean, error.faces, 100 * error.failures);
  std::printf("\n%s\n", error_table(study, setting).c_str());
  print_speed(scored, o);
  if (!o.errors.empty())
    std::printf("sheets of the worst errors, and errors.csv, are in %s\n",
                o.errors.string().c_str());
  return exit_ok;
}

}  // namespace faceshot::cli
