// Which files are films.
#pragma once

#include <filesystem>

namespace faceshot::video {

/// True if the extension is that of a film (.mp4 .m4v .mov .mkv .webm .avi .mts .m2ts .ts .3gp .3g2
/// .mpg .mpeg .wmv .flv .ogv .mxf .vob, any case), and the file is not one of Apple's "._"
/// companions.
[[nodiscard]] bool is_film_path(const std::filesystem::path& path);

}  // namespace faceshot::video
