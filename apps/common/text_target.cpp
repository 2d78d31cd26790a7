#include "common/text_target.hpp"

#include <cstdio>

namespace faceshot::cli {

TextTarget::TextTarget(const std::string& name) {
  if (name != "-") file_.emplace(name);
}

void TextTarget::write(std::string_view text) {
  if (file_)
    file_->write(text);
  else
    std::fwrite(text.data(), 1, text.size(), stdout);
}

void TextTarget::finish() {
  if (file_) file_->commit();
}

std::string json_text(const nlohmann::ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace faceshot::cli
