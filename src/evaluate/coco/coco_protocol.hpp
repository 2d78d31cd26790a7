// COCO's evaluation of boxes, as pycocotools computes it (cocodataset/cocoapi, cocoeval.py): only
// the computation, from plain structures. Pure, thread safe.
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
  double area = 0;                    ///< determines the size class; that of the outline, if there
                                      ///< is one
  bool crowd = false;  ///< stands for any number of faces: detections in it do not count
  std::size_t category = 0;
};

struct CocoFound {
  ScoredBox box;
  std::size_t category = 0;
};

struct CocoImage {
  std::vector<CocoFace> faces;
  std::vector<CocoFound> found;  ///< in any order; the 100 highest scores of each category count
};

/// COCO's twelve figures, in the order in which pycocotools prints them.
inline constexpr std::array<std::string_view, 12> coco_names{
    "AP",  "AP50", "AP75",  "AP small", "AP medium", "AP large",
    "AR1", "AR10", "AR100", "AR small", "AR medium", "AR large"};
using CocoFigures = std::array<std::optional<double>, coco_names.size()>;

inline constexpr std::size_t coco_ious = 10;      ///< 0.50, 0.55 ... 0.95
inline constexpr std::size_t coco_recalls = 101;  ///< 0, 0.01 ... 1

struct CocoResult {
  CocoFigures figures;  ///< nothing if there are no faces (pycocotools says -1)
  /// Precision at each recall for faces of all sizes, by IoU; means over the categories. All 0 if
  /// there are no faces.
  std::array<std::array<double, coco_recalls>, coco_ious> precision{};
  std::size_t images = 0, faces = 0, crowds = 0, detections = 0;
};

/// Limits of the areas of small, medium and large faces: 32 and 96 pixels squared.
inline constexpr std::array<std::pair<double, double>, 4> coco_areas{
    {{0, 1e10}, {0, 32.0 * 32}, {32.0 * 32, 96.0 * 96}, {96.0 * 96, 1e10}}};

/// Detections of an image and category are visited by descending score, ties in the order given.
/// Each takes, of the free faces, the one that it overlaps most, if the overlap reaches the
/// threshold; faces that do not count (crowds, other sizes) are considered only if there is no
/// other, and then excuse it. A crowd is never used up, and its overlap is the share of the
/// detection inside it. A detection that takes nothing is a false positive, unless its own size is
/// outside the range. Precision is made monotonic and sampled at 101 recalls; AP is the mean over
/// these, over ten IoUs and over the categories that have faces. AR is the recall of the 1, 10 or
/// 100 highest scores per image.
/// @param categories number of categories
/// @throws Error(invalid_argument) for a non-finite number, or a category that is not below
///         `categories`
[[nodiscard]] CocoResult evaluate_coco(std::span<const CocoImage> images,
                                       std::size_t categories = 1);

}  // namespace faceshot::evaluate
