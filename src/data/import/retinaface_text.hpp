// Boxes with five landmarks in two layouts, which the file's first line distinguishes.
//
// RetinaFace's labels for WIDER FACE (train/label.txt):
//
//   # 0--Parade/0_Parade_marchingband_1_849.jpg
//   449 330 122 149 488.906 373.643 0 542.089 376.442 0 515.031 412.83 0 485.174 425.893 0 538.357
//   431.491 0 0.82
//
// A box is x y w h, then x y flag of each point (eyes, nose, mouth corners; left is the viewer's),
// then a measure of quality. Also accepted: no quality; boxes of four numbers only (its
// val/label.txt); images without boxes.
//
// labelv2 of SCRFD and libfacedetection (labelv2.txt) has the image's width and height after its
// name, and a box is x1 y1 x2 y2 (x2 = x1 + width, no "+1"), then the same points, or nothing, or a
// single 1: the box is neither face nor background:
//
//   # 0--Parade/0_Parade_marchingband_1_849.jpg 1024 1385
//   449 330 571 479 488.906 373.643 0 542.089 376.442 0 515.031 412.83 0 485.174 425.893 0 538.357
//   431.491 0
//
// In both, an unknown point is -1 -1 -1, and any other flag means a known one.
#pragma once

#include <filesystem>
#include <vector>

#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

/// All images in file order with unclipped boxes; flags and quality are dropped. Landmarks are
/// dropped if some are unknown (and counted as changed). Omitted: lines that are not boxes, or
/// before the first image; an image of which no box can be read (it is not one without faces); an
/// image whose line is in the other layout than the file's first, with its boxes.
/// @throws Error(not_found), Error(io); as FlawLog::left_out
[[nodiscard]] std::vector<LabelledImage> read_retinaface_text(const std::filesystem::path& path,
                                                              FlawLog& flaws);

}  // namespace faceshot::data
