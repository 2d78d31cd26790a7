// Input shapes of networks, whatever their heads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "faceshot/network.hpp"

namespace faceshot::cli {

struct FrameSize {
  int width = 0, height = 0;  ///< pixels
};

/// "640x480" @throws Error(invalid_argument)
[[nodiscard]] FrameSize parse_size(const std::string& text);

/// The NCHW shape with which to run a network alone.
/// @param wanted from the command line; empty: the network's fixed size, otherwise 640x480.
///        Enlarged to multiples of a known network's divisor, like a detector's padding
/// @throws Error(invalid_argument) if the size is not WIDTHxHEIGHT, or differs from the network's
/// fixed
///         one; Error(unsupported) if its input is not an image
[[nodiscard]] std::vector<std::int64_t> image_shape(const Network& network,
                                                    const std::string& wanted);

/// Fills a session's input with noise from -1 to 1, the same each time.
void fill_with_noise(Session& session);

}  // namespace faceshot::cli
