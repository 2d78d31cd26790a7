// Shared by the readers of line-based annotation files.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faceshot::data {

/// Iterates over the lines of a text, without trailing blanks; empty ones are skipped.
class TextLines {
 public:
  /// @param text must outlive this
  explicit TextLines(std::string_view text) : rest_(text) { next(); }

  [[nodiscard]] bool done() const { return line_.empty(); }
  [[nodiscard]] std::string_view line() const { return line_; }  ///< empty at the end
  [[nodiscard]] std::size_t number() const { return number_; }   ///< from 1
  void next();

 private:
  std::string_view rest_;
  std::string_view line_;
  std::size_t number_ = 0;
};

/// The numbers of a line, separated by blanks or tabs; nothing unless it consists of at most `most`
/// finite numbers.
[[nodiscard]] std::optional<std::vector<float>> parse_numbers(std::string_view line,
                                                              std::size_t most);

/// Whether a line is more likely a row of numbers, perhaps a damaged one, than the name of an
/// image: its first word is a number and it has no image extension.
[[nodiscard]] bool looks_like_numbers(std::string_view line);

}  // namespace faceshot::data
