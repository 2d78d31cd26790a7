// The library's version, semantic versioning.
#pragma once

#define FACESHOT_VERSION_MAJOR 0
#define FACESHOT_VERSION_MINOR 1
#define FACESHOT_VERSION_PATCH 0
#define FACESHOT_VERSION "0.1.0"

namespace faceshot {
inline namespace v0_1 {

/// The version of the library that the program runs with. It should equal FACESHOT_VERSION of the
/// headers that it was compiled with.
[[nodiscard]] const char* version() noexcept;

}  // namespace v0_1
}  // namespace faceshot
