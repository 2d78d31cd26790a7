// Where a program's text goes: standard output or a file.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "support/atomic_file.hpp"

namespace faceshot::cli {

/// Standard output, or a file that is whole or not there. Not thread safe.
class TextTarget {
 public:
  /// @param name of the file; "-" for standard output. @throws Error(io)
  explicit TextTarget(const std::string& name);
  /// Failures of standard output are told by main at the end. @throws Error(io)
  void write(std::string_view text);
  /// The file appears. @throws Error(io)
  void finish();

 private:
  std::optional<support::AtomicFile> file_;
};

/// JSON as text; names of files, which Linux does not hold to UTF-8, with replacement characters.
/// @param indent of nested values; -1: all on one line
[[nodiscard]] std::string json_text(const nlohmann::ordered_json& json, int indent);

}  // namespace faceshot::cli
