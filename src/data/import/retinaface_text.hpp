// RetinaFace's labels for WIDER FACE (train/label.txt): boxes with five landmarks.
//
//   # 0--Parade/0_Parade_marchingband_1_849.jpg
//   449 330 122 149 488.906 373.643 0 542.089 376.442 0 515.031 412.83 0 485.174 425.893 0 538.357
//   431.491 0 0.82
//
// A box is x y w h, then x y flag of each point (eyes, nose, mouth corners; left is the viewer's),
// then a measure of quality. Where no landmarks are known, all fifteen are -1. Accepted besides:
// the quality missing; boxes of four numbers alone (its val/label.txt); images without boxes.
#pragma once

#include <filesystem>
#include <vector>

#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

/// All images in the file's order, boxes as they stand there; flags and quality are not kept. A
/// line that is no box is left out; so is an image without a name, or of which no box can be read.
/// @throws Error(not_found), Error(io); Error(format) as FlawLog::left_out
[[nodiscard]] std::vector<LabelledImage> read_retinaface_text(const std::filesystem::path& path,
                                                              FlawLog& flaws);

}  // namespace faceshot::data
