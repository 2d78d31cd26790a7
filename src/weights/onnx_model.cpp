#include "weights/onnx_model.hpp"

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>

#include <limits>
#include <string>

namespace faceshot::weights {

onnx::ModelProto read_onnx_model(InputFile& file, const std::filesystem::path& path) {
  const auto damaged = [&] { damaged_file(path, "damaged, or not an ONNX model"); };
  if (file.size() == 0 || file.size() > std::numeric_limits<int>::max()) damaged();
  // Otherwise protobuf would log to stderr what we throw.
  const google::protobuf::LogSilencer silence;
  onnx::ModelProto model;
  const std::string bytes = file.read(0, file.size());
  google::protobuf::io::ArrayInputStream stream(bytes.data(), static_cast<int>(bytes.size()));
  if (!model.ParseFromZeroCopyStream(&stream) || !model.has_graph()) damaged();
  return model;
}

}  // namespace faceshot::weights
