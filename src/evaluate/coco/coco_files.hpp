// COCO's annotation and result files (cocodataset.org/#format-data, #format-results).
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "evaluate/coco/coco_protocol.hpp"

namespace faceshot::evaluate {

/// The images of an annotation file with their labels.
struct CocoTruth {
  std::vector<CocoImage> images;   ///< without detections
  std::vector<std::int64_t> ids;   ///< of the images, in the file's order
  std::vector<std::string> names;  ///< of the categories, by increasing id
  std::vector<std::int64_t> category_ids;
};

/// Reads `images` (id), `categories` (id, name) and `annotations` (image_id, category_id, bbox
/// [x, y, width, height], area, iscrowd). A missing `area` is that of the box.
/// @throws Error(not_found), Error(io); Error(format) "FILE: what" if it is not JSON, lacks a list
/// or
///         a member, or refers to an unknown image or category
[[nodiscard]] CocoTruth read_coco_truth(const std::filesystem::path& path);

/// Adds the detections of a result file, a list of {image_id, category_id, bbox, score}. Images
/// that it does not mention have no detections.
/// @throws Error as read_coco_truth
void read_coco_results(const std::filesystem::path& path, CocoTruth& truth);

/// Writes a result file for `images`, whose ids are 1, 2, ... in their order and whose categories
/// count from 1, the numbering of `faceshot data export --format coco`. @throws Error(io)
void write_coco_results(const std::filesystem::path& path, std::span<const CocoImage> images);

}  // namespace faceshot::evaluate
