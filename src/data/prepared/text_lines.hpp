// Annotation files of plain lines: what their readers share.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace faceshot::data {

/// Walks over the lines of a text, without the blanks at their ends; empty ones are skipped.
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

/// Names that may come once in a file.
class UniqueNames {
 public:
  /// The line on which the name came before; 0 if it is new.
  std::size_t add(const std::string& name, std::size_t line) {
    const auto [first, is_new] = lines_.try_emplace(name, line);
    return is_new ? 0 : first->second;
  }

 private:
  std::unordered_map<std::string, std::size_t> lines_;
};

/// The numbers of a line, separated by blanks or tabs; nothing if it has anything but up to `most`
/// finite numbers.
[[nodiscard]] std::optional<std::vector<float>> parse_numbers(std::string_view line,
                                                              std::size_t most);

}  // namespace faceshot::data
