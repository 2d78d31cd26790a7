#include "evaluate/false_positives.hpp"

#include <algorithm>
#include <numeric>

namespace faceshot::evaluate {
namespace {

std::size_t band_of(const ScoredBox& box) {
  const double side = std::min(box.w, box.h);
  return side < size_edges[0] ? 0 : side <= size_edges[1] ? 1 : 2;
}

}  // namespace

Judgement judge(std::span<const LabelledDetections> images) {
  Judgement judgement;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const LabelledDetections& image = images[i];
    judgement.faces += static_cast<std::size_t>(
        std::count_if(image.counts.begin(), image.counts.end(), [](char c) { return c != 0; }));
    std::vector<char> found(image.faces.size(), 0);
    for (const WiderMatch& m : match_wider(image.faces, image.boxes)) {
      JudgedBox judged{i, m.detection, m.face, m.score, m.iou, Verdict::background};
      if (m.is_of_face()) {
        if (image.counts[m.face] == 0) continue;
        judged.verdict = found[m.face] != 0 ? Verdict::doubled : Verdict::hit;
        found[m.face] = 1;
      } else if (!image.excused.empty() && image.excused[m.detection] != 0) {
        continue;
      } else if (m.iou >= placed_iou_threshold) {
        judged.verdict = Verdict::badly_placed;
      }
      judgement.boxes.push_back(judged);
    }
  }
  std::stable_sort(judgement.boxes.begin(), judgement.boxes.end(),
                   [](const JudgedBox& a, const JudgedBox& b) { return a.score > b.score; });
  return judgement;
}

std::size_t ErrorsAtRecall::total(Verdict kind) const {
  const auto& sizes = counts.at(static_cast<std::size_t>(kind));
  return std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
}

std::vector<ErrorsAtRecall> errors_at(const Judgement& judgement,
                                      std::span<const LabelledDetections> images,
                                      std::span<const double> recalls) {
  std::vector<ErrorsAtRecall> result;
  for (const double recall : recalls) {
    ErrorsAtRecall errors;
    errors.recall = recall;
    // Rounding must not require one face too many.
    const double wanted = recall * static_cast<double>(judgement.faces) - 1e-9;
    for (const JudgedBox& b : judgement.boxes) {
      // Detections with equal scores are admitted together.
      if (errors.score && b.score < *errors.score) break;
      if (b.verdict == Verdict::hit)
        ++errors.found;
      else
        ++errors.counts[static_cast<std::size_t>(b.verdict)][band_of(images[b.image].boxes[b.box])];
      if (errors.found > 0 && static_cast<double>(errors.found) >= wanted) errors.score = b.score;
    }
    if (!errors.score) errors.counts = {};
    result.push_back(errors);
  }
  return result;
}

std::vector<MissedFace> missed_faces(const Judgement& judgement,
                                     std::span<const LabelledDetections> images, double score) {
  std::vector<std::vector<char>> found;
  for (const LabelledDetections& image : images) found.emplace_back(image.faces.size(), 0);
  for (const JudgedBox& b : judgement.boxes)
    if (b.score >= score && b.verdict == Verdict::hit) found[b.image][b.face] = 1;
  std::vector<MissedFace> missed;
  for (std::size_t i = 0; i < images.size(); ++i)
    for (std::size_t f = 0; f < images[i].faces.size(); ++f) {
      if (images[i].counts[f] == 0 || found[i][f] != 0) continue;
      MissedFace face{i, f, std::nullopt, 0};
      for (std::size_t b = 0; b < images[i].boxes.size(); ++b) {
        const double overlap = wider_iou(images[i].faces[f], images[i].boxes[b]);
        if (overlap <= face.iou) continue;
        face.iou = overlap;
        face.nearest = b;
      }
      missed.push_back(face);
    }
  const auto side = [&](const MissedFace& m) {
    const geometry::Xywh& face = images[m.image].faces[m.face];
    return std::min(face.w, face.h);
  };
  std::stable_sort(missed.begin(), missed.end(),
                   [&](const MissedFace& a, const MissedFace& b) { return side(a) > side(b); });
  return missed;
}

}  // namespace faceshot::evaluate
