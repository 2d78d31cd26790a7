// Checks the boxes of one image.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "data/check/raw_set.hpp"

namespace faceshot::data {

/// Reports a problem with a box; returns whether it is to be repaired.
using ReportBox = std::function<bool(Problem, const RawBox&, const std::string& detail)>;

/// True if the corners of a set look like x, y, width, height: as corners many boxes would be
/// reversed or empty, and read the other way nearly all lie inside their images.
[[nodiscard]] bool look_like_xywh(const RawSet& set);

/// True if all boxes of an image look like shares of its width and height.
[[nodiscard]] bool look_normalised(const RawImage& image);

/// Checks boxes in pixels of an upright image of width x height. Errors are always repaired in the
/// result, so that each box is checked completely; warnings only if requested.
/// @param classes number of classes
[[nodiscard]] std::vector<geometry::Annotation> check_boxes(const std::vector<RawBox>& boxes,
                                                            int width, int height,
                                                            std::size_t classes, float min_side,
                                                            const ReportBox& report);

}  // namespace faceshot::data
