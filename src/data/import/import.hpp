// From what an annotation file says to records that hold for the images that are there.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "data/prepared/labelled_image.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::data {

/// What came of each image and box; nothing disappears without being counted.
struct ImportReport {
  std::size_t images = 0;            ///< found and readable
  std::size_t faces = 0;             ///< boxes kept, without the ignored ones
  std::size_t ignored = 0;           ///< boxes kept as `ignore`
  std::size_t clipped = 0;           ///< boxes kept, cut to the image (by more than 0.01 px)
  std::size_t dropped = 0;           ///< boxes of which nothing lies in the image
  std::vector<std::string> missing;  ///< images named but not there
  std::vector<std::string> damaged;  ///< images whose size cannot be read, with the reason
};

struct ImportedSet {
  std::vector<geometry::ImageRecord> records;
  ImportReport report;
};

/// Called with (done, total) after each image.
using ImportProgress = std::function<void(std::size_t, std::size_t)>;

/// Hand `images` over (std::move) where memory counts: each is freed as it is done. Looks up each
/// image's size below `images_dir`, clips its boxes and drops those of which nothing
/// is left.
/// @param source the annotation file, for messages
/// @throws Error(format) if the file names a path outside `images_dir` or claims another size than
///         the image has: its boxes are of another scale then
[[nodiscard]] ImportedSet import_images(std::vector<LabelledImage> images,
                                        const std::filesystem::path& images_dir,
                                        const std::filesystem::path& source,
                                        const ImportProgress& progress = {});

/// All images below a folder of photographs without faces, relative to it and sorted.
/// @throws Error(not_found) if there is no such folder, or no image in it
[[nodiscard]] std::vector<LabelledImage> list_background(const std::filesystem::path& dir);

}  // namespace faceshot::data
