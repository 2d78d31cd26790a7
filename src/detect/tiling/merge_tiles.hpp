// Merges the detections of overlapping tiles and the whole photograph into one list without
// duplicates.
//
// Merging tiles and the whole by NMS is common practice (Unel, Ozkalayci, Cigla: "The Power of
// Tiling for Small Object Detection", CVPR Workshops 2019; Akyon, Altinuc, Temizel: "Slicing Aided
// Hyper Inference", ICIP 2022, whose program SAHI compares boxes by intersection over the smaller
// one, as we do). If tiles overlap enough, an object cut by a tile's border is whole in another
// view, and the cut box has to give way; StarDist predicts large images like this (Weigert et al.:
// "Star-convex Polyhedra for 3D Object Detection and Segmentation in Microscopy", WACV 2020).
// Unlike there, cut boxes are not errors: they stay if nothing else was found. Large faces are left
// to the reduced photograph, just as SNIP leaves to each scale the objects that suit it (Singh,
// Davis: "An Analysis of Scale Invariance in Object Detection", CVPR 2018).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "detect/tiling/tile_grid.hpp"
#include "faceshot/nms.hpp"

namespace faceshot::detect {

/// The detections of one pass of the network in its part of the photograph.
struct TileDetections {
  Tile tile;                     ///< the whole photograph, for the pass over all of it
  std::vector<Detection> found;  ///< in the photograph's pixels, without duplicates
};

/// The rule, class by class, or for all classes together if boxes suppress across classes:
///
/// 1. A tile's box is doubtful if it is cut, that is, reaches a border of its tile inside the
///    photograph or comes nearer than a tenth of its own side (networks box cut faces somewhat
///    loosely); or if it is larger than one and a half overlaps, so that the pass over the whole
///    photograph is more reliable. The boxes of that pass are never doubtful.
/// 2. Boxes are visited by descending score, the doubtful ones last.
/// 3. A box is dropped if a box kept from *another* pass shows the same face: their IoU is greater
///    than `iou_threshold`, or more than 0.7 of the smaller one lies in the other (0.3 if one is
///    doubtful). Boxes of one pass have been through its own NMS and do not suppress one another.
///
/// @param overlap of neighbouring tiles, pixels
/// @param keep_top maximum number returned; 0: all
/// @return by descending score; ties in the order of the passes
[[nodiscard]] std::vector<Detection> merge_tiles(
    std::span<const TileDetections> passes, int image_width, int image_height, float overlap,
    float iou_threshold, std::size_t keep_top,
    Suppression suppression = Suppression::within_classes);

}  // namespace faceshot::detect
