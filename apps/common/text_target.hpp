// The destination of a program's text: standard output or a file.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "support/atomic_file.hpp"

namespace faceshot::cli {

/// Standard output, or a file that is either complete or absent. Not thread safe.
class TextTarget {
 public:
  /// @param name of the file; "-" for standard output. @throws Error(io)
  explicit TextTarget(const std::string& name);
  /// Failures of standard output are reported by main at the end. @throws Error(io)
  void write(std::string_view text);
  /// Makes the file appear. @throws Error(io)
  void finish();

 private:
  std::optional<support::AtomicFile> file_;
};

/// JSON as text; file names, which need not be UTF-8 on Linux, with replacement characters.
/// @param indent of nested values; -1: all on one line
[[nodiscard]] std::string json_text(const nlohmann::ordered_json& json, int indent);

}  // namespace faceshot::cli
