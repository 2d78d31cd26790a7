// The kinds of data set that `faceshot prepare` reads.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"

namespace faceshot::cli {

/// The location of a data set, given by the user. A kind's `inputs` determine which of these it
/// uses.
struct SourceOptions {
  std::filesystem::path images;       ///< folder to which the images' names are relative
  std::filesystem::path annotations;  ///< file, or folder of files
  std::filesystem::path root;         ///< folder with images and annotations in their usual layout
  std::filesystem::path names;        ///< file with the names of the classes
  std::string split;                  ///< the only requested split; empty: all
};

/// The content of a source.
struct Source {
  data::LabelledSet set;
  std::filesystem::path images;                ///< folder to which the images' names are relative
  std::filesystem::path annotations;           ///< file or folder, for messages
  std::string description;                     ///< for label.json
  std::string folder{};                        ///< of the set, for the images; "": none
  std::vector<std::string> ignored_columns{};  ///< CSV
  bool has_classes = false;                    ///< whether --class is meaningful
};

/// One kind of source: `faceshot prepare NAME`.
struct SourceKind {
  const char* name;
  const char* help;
  const char* annotations;  ///< help of --annotations; nullptr: not supported
  const char* root;         ///< help of --root, which may replace the others; nullptr: none
  bool has_names;           ///< --names
  const char* example;
  /// @throws Error as the readers
  Source (*read)(const SourceOptions&, data::FlawLog&);
};

[[nodiscard]] std::span<const SourceKind> source_kinds();

}  // namespace faceshot::cli
