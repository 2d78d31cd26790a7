// A detector that can be computed by hand: it detects bright 8x8 cells.
#pragma once

#include <cstddef>
#include <string>

#include "faceshot/model_info.hpp"

namespace faceshot::testing {

/// Divisor 8, BGR, input pixel / 255, one feature map "cells" of stride 8 with one prior of 8x8 per
/// cell, variances 0.1.
[[nodiscard]] ModelInfo tiny_info();

/// The ONNX file. "cells" is the mean m of each 8x8 cell over pixels and channels; the face's logit
/// is 20 m - 10, that of each further class 1 less, the background's 0; the offsets are constant
/// (1.25, 0, 0, 0), that is, each box lies 1.25 * 0.1 * 8 = 1 px right of its prior. If the info
/// names a landmark output, the points lie at (-2, -2), (2, -2), (0, 0), (-1, 2) and (1, 2) px from
/// the prior's centre.
/// @param landmark_values other than 10 for a file that does not fit its metadata
[[nodiscard]] std::string tiny_onnx(const ModelInfo& info, std::size_t landmark_values = 10);

}  // namespace faceshot::testing
