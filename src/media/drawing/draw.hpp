// Draws detections.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "faceshot/nms.hpp"
#include "media/drawing/canvas.hpp"
#include "media/photographs/image.hpp"

namespace faceshot::media {

/// Draws boxes, landmarks as dots, and each score beside its box where it covers no other face.
/// Line width, dots and text grow with the image; small faces in a crowd get thin lines, and below
/// 24 px neither score nor dots. Thread safe.
/// @param detections in the canvas's pixels; parts outside it are clipped
/// @param classes names by label; if there is more than one, each has its own colour (the first
///   seven are distinguishable for the colour-blind), and the name precedes the score
/// @throws Error(invalid_argument) if the canvas is empty
void draw_detections(const Canvas& canvas, std::span<const Detection> detections,
                     std::span<const std::string> classes = {});

/// Images side by side, row by row, each scaled to fit its cell and centred in it. Thread safe.
/// @param images 8-bit BGR @param columns > 0
/// @param cell_width, cell_height of a cell in pixels, > 0
/// @param captions one line below each cell, cut at its start if it is too long; or none at all
/// @return as many rows of cells as it takes
/// @throws Error(invalid_argument) for no images, an impossible size, an image that is empty or
///   not BGR, or another number of captions
[[nodiscard]] Image contact_sheet(const std::vector<ImageView>& images, int columns, int cell_width,
                                  int cell_height, const std::vector<std::string>& captions = {});

}  // namespace faceshot::media
