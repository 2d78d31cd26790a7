// The paths in a YOLO data set's own description.
//
// data.yaml (Ultralytics' form, which Roboflow and others write):
//
//   path: ../sets/faces            optional
//   train: images/train            a folder, a text file with a path a line, or a list of these
//   val: [images/val, more/images]     or `valid`
//   test: ../test/images
//
// A place is looked for as it is below `path` (itself relative to data.yaml's folder or the
// folder above), below data.yaml's folder and below the folder above; then, as Ultralytics does for
// Roboflow, below data.yaml's folder without its "../".
//
// obj.data (darknet's form, which CVAT writes):
//
//   classes = 2
//   train = data/train.txt         a text file with a path a line
//   valid = data/valid.txt
//   names = data/obj.names         a class a line
//   backup = backup/
//
// These paths, and those in the text files, are relative to the folder that darknet was run in.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace faceshot::data {

/// A part of a data set, as its description names it.
struct YoloPlace {
  std::string key, split;       ///< "valid" and "val"
  std::string said;             ///< the path as it is there
  std::filesystem::path found;  ///< absolute; empty: it is not there
};

/// What a description says.
struct YoloPlaces {
  std::filesystem::path names;    ///< of the classes: data.yaml itself, or obj.names
  std::vector<YoloPlace> places;  ///< train, val, test; empty: it names none
};

[[nodiscard]] bool is_yaml(const std::filesystem::path& path);
/// darknet's: *.data
[[nodiscard]] bool is_darknet_data(const std::filesystem::path& path);

/// @param path data.yaml or obj.data
/// @throws Error(not_found), Error(io); Error(format) if it cannot be read, or its number of
///         classes is not that of its names
[[nodiscard]] YoloPlaces read_yolo_places(const std::filesystem::path& path);

/// A path that was right on another machine or in another folder: as it is, or below one of the
/// folders, first whole, then without folders in front that the first of them does not have.
/// @return absolute; nothing if it leads to no file
[[nodiscard]] std::optional<std::filesystem::path> find_written_path(
    std::string written, std::span<const std::filesystem::path> below);

/// Absolute, without "..", and without a slash at its end. Links are not followed: a link called
/// `images` keeps its name.
[[nodiscard]] std::filesystem::path plain_path(const std::filesystem::path& path);

}  // namespace faceshot::data
