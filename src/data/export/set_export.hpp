// Exports a prepared set to other formats. What a format cannot hold is omitted and counted.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "data/import/import.hpp"
#include "data/prepared/prepared.hpp"
#include "data/prepared/staging.hpp"

namespace faceshot::data {

struct ExportReport {
  std::size_t images = 0;
  std::size_t boxes = 0;
  std::size_t ignored_left_out = 0;    ///< `ignore` regions, if the format has none
  std::size_t landmarks_left_out = 0;  ///< boxes whose landmarks the format cannot hold
};

// For all of these: DIR must be new or empty, and appears complete or not at all. `split` is
// "train", "val" or "test"; COCO and LabelMe have no field for it. An ignore region of any_class
// becomes one of each class.
// @throws Error(invalid_argument) if DIR has content; Error(not_found) if an image is missing;
//         Error(io)

/// DIR/annotations.json and DIR/images/. `ignore` becomes `iscrowd`; landmarks, if the set has any,
/// become five keypoints.
ExportReport export_coco(const PreparedSet& set, const std::filesystem::path& dir,
                         const std::string& split, LinkMode mode,
                         const ImportProgress& progress = {});

/// DIR/labels/*.txt, DIR/data.yaml and DIR/images/. YOLO has neither ignore regions nor landmarks.
ExportReport export_yolo(const PreparedSet& set, const std::filesystem::path& dir,
                         const std::string& split, LinkMode mode,
                         const ImportProgress& progress = {});

/// A split of a YOLO data set, and the folder of its photographs relative to data.yaml.
struct YoloSplit {
  std::string split, images;
};

/// data.yaml, listing the splits that exist: `val` repeats `train` only if a set has no val
/// split.
[[nodiscard]] std::string yolo_yaml(const std::vector<std::string>& classes,
                                    std::span<const YoloSplit> splits);

/// DIR/Annotations/*.xml, DIR/JPEGImages/ and DIR/ImageSets/Main/SPLIT.txt. `ignore` becomes
/// `difficult`. VOC has no landmarks.
ExportReport export_voc(const PreparedSet& set, const std::filesystem::path& dir,
                        const std::string& split, LinkMode mode,
                        const ImportProgress& progress = {});

/// The photographs in DIR with a .json beside each, LabelMe's layout. `ignore` becomes the flag
/// `difficult`, a partial or heavy occlusion the flag `occluded`; landmarks become points in their
/// box's group, named left_eye, right_eye, nose, mouth_left, mouth_right (left is the viewer's).
ExportReport export_labelme(const PreparedSet& set, const std::filesystem::path& dir,
                            const std::string& split, LinkMode mode,
                            const ImportProgress& progress = {});

/// DIR/annotations.xml ("CVAT for images 1.1") and DIR/images/. `ignore` becomes the attribute
/// `difficult`, a partial or heavy occlusion `occluded` (which CVAT requires: unknown becomes "not
/// occluded"); landmarks become a skeleton `landmarks` in their box's group. `split` is every
/// image's `subset`.
ExportReport export_cvat(const PreparedSet& set, const std::filesystem::path& dir,
                         const std::string& split, LinkMode mode,
                         const ImportProgress& progress = {});

}  // namespace faceshot::data
