// NumPy's .npz: a zip archive of .npy arrays (numpy.lib.format, version 1.0 and 2.0), which
// numpy.load reads without pickle.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <opencv2/core.hpp>

#include "data/prepared/prepared.hpp"

namespace faceshot::data {

/// Writes a set's labels as
///
///   files    [images]      text     names of the images, relative to images/
///   sizes    [images, 2]   int32    width, height in pixels
///   offsets  [images + 1]  int64    boxes of image i are those from offsets[i] to offsets[i + 1]
///   bboxes   [boxes, 4]    float32  x1, y1, x2, y2 as shares of the image's width and height
///   labels   [boxes]       int64    class ids
///   ignore   [boxes]       bool     neither face nor background
///   classes  [classes]     text     names by class id
///
/// The file appears complete or not at all (support/atomic_file.hpp). Uses two megabytes of memory
/// in addition to the set, however many rows there are.
/// @throws Error(io); Error(invalid_argument) for a name that is not UTF-8
void write_npz(const std::filesystem::path& path, const PreparedSet& set);

/// Pixels for an .npz, all images of one size.
struct NpzPixels {
  int width = 0, height = 0;
  std::function<cv::Mat(std::size_t)> image;  ///< of record i: 8-bit BGR, of that size
};

/// The same with
///
///   images   [images, height, width, 3]  uint8  blue, green, red
///
/// written first, one by one: code that makes the images while they are written may still complete
/// the boxes of `set`.
void write_npz(const std::filesystem::path& path, const PreparedSet& set, const NpzPixels& pixels);

}  // namespace faceshot::data
