// Finds the name closest to a mistyped one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faceshot::base {

/// The one of `names` with the smallest edit distance (Levenshtein) to `name`; the first of
/// several.
/// @pre `names` is not empty
[[nodiscard]] const std::string& nearest_name(std::string_view name,
                                              const std::vector<std::string>& names);

/// The same, but only if a typing error explains the difference: for names that could be anything.
/// @return nothing if more than a third of the letters would have to change
[[nodiscard]] std::optional<std::string> likely_name(std::string_view name,
                                                     const std::vector<std::string>& names);

}  // namespace faceshot::base
