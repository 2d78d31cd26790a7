// The decoded photographs of a prepared set in one memory-mapped file: training starts immediately,
// and processes that train on the same set share the pages.
//
// DIR/images.pack holds the pixels of one image after the other, 8-bit BGR rows without gaps, each
// image at a multiple of 64 bytes. DIR/images.json lists names, offsets and sizes:
//   {"format": 1, "images": [["name", offset, width, height], ...]}
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <opencv2/core.hpp>
#include <string>

#include "data/import/import.hpp"
#include "data/prepared/prepared.hpp"

namespace faceshot::data {

class ImagePack {
 public:
  /// The pack of a set's folder; nothing if it has none.
  /// @throws Error(format) if it is damaged; Error(io)
  [[nodiscard]] static std::shared_ptr<const ImagePack> open(const std::filesystem::path& dir);
  ~ImagePack();
  ImagePack(const ImagePack&) = delete;
  ImagePack& operator=(const ImagePack&) = delete;

  /// A read-only view of the image's pixels, valid as long as the pack; empty if the pack does not
  /// have it. Thread safe.
  [[nodiscard]] cv::Mat find(const std::string& name) const;

 private:
  ImagePack();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Creates the folder `dir`, complete or not at all: a prepared set of the same images, none with a
/// longer side above `max_side` (boxes and landmarks scaled with them), and their pack. Images that
/// are small enough keep their bytes; others are encoded again as JPEG, and named accordingly.
/// @param split name of the CSV file
/// @param max_side pixels; 0: no image is reduced
/// @throws Error(invalid_argument) if `dir` has content; Error as media::read_mat for an image;
/// Error(io)
void pack_set(const PreparedSet& set, const std::string& split, const std::filesystem::path& dir,
              int max_side, const ImportProgress& progress = {});

}  // namespace faceshot::data
