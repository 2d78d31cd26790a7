#include "serve/http/multipart.hpp"

#include <algorithm>

#include "serve/http/media_type.hpp"
#include "serve/http/problem.hpp"

namespace faceshot::serve {
namespace {

/// RFC 2046, 5.1.1: 1 to 70 characters, not ending in a blank.
bool is_boundary(std::string_view text) {
  constexpr std::size_t longest = 70;
  constexpr std::string_view others = "'()+_,-./:=? ";
  return !text.empty() && text.size() <= longest && !text.ends_with(' ') &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  others.find(c) != std::string_view::npos;
         });
}

[[noreturn]] void refuse_multipart(const std::string& why) {
  throw Problem(problem::bad_body, "multipart: " + why);
}

/// Reads a part's header. @param text its lines, including line ends
void read_part_header(std::string_view text, Part& part) {
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
      refuse_multipart("a part has a malformed header line");
    const std::string name = lower(line.substr(0, colon));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (name == "content-type") part.content_type = value;
    if (name == "content-transfer-encoding" && lower(value) != "binary" && lower(value) != "8bit" &&
        lower(value) != "7bit")
      refuse_multipart("a part is encoded as '" + std::string(value.substr(0, 40)) +
                       "'; send it as it is");
    if (name != "content-disposition") continue;
    const auto disposition = parse_parameters(value);
    if (!disposition) refuse_multipart("a part has a damaged Content-Disposition");
    const auto of = [&](const char* key) {
      const auto it = disposition->parameters.find(key);
      return it == disposition->parameters.end() ? std::string() : it->second;
    };
    part.name = of("name");
    part.filename = of("filename");
  }
}

/// After the boundary: blanks, then the line end. @return number of bytes, 0 if there is no line
/// end
std::size_t end_of_line(std::string_view text) {
  const auto end = std::min(text.find_first_not_of(" \t"), text.size());
  return text.substr(end).starts_with("\r\n") ? end + 2 : 0;
}

}  // namespace

std::vector<Part> parse_multipart(std::span<const std::uint8_t> body, std::string_view boundary,
                                  const MultipartLimits& limits) {
  if (!is_boundary(boundary)) refuse_multipart("its Content-Type has no valid boundary");
  const std::string delimiter = "\r\n--" + std::string(boundary);
  const std::string_view text(reinterpret_cast<const char*>(body.data()), body.size());
  // Text before the first boundary is ignored; that boundary may be at the very beginning.
  std::size_t at = 0;
  if (text.starts_with(std::string_view(delimiter).substr(2)))
    at = delimiter.size() - 2;
  else if (const auto first = text.find(delimiter); first != std::string_view::npos)
    at = first + delimiter.size();
  else
    refuse_multipart("the boundary from its Content-Type does not occur in it");
  std::vector<Part> parts;
  while (!text.substr(at).starts_with("--")) {
    const std::size_t line = end_of_line(text.substr(at));
    if (line == 0) refuse_multipart("a boundary is followed by other characters");
    at += line;
    if (parts.size() == limits.parts)
      refuse_multipart("more than " + std::to_string(limits.parts) + " parts");
    // A part without a header begins with the empty line.
    const std::string_view rest = text.substr(at);
    const std::string_view header_room = rest.substr(0, limits.header_bytes);
    const bool headless = rest.starts_with("\r\n");
    const auto header = headless ? 0 : header_room.find("\r\n\r\n");
    if (header == std::string_view::npos)
      refuse_multipart("the header of a part is not terminated");
    Part part;
    if (!headless) read_part_header(rest.substr(0, header + 2), part);
    const std::size_t from = at + (headless ? 2 : header + 4);
    // The line end of the empty line may be the one before the next boundary.
    const auto to = text.find(delimiter, from - 2);
    if (to == std::string_view::npos)
      refuse_multipart("a part is not terminated; the body is cut off");
    part.data = body.subspan(from, to < from ? 0 : to - from);
    parts.push_back(std::move(part));
    at = to + delimiter.size();
  }
  return parts;
}

}  // namespace faceshot::serve
