// Writes JSON, whatever bytes its strings contain.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace faceshot::serve {

/// One line; bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] inline std::string json_text(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace faceshot::serve
