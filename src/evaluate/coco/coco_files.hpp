// COCO's annotation and result files (cocodataset.org/#format-data, #format-results).
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "evaluate/coco/coco_protocol.hpp"

namespace faceshot::evaluate {

/// Images of an annotation file, with what is labelled in them.
struct CocoTruth {
  std::vector<CocoImage> images;   ///< with nothing found
  std::vector<std::int64_t> ids;   ///< of the images, in the file's order
  std::vector<std::string> names;  ///< of the categories, by rising id
  std::vector<std::int64_t> category_ids;
};

/// Reads `images` (id), `categories` (id, name) and `annotations` (image_id, category_id, bbox
/// [x, y, width, height], area, iscrowd). Without `area` it is that of the box.
/// @throws Error(not_found), Error(io); Error(format) "FILE: what" for what is no JSON, lacks a
/// list
///         or a member, or names an image or a category that is not there
[[nodiscard]] CocoTruth read_coco_truth(const std::filesystem::path& path);

/// Adds the detections of a result file, a list of {image_id, category_id, bbox, score}. Images
/// that it does not name are those in which nothing was found.
/// @throws Error as read_coco_truth
void read_coco_results(const std::filesystem::path& path, CocoTruth& truth);

/// A result file of `images`, whose ids are 1, 2, ... in their order and whose categories count
/// from 1, as `faceshot data export --format coco` numbers them. @throws Error(io)
void write_coco_results(const std::filesystem::path& path, std::span<const CocoImage> images);

}  // namespace faceshot::evaluate
