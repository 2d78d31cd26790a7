#include "support/npy.hpp"

#include <cassert>
#include <charconv>
#include <cstddef>
#include <cstdint>

namespace faceshot::support {
namespace {

std::uint64_t little_endian_number(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

/// Consumes tokens from the front of a text; each function returns whether it was there.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool take(std::string_view token) {
    skip_blanks();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  bool quoted(std::string& into) {
    if (!take("'")) return false;
    const auto end = rest_.find('\'');
    if (end == std::string_view::npos) return false;
    into = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return true;
  }
  bool integer(std::int64_t& into) {
    skip_blanks();
    const auto [end, failed] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), into);
    if (failed != std::errc{}) return false;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return true;
  }
  bool at_end() {
    skip_blanks();
    return rest_.empty();
  }

 private:
  void skip_blanks() {
    const auto first = rest_.find_first_not_of(" \n\t");
    rest_.remove_prefix(first == std::string_view::npos ? rest_.size() : first);
  }
  std::string_view rest_;
};

/// "(3, 4)", "(3,)" or "()".
bool parse_shape(Scanner& scanner, std::vector<std::int64_t>& shape) {
  if (!scanner.take("(")) return false;
  shape.clear();
  while (!scanner.take(")")) {
    std::int64_t extent = 0;
    if (!scanner.integer(extent)) return false;
    shape.push_back(extent);
    if (!scanner.take(",")) return scanner.take(")");
  }
  return true;
}

bool parse_boolean(Scanner& scanner, bool& value) {
  value = scanner.take("True");
  return value || scanner.take("False");
}

}  // namespace

std::string npy_header(const std::string& type, const std::string& shape) {
  std::string text =
      "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  constexpr std::size_t preamble = 10;  // magic, version, length
  text.append(63 - (preamble + text.size()) % 64, ' ');
  text += '\n';
  std::string header(npy_magic);
  header += '\x01';
  header += '\0';
  assert(text.size() <= 0xFFFF);
  const auto length = static_cast<std::uint16_t>(text.size());
  header += static_cast<char>(length & 0xFF);
  header += static_cast<char>(length >> 8);
  return header + text;
}

std::optional<NpyDescription> parse_npy_text(std::string_view text) {
  Scanner scanner(text);
  NpyDescription description;
  bool has_descr = false;
  bool has_order = false;
  bool has_shape = false;
  bool good = scanner.take("{");
  bool more = good;
  while (good && more && !scanner.take("}")) {
    std::string key;
    good = scanner.quoted(key) && scanner.take(":");
    if (key == "descr")
      good = has_descr = good && scanner.quoted(description.descr);
    else if (key == "shape")
      good = has_shape = good && parse_shape(scanner, description.shape);
    else if (key == "fortran_order")
      good = has_order = good && parse_boolean(scanner, description.fortran_order);
    else
      good = false;
    more = scanner.take(",");
    if (!more) good = good && scanner.take("}");
  }
  if (!good || !has_descr || !has_order || !has_shape || !scanner.at_end()) return std::nullopt;
  return description;
}

std::optional<NpyDescription> read_npy_header(const NpySource& source) {
  const std::string head = source(npy_magic.size() + 2);  // and the version
  if (head.size() != npy_magic.size() + 2 || !head.starts_with(npy_magic)) return std::nullopt;
  const std::size_t length_bytes = head[npy_magic.size()] == 1 ? 2 : 4;
  const std::string length = source(length_bytes);
  if (length.size() != length_bytes) return std::nullopt;
  const std::uint64_t text_bytes = little_endian_number(length);
  if (text_bytes > 0xFFFF) return std::nullopt;
  return parse_npy_text(source(text_bytes));
}

}  // namespace faceshot::support
