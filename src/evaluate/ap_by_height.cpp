#include "evaluate/ap_by_height.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "evaluate/wider_matching.hpp"
#include "faceshot/error.hpp"
#include "geometry/box_convert.hpp"

namespace faceshot::evaluate {
namespace {

/// The matches of one image, without those that do not count.
std::vector<WiderMatch> match(const ImageEvaluation& image, std::size_t index) {
  std::vector<geometry::Xywh> faces;
  for (const GroundTruthBox& face : image.truth) faces.push_back(geometry::to_xywh(face.box));
  std::vector<ScoredBox> boxes;
  for (const Detection& d : image.detections) {
    if (std::isnan(d.score))
      throw Error(ErrorCode::invalid_argument, "ap_by_height: detection " +
                                                   std::to_string(boxes.size()) + " of image " +
                                                   std::to_string(index) + " has no score (NaN)");
    boxes.push_back(to_scored_box(d));
  }
  std::vector<WiderMatch> matches = match_wider(faces, boxes);
  std::erase_if(matches, [&](const WiderMatch& m) {
    return !m.is_of_face() && is_excused(image.detections[m.detection].box, image.truth);
  });
  return matches;
}

/// A detection that counts.
struct Outcome {
  double score;
  bool hit;
};

struct HeightRanking {
  std::size_t faces = 0;
  std::vector<Outcome> outcomes;  ///< by descending score
};

HeightRanking rank(std::span<const ImageEvaluation> images,
                   std::span<const std::vector<WiderMatch>> matches, int min_height) {
  HeightRanking ranking;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto counts = [&](const GroundTruthBox& face) {
      return !face.ignore && face.box.height() >= static_cast<float>(min_height);
    };
    ranking.faces += static_cast<std::size_t>(
        std::count_if(images[i].truth.begin(), images[i].truth.end(), counts));
    std::vector<char> found(images[i].truth.size(), 0);
    for (const WiderMatch& m : matches[i]) {
      if (!m.is_of_face()) {
        ranking.outcomes.push_back({m.score, false});
      } else if (counts(images[i].truth[m.face])) {
        ranking.outcomes.push_back({m.score, found[m.face] == 0});
        found[m.face] = 1;
      }
    }
  }
  std::stable_sort(ranking.outcomes.begin(), ranking.outcomes.end(),
                   [](const Outcome& a, const Outcome& b) { return a.score > b.score; });
  return ranking;
}

std::vector<std::vector<WiderMatch>> match_all(std::span<const ImageEvaluation> images) {
  std::vector<std::vector<WiderMatch>> matches;
  for (std::size_t i = 0; i < images.size(); ++i) matches.push_back(match(images[i], i));
  return matches;
}

double area(const HeightRanking& ranking) {
  if (ranking.faces == 0) return 0;
  std::vector<double> recall, precision;
  std::size_t hits = 0;
  for (const Outcome& outcome : ranking.outcomes) {
    hits += outcome.hit ? 1 : 0;
    recall.push_back(static_cast<double>(hits) / static_cast<double>(ranking.faces));
    precision.push_back(static_cast<double>(hits) / static_cast<double>(recall.size()));
  }
  return area_under_envelope(recall, precision);
}

}  // namespace

ApByHeight ap_by_height(std::span<const ImageEvaluation> images) {
  const auto matches = match_all(images);
  ApByHeight result;
  int counted = 0;
  for (std::size_t h = 0; h < face_heights.size(); ++h) {
    const HeightRanking ranking = rank(images, matches, face_heights[h]);
    result.of[h] = {face_heights[h], ranking.faces, area(ranking)};
    if (ranking.faces == 0) continue;
    result.mean += result.of[h].ap;
    ++counted;
  }
  result.mean /= std::max(counted, 1);
  return result;
}

RecallPoint score_at_recall(std::span<const ImageEvaluation> images, int min_height,
                            double recall) {
  const HeightRanking ranking = rank(images, match_all(images), min_height);
  const auto faces = static_cast<double>(ranking.faces);
  // Rounding must not require one face too many.
  const double wanted = recall * faces - 1e-9;
  RecallPoint point;
  double hits = 0;
  for (const Outcome& outcome : ranking.outcomes) {
    // Detections with equal scores are admitted together.
    if (hits >= wanted && hits > 0 && outcome.score < point.score) break;
    hits += outcome.hit ? 1 : 0;
    point.score = outcome.score;
  }
  if (faces > 0) point.recall = hits / faces;
  if (hits < wanted || faces == 0) point.score = 0;
  return point;
}

double false_alarms_per_image(std::span<const ImageEvaluation> images, double score) {
  std::size_t alarms = 0;
  for (const ImageEvaluation& image : images)
    alarms += static_cast<std::size_t>(
        std::count_if(image.detections.begin(), image.detections.end(), [&](const Detection& d) {
          return static_cast<double>(d.score) >= score && !is_excused(d.box, image.truth);
        }));
  return static_cast<double>(alarms) / static_cast<double>(std::max<std::size_t>(images.size(), 1));
}

}  // namespace faceshot::evaluate
