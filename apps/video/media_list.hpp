// Which films and photographs a command works on, and the names of the files it writes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace faceshot::cli {

enum class MediumKind : std::uint8_t { film, photograph };

struct Medium {
  std::filesystem::path file;
  MediumKind kind = MediumKind::film;
  /// Relative like the user's path, and unique (clip-2.mp4).
  std::filesystem::path name;
};

/// Files as given: photographs by their extension, all others are films. Folders are searched for
/// both, sorted, without following links to folders.
/// @param photographs whether to include photographs; otherwise those in folders are skipped
/// @throws Error(not_found) for a path that does not exist, or a folder with neither;
/// Error(invalid_argument)
///         for a photograph given where only films are allowed
[[nodiscard]] std::vector<Medium> list_media(const std::vector<std::string>& paths,
                                             bool photographs);

/// Throws if `file` is one of the inputs, under any name. @throws Error(invalid_argument)
void refuse_inputs(const char* option, const std::filesystem::path& file,
                   const std::vector<Medium>& media);

}  // namespace faceshot::cli
