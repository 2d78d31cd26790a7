// The subset of protobuf's wire format (protobuf.dev, "Encoding") that event files need.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace faceshot::tensorboard {

static_assert(std::endian::native == std::endian::little, "fixed-width fields are little-endian");

/// Writes fields one after the other; the caller provides field numbers.
class WireWriter {
 public:
  WireWriter& integer(int field, std::uint64_t value) {
    key(field, 0);
    varint(value);
    return *this;
  }
  WireWriter& real(int field, double value) {
    key(field, 1);
    raw(&value, sizeof value);
    return *this;
  }
  WireWriter& real32(int field, float value) {
    key(field, 5);
    raw(&value, sizeof value);
    return *this;
  }
  /// A string, bytes, or a message built by another writer.
  WireWriter& bytes(int field, std::string_view value) {
    key(field, 2);
    varint(value.size());
    text_.append(value);
    return *this;
  }
  WireWriter& message(int field, const WireWriter& value) { return bytes(field, value.text_); }
  WireWriter& packed(int field, const std::vector<double>& values) {
    key(field, 2);
    varint(values.size() * sizeof(double));
    raw(values.data(), values.size() * sizeof(double));
    return *this;
  }

  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  void key(int field, unsigned type) { varint(static_cast<std::uint64_t>(field) << 3 | type); }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) text_ += static_cast<char>((value & 0x7F) | 0x80);
    text_ += static_cast<char>(value);
  }
  void raw(const void* from, std::size_t size) {
    text_.append(static_cast<const char*>(from), size);
  }

  std::string text_;
};

}  // namespace faceshot::tensorboard
