// Annotation files of images that each have a name, a number of faces, and that many lines of
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

/// What differs between these formats.
struct CountedTextFormat {
  std::string extension;  ///< of the images, where their names have none
  const char* records;    ///< plural: "boxes"
  /// Reads a line that begins with a number; the image is given for its name alone.
  /// @throws Error(format) what is wrong with it
  std::function<geometry::Annotation(std::string_view line, const std::string& image)> read_line;
};

/// All images in the file's order. 0 faces may be followed by one line of zeros, as WIDER FACE's
/// are. A line that cannot be read is left out; so is an image whose number of lines is not as
/// said, or of which none can be read.
/// @throws Error(not_found), Error(io); Error(format) as FlawLog::left_out
[[nodiscard]] std::vector<LabelledImage> read_counted_text(const std::filesystem::path& path,
                                                           const CountedTextFormat& format,
                                                           FlawLog& flaws);

}  // namespace faceshot::data
