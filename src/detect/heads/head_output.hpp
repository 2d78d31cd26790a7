// Outputs of a session, checked once.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "faceshot/landmarks.hpp"
#include "faceshot/network.hpp"

namespace faceshot::detect {

/// The output [1, rows, values] (or [rows, values]), valid as long as the session.
/// @throws Error(not_found) if there is none of this name; Error(format) if it has another shape
[[nodiscard]] std::span<const float> output_rows(const Session& session, const std::string& name,
                                                 std::int64_t rows, std::int64_t values);

/// Five points in the form of YuNet and SCRFD: offsets from a cell's position, in strides.
/// @param offsets x and y of each point, or null @param x, y the cell's column and row
/// @return nothing for null or non-finite numbers
[[nodiscard]] std::optional<Landmarks> points_of_cell(const float* offsets, float x, float y,
                                                      float stride);

}  // namespace faceshot::detect
