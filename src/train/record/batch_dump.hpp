// A batch on disk, for looking at what made a run diverge.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "loader/loader.hpp"

namespace faceshot {

/// Writes the batch as the network saw it into `dir`: 0.png, 1.png, ... and batch.csv with a line a
/// face: picture, source, x1, y1, x2, y2, ignore; a picture without faces has one with empty
/// fields.
/// @param sources where each image came from, as many as batch.count
/// @throws Error(io)
void dump_batch(const Batch& batch, const std::vector<std::string>& sources,
                const std::filesystem::path& dir);

}  // namespace faceshot
