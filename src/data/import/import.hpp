// From the content of an annotation file to valid records of existing images.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

#include "data/import/exif_turn.hpp"
#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::data {

/// Kinds of flaws that every format has; the readers add their own.
namespace flaw {
inline constexpr std::string_view missing_image = "missing images";
inline constexpr std::string_view damaged_image = "images that cannot be read";
inline constexpr std::string_view other_size = "images whose size differs from the file's";
inline constexpr std::string_view bad_path = "images with a path that a set cannot contain";
inline constexpr std::string_view bad_name = "images whose name is not UTF-8";
inline constexpr std::string_view lying =
    "photographs rotated after annotation (choose --exif turn or as-is)";
inline constexpr std::string_view turned = "photographs whose boxes were rotated according to EXIF";
inline constexpr std::string_view kept_as_is =
    "photographs rotated after annotation, with boxes kept as they are";
inline constexpr std::string_view outside = "boxes entirely outside their image";
inline constexpr std::string_view clipped =
    "boxes clipped to their image";  ///< by more than 0.01 px
inline constexpr std::string_view renamed_image = "images found under another name";
inline constexpr std::string_view unclear_image = "ambiguous image names";
inline constexpr std::string_view double_image = "images given more than once, boxes merged";
inline constexpr std::string_view double_box = "duplicate boxes, one of them kept";
inline constexpr std::string_view unreadable_box = "boxes that cannot be read";
inline constexpr std::string_view no_box_left = "images with no readable box";
inline constexpr std::string_view wrong_count = "images with a wrong number of boxes";
inline constexpr std::string_view polygon = "boxes derived from outlines";
inline constexpr std::string_view no_size = "images without a given size";
}  // namespace flaw

/// The result of an import; what is missing is in the FlawLog.
struct ImportedSet {
  std::vector<geometry::ImageRecord> records;
  std::size_t faces = 0;    ///< boxes without ignored ones
  std::size_t ignored = 0;  ///< boxes kept as `ignore`
};

/// Called with (done, total) after each image.
using ImportProgress = std::function<void(std::size_t, std::size_t)>;

/// Move `images` in (std::move) to save memory: each is freed when it is done. Finds each image
/// below `images_dir` (see image_names.hpp), looks up its size, clips its boxes and omits empty
/// ones. An image is omitted if it is missing, damaged, outside `images_dir`, or not of the size
/// stated in its annotations (the boxes then have another scale), or if its name is not UTF-8.
/// Annotations of one image in several places of a split are merged; repeated boxes are dropped.
/// @param exif what to do if EXIF rotates the photograph and the stated size is that of the stored
///        pixels. With `turn`, a photograph without a stated size, or whose size is ambiguous
///        (orientations 2 to 4, squares), also counts as annotated as stored.
/// @param source the annotation file, for messages about images that have no file of their own
/// @throws Error(format) as FlawLog::left_out; if all boxes lie within one pixel, so that they must
///         be shares of the image's sides
[[nodiscard]] ImportedSet import_images(std::vector<LabelledImage> images,
                                        const std::filesystem::path& images_dir,
                                        const std::filesystem::path& source, FlawLog& flaws,
                                        const ImportProgress& progress = {},
                                        ExifBoxes exif = ExifBoxes::refuse);

/// If the first folder of each image's name is that of a split (train/a.jpg), it becomes the split;
/// nothing changes unless this holds for all images.
void set_splits_by_folder(LabelledSet& set);

/// All images below a folder of photographs without faces, relative to it and sorted.
/// @throws Error(not_found) if there is no such folder, or no image in it
[[nodiscard]] std::vector<LabelledImage> list_background(const std::filesystem::path& dir);

}  // namespace faceshot::data
