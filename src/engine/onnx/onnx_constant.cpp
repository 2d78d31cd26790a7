#include "engine/onnx/onnx_constant.hpp"

#include <onnx/onnx_pb.h>

#include <cstring>

#include "faceshot/error.hpp"

namespace faceshot::engine {
namespace {

constexpr std::int64_t max_elements = std::int64_t{1} << 31;

/// One stored tensor and how to complain about it.
class Stored {
 public:
  Stored(const onnx::TensorProto& proto, const std::string& file) : proto_(proto), file_(file) {
    for (const std::int64_t d : proto.dims()) {
      if (d < 0 || (d > 0 && count_ > max_elements / d)) fail("has an absurd shape");
      count_ *= d;
    }
  }

  /// Values from raw_data (little-endian, elements of type Raw), or from the field that holds them.
  template <typename Raw, typename T, typename Field>
  void values(const Field& field, std::vector<T>& to) const {
    const auto count = static_cast<std::size_t>(count_);
    if (!proto_.has_raw_data()) {
      if (static_cast<std::size_t>(field.size()) != count) fail_size(field.size(), "values", count);
      for (const auto v : field) to.push_back(static_cast<T>(v));
      return;
    }
    const std::string& raw = proto_.raw_data();
    if (raw.size() != count * sizeof(Raw)) fail_size(raw.size(), "bytes", count * sizeof(Raw));
    to.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      Raw value;
      std::memcpy(&value, raw.data() + i * sizeof(Raw), sizeof(Raw));
      to[i] = static_cast<T>(value);
    }
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::format,
                "'" + file_ + "' is not a valid ONNX network: '" + proto_.name() + "' " + what);
  }
  [[noreturn]] void unsupported(const std::string& what) const {
    throw Error(ErrorCode::unsupported, "'" + file_ + "': '" + proto_.name() + "' " + what);
  }

 private:
  template <typename Size>
  [[noreturn]] void fail_size(Size holds, const std::string& unit, std::size_t needs) const {
    fail("holds " + std::to_string(holds) + " " + unit + " where its shape needs " +
         std::to_string(needs));
  }

  const onnx::TensorProto& proto_;
  const std::string& file_;
  std::int64_t count_ = 1;
};

}  // namespace

Constant read_constant(const onnx::TensorProto& proto, const std::string& file) {
  const Stored stored(proto, file);
  Constant constant;
  constant.shape.assign(proto.dims().begin(), proto.dims().end());
  if (proto.data_location() == onnx::TensorProto::EXTERNAL)
    stored.unsupported("is stored outside the file; export the network as one file");
  switch (proto.data_type()) {
    case onnx::TensorProto::FLOAT:
      stored.values<float>(proto.float_data(), constant.floats);
      break;
    case onnx::TensorProto::DOUBLE:
      stored.values<double>(proto.double_data(), constant.floats);
      break;
    case onnx::TensorProto::INT64:
      constant.whole = true;
      stored.values<std::int64_t>(proto.int64_data(), constant.integers);
      break;
    case onnx::TensorProto::INT32:
      constant.whole = true;
      stored.values<std::int32_t>(proto.int32_data(), constant.integers);
      break;
    default:
      stored.unsupported("is of an element type that the engine lacks; export in 32-bit floats");
  }
  return constant;
}

}  // namespace faceshot::engine
