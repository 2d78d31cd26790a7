#include "support/npy_header.hpp"

#include <cassert>
#include <cstddef>
#include <cstdint>

namespace faceshot::support {

std::string npy_header(const std::string& type, const std::string& shape) {
  std::string text =
      "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  constexpr std::size_t preamble = 10;  // magic, version, length
  text.append(63 - (preamble + text.size()) % 64, ' ');
  text += '\n';
  std::string header = "\x93NUMPY";
  header += '\x01';
  header += '\0';
  assert(text.size() <= 0xFFFF);
  const auto length = static_cast<std::uint16_t>(text.size());
  header += static_cast<char>(length & 0xFF);
  header += static_cast<char>(length >> 8);
  return header + text;
}

}  // namespace faceshot::support
