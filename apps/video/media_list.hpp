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
  /// Relative to what the user named, unlike all others' (clip-2.mp4).
  std::filesystem::path name;
};

/// Files as given: photographs by their extension, all others films. Folders searched for both,
/// sorted, links to folders not followed.
/// @param photographs whether these are wanted; if not, folders' are passed over
/// @throws Error(not_found) for a path that does not exist, or a folder with neither;
/// Error(invalid_argument)
///         for a photograph that is named where only films are wanted
[[nodiscard]] std::vector<Medium> list_media(const std::vector<std::string>& paths,
                                             bool photographs);

/// Throws if `file` is one of the inputs, by whatever name. @throws Error(invalid_argument)
void refuse_inputs(const char* option, const std::filesystem::path& file,
                   const std::vector<Medium>& media);

}  // namespace faceshot::cli
