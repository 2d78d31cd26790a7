#include "data/prepared/text_file.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>

#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

void append_utf8(std::string& text, std::uint32_t code) {
  const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  const auto add_rest = [&](unsigned shift) { add(0x80U | (code >> shift & 0x3FU)); };
  if (code < 0x80U) return add(code);
  if (code < 0x800U) {
    add(0xC0U | code >> 6U);
  } else {
    if (code < 0x10000U) {
      add(0xE0U | code >> 12U);
    } else {
      add(0xF0U | code >> 18U);
      add_rest(12);
    }
    add_rest(6);
  }
  add_rest(0);
}

/// @param bytes begin with a byte order mark
std::string utf8_of_utf16(std::string_view bytes, const std::string& name) {
  const bool little = bytes[0] == '\xFF';
  const auto unit = [&](std::size_t at) {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    return little ? static_cast<std::uint32_t>(first | second << 8)
                  : static_cast<std::uint32_t>(second | first << 8);
  };
  const auto damaged = [&](std::size_t at) {
    return Error(ErrorCode::format, name + ": byte " + std::to_string(at) +
                                        ": damaged UTF-16; save the file as UTF-8");
  };
  const auto is_high = [](std::uint32_t code) { return code >= 0xD800U && code < 0xDC00U; };
  const auto is_low = [](std::uint32_t code) { return code >= 0xDC00U && code < 0xE000U; };
  if (bytes.size() % 2 != 0) throw damaged(bytes.size() - 1);
  std::string text;
  text.reserve(bytes.size() / 2);
  for (std::size_t at = 2; at < bytes.size(); at += 2) {
    std::uint32_t code = unit(at);
    if (is_low(code)) throw damaged(at);
    if (is_high(code)) {
      if (at + 2 >= bytes.size() || !is_low(unit(at + 2))) throw damaged(at);
      code = 0x10000U + ((code - 0xD800U) << 10U) + (unit(at + 2) - 0xDC00U);
      at += 2;
    }
    append_utf8(text, code);
  }
  return text;
}

}  // namespace

bool has_utf16_mark(std::string_view text) {
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
}

std::ifstream open_text_file(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    throw Error(ErrorCode::not_found, "'" + path.string() + "' does not exist");
  if (std::filesystem::is_directory(path, error))
    throw Error(ErrorCode::io, "'" + path.string() + "' is a folder; give the file in it");
  std::ifstream in(path, std::ios::binary);
  if (!in)
    throw Error(ErrorCode::io, "cannot read '" + path.string() + "': " + std::strerror(errno));
  char mark[3] = {};
  in.read(mark, sizeof mark);
  if (in.gcount() != sizeof mark || std::memcmp(mark, "\xEF\xBB\xBF", sizeof mark) != 0) {
    in.clear();
    in.seekg(0);
  }
  return in;
}

std::string read_text_file(const std::filesystem::path& path) {
  std::ifstream in = open_text_file(path);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad())
    throw Error(ErrorCode::io, "cannot read '" + path.string() + "': " + std::strerror(errno));
  if (has_utf16_mark(text)) return utf8_of_utf16(text, path.string());
  return text;
}

}  // namespace faceshot::data
