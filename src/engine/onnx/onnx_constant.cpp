#include "engine/onnx/onnx_constant.hpp"

#include <onnx/onnx_pb.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <system_error>

#include "faceshot/error.hpp"

namespace faceshot::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t max_elements = std::int64_t{1} << 31;

/// IEEE 754 binary16.
struct Half {
  std::uint16_t bits;
  explicit operator float() const {
    const int exponent = bits >> 10 & 31, fraction = bits & 1023;
    float value = 0;
    if (exponent == 31)
      value = fraction == 0 ? INFINITY : NAN;
    else if (exponent == 0)
      value = std::ldexp(static_cast<float>(fraction), -24);
    else
      value = std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
    return (bits & 0x8000) != 0 ? -value : value;
  }
};

/// The upper half of a float.
struct Bfloat16 {
  std::uint16_t bits;
  explicit operator float() const {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
  }
};

/// One stored tensor, with its error messages.
class Stored {
 public:
  Stored(const onnx::TensorProto& proto, const OnnxOrigin& origin)
      : proto_(proto), origin_(origin) {
    for (const std::int64_t d : proto.dims()) {
      if (d < 0 || (d > 0 && count_ > max_elements / d)) fail("has an impossible shape");
      count_ *= d;
    }
  }

  /// Values from raw or external data (little-endian, elements of type Raw), or from their field.
  template <typename Raw, typename T, typename Field>
  void values(const Field& field, std::vector<T>& to) const {
    const auto count = static_cast<std::size_t>(count_);
    if (proto_.data_location() == onnx::TensorProto::EXTERNAL)
      return unpack<Raw>(external(count * sizeof(Raw)), to);
    if (proto_.has_raw_data()) return unpack<Raw>(proto_.raw_data(), to);
    if (static_cast<std::size_t>(field.size()) != count) fail_size(field.size(), "values", count);
    for (const auto v : field) {
      if constexpr (std::is_class_v<Raw>)
        to.push_back(static_cast<T>(Raw{static_cast<std::uint16_t>(v)}));
      else
        to.push_back(static_cast<T>(static_cast<Raw>(v)));
    }
  }

  template <typename Raw, typename Field>
  void whole_numbers(const Field& field, Constant& constant) const {
    constant.is_integer = true;
    constant.bits = static_cast<int>(8 * sizeof(Raw));
    constant.has_sign = std::is_signed_v<Raw>;
    values<Raw>(field, constant.integers);
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::format, "'" + origin_.name + "' is not a valid ONNX network: '" +
                                       proto_.name() + "' " + what);
  }
  [[noreturn]] void unsupported(const std::string& what) const {
    throw Error(ErrorCode::unsupported, "'" + origin_.name + "': '" + proto_.name() + "' " + what);
  }

 private:
  template <typename Raw, typename T>
  void unpack(const std::string& raw, std::vector<T>& to) const {
    const auto count = static_cast<std::size_t>(count_);
    if (raw.size() != count * sizeof(Raw)) fail_size(raw.size(), "bytes", count * sizeof(Raw));
    to.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      Raw value;
      std::memcpy(&value, raw.data() + i * sizeof(Raw), sizeof(Raw));
      to[i] = static_cast<T>(value);
    }
  }

  /// The bytes in the file that external_data names.
  [[nodiscard]] std::string external(std::size_t bytes) const {
    std::string location;
    std::uint64_t offset = 0, length = bytes;
    for (const auto& entry : proto_.external_data()) {
      if (entry.key() == "location") location = entry.value();
      if (entry.key() == "offset") offset = number(entry.value());
      if (entry.key() == "length") length = number(entry.value());
    }
    if (length != bytes) fail_size(length, "bytes", bytes);
    const fs::path path = beside(location);
    std::ifstream in(path, std::ios::binary);
    std::error_code ignored;
    if (!in || !fs::is_regular_file(path, ignored))
      throw Error(ErrorCode::not_found, "'" + origin_.name + "' stores its weights in '" +
                                            location + "', which is missing");
    const std::uint64_t size = fs::file_size(path, ignored);
    if (ignored || offset > size || bytes > size - offset)
      fail("lies beyond the end of '" + location + "'");
    std::string raw(bytes, '\0');
    in.seekg(static_cast<std::streamoff>(offset));
    if (!in.read(raw.data(), static_cast<std::streamsize>(bytes)))
      throw Error(ErrorCode::io, "'" + path.string() + "' cannot be read");
    return raw;
  }

  [[nodiscard]] std::uint64_t number(const std::string& text) const {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    if (const auto [at, error] = std::from_chars(text.data(), end, value);
        error != std::errc() || at != end)
      fail("has an invalid offset or length of external data: '" + text + "'");
    return value;
  }

  /// A network must not be able to make us read arbitrary files (CVE-2022-25882, CVE-2024-5187).
  [[nodiscard]] fs::path beside(const std::string& location) const {
    if (!origin_.folder) unsupported("is stored in another file; load the network from a path");
    const fs::path relative(location);
    bool leaves = location.empty() || !relative.is_relative();
    for (const fs::path& part : relative) leaves = leaves || part == "..";
    if (leaves) fail("is stored in '" + location + "', outside the network's folder");
    std::error_code error;
    const fs::path folder = fs::weakly_canonical(*origin_.folder, error);
    const fs::path path = fs::weakly_canonical(*origin_.folder / relative, error);
    if (error || fs::relative(path, folder, error).native().starts_with(".."))
      fail("is stored in '" + location + "', outside the network's folder");
    return path;
  }

  template <typename Size>
  [[noreturn]] void fail_size(Size holds, const std::string& unit, std::size_t needs) const {
    fail("holds " + std::to_string(holds) + " " + unit + " where its shape needs " +
         std::to_string(needs));
  }

  const onnx::TensorProto& proto_;
  const OnnxOrigin& origin_;
  std::int64_t count_ = 1;
};

}  // namespace

Constant read_constant(const onnx::TensorProto& proto, const OnnxOrigin& origin) {
  using Type = onnx::TensorProto;
  const Stored stored(proto, origin);
  Constant constant;
  constant.shape.assign(proto.dims().begin(), proto.dims().end());
  switch (proto.data_type()) {
    case Type::FLOAT:
      stored.values<float>(proto.float_data(), constant.floats);
      break;
    case Type::DOUBLE:
      stored.values<double>(proto.double_data(), constant.floats);
      break;
    case Type::FLOAT16:
      stored.values<Half>(proto.int32_data(), constant.floats);
      break;
    case Type::BFLOAT16:
      stored.values<Bfloat16>(proto.int32_data(), constant.floats);
      break;
    case Type::INT64:
      stored.whole_numbers<std::int64_t>(proto.int64_data(), constant);
      break;
    case Type::INT32:
      stored.whole_numbers<std::int32_t>(proto.int32_data(), constant);
      break;
    case Type::INT16:
      stored.whole_numbers<std::int16_t>(proto.int32_data(), constant);
      break;
    case Type::UINT16:
      stored.whole_numbers<std::uint16_t>(proto.int32_data(), constant);
      break;
    case Type::INT8:
      stored.whole_numbers<std::int8_t>(proto.int32_data(), constant);
      break;
    case Type::UINT8:
      stored.whole_numbers<std::uint8_t>(proto.int32_data(), constant);
      break;
    default:
      stored.unsupported("has an unsupported element type; export in 32-bit floats");
  }
  return constant;
}

}  // namespace faceshot::engine
