// COCO's evaluation of boxes, as pycocotools computes it (cocodataset/cocoapi, cocoeval.py). Here
// is only the computation, from plain structures. Pure, thread safe.
//
// T.-Y. Lin et al., "Microsoft COCO: Common Objects in Context", ECCV 2014.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "evaluate/wider_matching.hpp"

namespace faceshot::evaluate {

struct CocoFace {
  double x = 0, y = 0, w = 0, h = 0;  ///< pixels
  double area = 0;                    ///< which size it is; that of an outline, where there is one
  bool crowd = false;  ///< stands for any number of faces: what lies in it counts as nothing
  std::size_t category = 0;
};

struct CocoFound {
  ScoredBox box;
  std::size_t category = 0;
};

struct CocoImage {
  std::vector<CocoFace> faces;
  std::vector<CocoFound> found;  ///< in any order; of each category the 100 with the highest scores
                                 ///< count
};

/// COCO's twelve figures, in the order in which pycocotools prints them.
inline constexpr std::array<std::string_view, 12> coco_names{
    "AP",  "AP50", "AP75",  "AP small", "AP medium", "AP large",
    "AR1", "AR10", "AR100", "AR small", "AR medium", "AR large"};
using CocoFigures = std::array<std::optional<double>, coco_names.size()>;

inline constexpr std::size_t coco_ious = 10;      ///< 0.50, 0.55 ... 0.95
inline constexpr std::size_t coco_recalls = 101;  ///< 0, 0.01 ... 1

struct CocoResult {
  CocoFigures figures;  ///< none where there are no faces (pycocotools says -1)
  /// Precision at each recall for faces of all sizes, by IoU; means over the categories. All 0 if
  /// there are no faces.
  std::array<std::array<double, coco_recalls>, coco_ious> precision{};
  std::size_t images = 0, faces = 0, crowds = 0, detections = 0;
};

/// Areas from which and up to which a face is small, medium or large: 32 and 96 pixels square.
inline constexpr std::array<std::pair<double, double>, 4> coco_areas{
    {{0, 1e10}, {0, 32.0 * 32}, {32.0 * 32, 96.0 * 96}, {96.0 * 96, 1e10}}};

/// Detections of an image and category are visited by descending score, equal scores in the order
/// given. Each takes, of the faces that nothing took before, the one that it overlaps most, from
/// the threshold on; faces that do not count (crowds, other sizes) are looked at only if there is
/// none that does, and excuse it then. A crowd is never used up, and its overlap is the share of
/// the detection inside it. What takes nothing is a false positive, unless its own size is not
/// asked for. Precision is made monotonic and read at 101 recalls; AP is the mean over these, over
/// ten IoUs and over the categories that have faces. AR is the recall of the 1, 10 or 100 highest
/// scores an image.
/// @param categories that faces and detections are of
/// @throws Error(invalid_argument) for a number that is not finite, or a category that is not below
///         `categories`
[[nodiscard]] CocoResult evaluate_coco(std::span<const CocoImage> images,
                                       std::size_t categories = 1);

}  // namespace faceshot::evaluate
