// Detections made visible.
#pragma once

#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <vector>

#include "faceshot/nms.hpp"

namespace faceshot::media {

/// Draws boxes, landmarks as dots, and each score beside its box where it hides no other face. Line
/// width, dots and text grow with the image; small faces in a crowd get thin lines, and neither
/// score nor dots below 24 px. Thread safe.
/// @param image 8-bit BGR, written to
/// @param detections in its pixels; parts outside the image are cut off
/// @param classes names by label; if there is more than one, each has a colour that the
/// colour-blind
///        can tell from the others' (the first seven do), and the name stands before the score
/// @throws Error(invalid_argument) if the image is empty or not 8-bit BGR
void draw_detections(cv::Mat& image, std::span<const Detection> detections,
                     std::span<const std::string> classes = {});

/// Images side by side, row by row, each scaled to fit its cell and centred in it. Thread safe.
/// @param images 8-bit BGR @param columns > 0 @param cell size of a cell in pixels, > 0
/// @return 8-bit BGR; as many rows as it takes
/// @throws Error(invalid_argument) for no images, an impossible size, or an image as above
[[nodiscard]] cv::Mat contact_sheet(const std::vector<cv::Mat>& images, int columns, cv::Size cell);

}  // namespace faceshot::media
