#include "data/prepared/text_lines.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <system_error>

#include "media/photographs/image_list.hpp"

namespace faceshot::data {

void TextLines::next() {
  line_ = {};
  while (line_.empty() && !rest_.empty()) {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    line_ = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    line_ = line_.substr(0, line_.find_last_not_of(" \t\r") + 1);
    ++number_;
  }
}

std::optional<std::vector<float>> parse_numbers(std::string_view line, std::size_t most) {
  std::vector<float> numbers;
  const char* at = line.data();
  const char* const end = at + line.size();
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (true) {
    at = std::find_if_not(at, end, is_blank);
    if (at == end) return numbers;
    if (numbers.size() == most) return std::nullopt;
    float value = 0;
    const auto [after, error] = std::from_chars(at, end, value);
    if (error != std::errc{} || !std::isfinite(value)) return std::nullopt;
    if (after != end && !is_blank(*after)) return std::nullopt;
    numbers.push_back(value);
    at = after;
  }
}

bool looks_like_numbers(std::string_view line) {
  if (media::is_image_path(line)) return false;
  const auto word = line.substr(0, line.find_first_of(" \t"));
  const auto first = word.starts_with("-") || word.starts_with("+") ? word.substr(1) : word;
  return !first.empty() && first.find_first_not_of("0123456789.eE+-") == std::string_view::npos &&
         std::isdigit(static_cast<unsigned char>(first.front())) != 0;
}

}  // namespace faceshot::data
