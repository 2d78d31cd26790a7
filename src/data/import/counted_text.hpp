// Annotation files that list for each image its name, a number of faces, and that many lines of
// numbers: WIDER FACE's and FDDB's.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "data/import/flaw_log.hpp"
#include "data/prepared/labelled_image.hpp"

namespace faceshot::data {

/// The differences between these formats.
struct CountedTextFormat {
  std::string extension;  ///< of images whose names have none
  const char* records;    ///< plural: "boxes"
  /// Reads a line that begins with a number; of the image only the name is used.
  /// @throws Error(format) what is wrong with it
  std::function<geometry::Annotation(std::string_view line, const std::string& image)> read_line;
};

/// All images in file order. 0 faces may be followed by one line of zeros, as in WIDER FACE.
/// Unreadable lines are omitted; so is an image whose number of lines is wrong, or without any
/// readable line.
/// @throws Error(not_found), Error(io); Error(format) as FlawLog::left_out
[[nodiscard]] std::vector<LabelledImage> read_counted_text(const std::filesystem::path& path,
                                                           const CountedTextFormat& format,
                                                           FlawLog& flaws);

}  // namespace faceshot::data
