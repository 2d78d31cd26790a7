#include "serve/http/media_type.hpp"

#include <algorithm>
#include <charconv>

namespace faceshot::serve {
namespace {

bool is_token_letter(char c) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         others.find(c) != std::string_view::npos;
}

/// Removes a quoted string from the front. @return nothing if it has no end
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return value;
    }
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    value += text[i];
  }
  return std::nullopt;
}

/// Quality of an element of Accept, in thousandths.
int quality_of(const MediaType& element) {
  const auto it = element.parameters.find("q");
  if (it == element.parameters.end()) return 1000;
  double q = 0;
  const auto [end, error] =
      std::from_chars(it->second.data(), it->second.data() + it->second.size(), q);
  if (error != std::errc() || !(q >= 0 && q <= 1)) return 0;
  return static_cast<int>(q * 1000 + 0.5);
}

/// How specifically a range matches a type: 3 exactly, 2 "image/*", 1 "*/*", 0 not at all.
int closeness(std::string_view range, std::string_view type) {
  if (range == type) return 3;
  if (range == "*/*") return 1;
  return range.ends_with("/*") && type.starts_with(range.substr(0, range.size() - 1)) ? 2 : 0;
}

}  // namespace

bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_letter);
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<MediaType> parse_parameters(std::string_view text) {
  const auto semicolon = std::min(text.find(';'), text.size());
  MediaType result{lower(trimmed(text.substr(0, semicolon))), {}};
  text.remove_prefix(semicolon);
  while (!(text = trimmed(text)).empty()) {
    if (text.front() != ';') return std::nullopt;
    text = trimmed(text.substr(1));
    if (text.empty() || text.front() == ';') continue;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = text.substr(0, equals);
    if (!is_token(name)) return std::nullopt;
    text.remove_prefix(equals + 1);
    std::string value;
    if (text.starts_with('"')) {
      auto quoted = take_quoted(text);
      if (!quoted) return std::nullopt;
      value = std::move(*quoted);
    } else {
      const auto end = std::min(text.find(';'), text.size());
      value = trimmed(text.substr(0, end));
      text.remove_prefix(end);
    }
    result.parameters.emplace(lower(name), std::move(value));
  }
  return result;
}

std::optional<MediaType> parse_media_type(std::string_view text) {
  auto result = parse_parameters(text);
  if (!result) return std::nullopt;
  const auto slash = result->type.find('/');
  if (slash == std::string::npos || !is_token(result->type.substr(0, slash)) ||
      !is_token(result->type.substr(slash + 1)))
    return std::nullopt;
  return result;
}

std::optional<std::size_t> choose_type(std::string_view accept,
                                       std::span<const std::string_view> offered) {
  if (offered.empty()) return std::nullopt;
  if (trimmed(accept).empty()) return 0;
  std::vector<int> best(offered.size(), 0), close(offered.size(), 0);
  while (!accept.empty()) {
    const auto comma = std::min(accept.find(','), accept.size());
    const auto element = parse_parameters(accept.substr(0, comma));
    accept.remove_prefix(std::min(comma + 1, accept.size()));
    if (!element) continue;
    for (std::size_t i = 0; i < offered.size(); ++i) {
      // The most specific range decides.
      const int how = closeness(element->type, offered[i]);
      if (how <= close[i]) continue;
      close[i] = how;
      best[i] = quality_of(*element);
    }
  }
  const auto it = std::max_element(best.begin(), best.end());
  if (*it == 0) return std::nullopt;
  return static_cast<std::size_t>(it - best.begin());
}

}  // namespace faceshot::serve
