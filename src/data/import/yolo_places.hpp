// The paths in a YOLO data set's own description.
//
// data.yaml (Ultralytics' form, which Roboflow and others write):
//
//   path: ../sets/faces            optional
//   train: images/train            a folder, a text file with one path per line, or a list of these
//   val: [images/val, more/images]     or `valid`
//   test: ../test/images
//
// A place is looked for below `path` (itself relative to data.yaml's folder or its
// parent), below data.yaml's folder and below its parent; then, as Ultralytics does for Roboflow,
// below data.yaml's folder without its "../".
//
// obj.data (darknet's form, which CVAT writes):
//
//   classes = 2
//   train = data/train.txt         a text file with one path per line
//   valid = data/valid.txt
//   names = data/obj.names         one class per line
//   backup = backup/
//
// These paths, and those in the text files, are relative to the folder in which darknet was run.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace faceshot::data {

/// A part of a data set in its description.
struct YoloPlace {
  std::string key, split;       ///< "valid" and "val"
  std::string said;             ///< the path as written
  std::filesystem::path found;  ///< absolute; empty: it does not exist
};

/// The content of a description.
struct YoloPlaces {
  std::filesystem::path names;    ///< of the classes: data.yaml itself, or obj.names
  std::vector<YoloPlace> places;  ///< train, val, test; empty: none given
};

[[nodiscard]] bool is_yaml(const std::filesystem::path& path);
/// darknet's: *.data
[[nodiscard]] bool is_darknet_data(const std::filesystem::path& path);

/// @param path data.yaml or obj.data
/// @throws Error(not_found), Error(io); Error(format) if it cannot be read, or its number of
///         classes is not that of its names
[[nodiscard]] YoloPlaces read_yolo_places(const std::filesystem::path& path);

/// Resolves a path that was valid on another machine or in another folder: unchanged, or below one
/// of the folders, first the whole path, then without leading folders that the first of them does
/// not have.
/// @return absolute; nothing if no file is found
[[nodiscard]] std::optional<std::filesystem::path> find_written_path(
    std::string written, std::span<const std::filesystem::path> below);

/// Absolute, without "..", and without a trailing slash. Links are not followed: a link named
/// `images` keeps its name.
[[nodiscard]] std::filesystem::path plain_path(const std::filesystem::path& path);

}  // namespace faceshot::data
