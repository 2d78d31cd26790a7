// Finds the data sets in a folder by the content of its files: for `faceshot prepare auto`.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace faceshot::data {

/// A data set, or a part of one.
struct FoundSource {
  std::string kind;  ///< its name in `faceshot prepare`: "coco", "voc", ...
  std::filesystem::path
      annotations;        ///< a file; a folder for voc, labelme, and yolo without a description
  std::size_t files = 1;  ///< annotation files of that folder
  std::string split;      ///< from the name of the file or folder; otherwise empty
};

struct FolderSurvey {
  std::vector<FoundSource> sources;            ///< sorted by path
  std::vector<std::filesystem::path> images;   ///< all photographs
  std::vector<std::filesystem::path> folders;  ///< `dir` and all below it
  std::vector<std::string> doubts;             ///< what was not understood, one line each
};

/// The kind of an annotation file by its first bytes and keys, whatever its name: "coco",
/// "labelme", "cvat", "voc", "widerface", "retinaface", "fddb", "csv", "yolo" (a label file),
/// "yolo.places" (data.yaml, darknet's obj.data), "list" (of image paths); empty for anything else.
[[nodiscard]] std::string kind_of_file(const std::filesystem::path& path);

/// Examines all files below `dir`, except hidden ones. XML files of Pascal VOC, JSON files of
/// LabelMe and text files of YOLO form one source per folder, the topmost that has them.
/// @throws Error(not_found) if there is no such folder; Error(invalid_argument) if it is a prepared
///         set
[[nodiscard]] FolderSurvey survey_folder(const std::filesystem::path& dir);

/// "train", "val" or "test" if a word of the name says so (instances_train2017, valid); otherwise
/// empty.
[[nodiscard]] std::string split_in_name(std::string_view name);

/// The folder to which the names in an annotation file are relative.
struct ImageRoot {
  std::filesystem::path folder;  ///< empty: no folder has any of them
  std::filesystem::path rival;   ///< fits as well as `folder`; empty: none
};

/// Of the folders that have most of the names, the one nearest to the annotations. If none has any,
/// names are tried without their own folders.
[[nodiscard]] ImageRoot find_image_root(const std::vector<std::string>& names,
                                        const std::filesystem::path& annotations,
                                        const std::vector<std::filesystem::path>& folders);

}  // namespace faceshot::data
