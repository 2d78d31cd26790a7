// A detector's errors: its false positives by kind and size, and the faces that it misses. Matching
// is WIDER FACE's (wider_matching.hpp). Pure, thread safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "evaluate/wider_matching.hpp"

namespace faceshot::evaluate {

/// What a detection that counts is.
enum class Verdict : std::uint8_t {
  doubled,       ///< a duplicate of a counting face that was found before: IoU 0.5 or more
  badly_placed,  ///< its largest IoU with any labelled face, counting or not, is from 0.2 to 0.5
  background,    ///< below 0.2
  hit
};

inline constexpr std::size_t error_kinds = 3;
inline constexpr std::array<std::string_view, error_kinds> error_names{"doubled", "badly placed",
                                                                       "background"};
inline constexpr double placed_iou_threshold = 0.2;

/// Bands of the shorter side of a detection, in pixels of the photograph: below 32, 32 to 64,
/// above.
inline constexpr std::array<double, 2> size_edges{32, 64};
inline constexpr std::size_t size_bands = size_edges.size() + 1;

/// One image. Views: they must outlive anything made from them.
struct LabelledDetections {
  std::span<const geometry::Xywh> faces;
  std::span<const char> counts;  ///< for each face: 1, or 0 if finding it is neither right nor
                                 ///< wrong
  std::span<const ScoredBox> boxes;
  std::span<const char> excused{};  ///< for each box: 1 if it does not count unless it matches a
                                    ///< face; empty: none
};

/// A detection that counts, with indices into the lists of LabelledDetections.
struct JudgedBox {
  std::size_t image = 0, box = 0;
  std::size_t face = 0;  ///< that it overlaps most; meaningless if `iou` is 0
  double score = 0, iou = 0;
  Verdict verdict = Verdict::hit;
};

struct Judgement {
  std::size_t faces = 0;         ///< that count
  std::vector<JudgedBox> boxes;  ///< by descending score; detections that do not count are omitted
};

/// @param images without those that have no labelled face, as in WIDER's protocol
/// @pre as many counts as faces
[[nodiscard]] Judgement judge(std::span<const LabelledDetections> images);

/// The false positives of a detector at the threshold at which it finds a given share of the faces.
struct ErrorsAtRecall {
  double recall = 0;            ///< the given share
  std::optional<double> score;  ///< the highest sufficient one; nothing: that share is never
                                ///< reached
  std::size_t found = 0;        ///< faces, at that score
  std::array<std::array<std::size_t, size_bands>, error_kinds> counts{};  ///< by kind and size

  [[nodiscard]] std::size_t total(Verdict kind) const;
};

/// @param recalls in (0, 1] @return in their order
[[nodiscard]] std::vector<ErrorsAtRecall> errors_at(const Judgement& judgement,
                                                    std::span<const LabelledDetections> images,
                                                    std::span<const double> recalls);

/// A missed face.
struct MissedFace {
  std::size_t image = 0, face = 0;
  std::optional<std::size_t> nearest;  ///< the box with the largest overlap, of any score
  double iou = 0;                      ///< overlap with that box
};

/// The faces that count and that no detection with at least `score` finds, the largest (by shorter
/// side) first.
[[nodiscard]] std::vector<MissedFace> missed_faces(const Judgement& judgement,
                                                   std::span<const LabelledDetections> images,
                                                   double score);

}  // namespace faceshot::evaluate
