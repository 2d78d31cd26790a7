// Outputs of a session, checked once.
#pragma once

#include <cstdint>
#include <string>

#include "faceshot/network.hpp"

namespace faceshot {

/// Where the output [1, rows, values] (or [rows, values]) lies, for the life of the session.
/// @throws Error(not_found) if there is none of this name; Error(format) if it has another shape
[[nodiscard]] const float* output_rows(const Session& session, const std::string& name,
                                       std::int64_t rows, std::int64_t values);

}  // namespace faceshot
