#include "weights/weight_file.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "faceshot/error.hpp"
#include "support/npy.hpp"
#include "weights/input_file.hpp"
#include "weights/keras_file.hpp"
#include "weights/numpy_file.hpp"
#include "weights/onnx_weights.hpp"
#include "weights/safetensors.hpp"
#include "weights/torch_file.hpp"
#include "weights/zip_file.hpp"

namespace faceshot::weights {
namespace {

bool is_torch_archive(const std::filesystem::path& path) {
  ZipReader zip(path);
  while (zip.next())
    if (zip.name() == "data.pkl" || zip.name().ends_with("/data.pkl")) return true;
  return false;
}

WeightFile read_zip(const std::filesystem::path& path) {
  if (!is_torch_archive(path)) return {"NumPy .npz", read_npz_arrays(path)};
  TorchFile file = read_torch_file(path);
  return {file.part.empty() ? "PyTorch" : "PyTorch, part '" + file.part + "'",
          std::move(file.arrays)};
}

}  // namespace

WeightFile read_weight_file(const std::filesystem::path& path) {
  using namespace std::string_view_literals;
  constexpr std::uint64_t head_bytes = 16;
  std::string head;
  {
    InputFile file(path);
    head = file.read(0, std::min(file.size(), head_bytes));
  }
  if (head.starts_with("\x89HDF\r\n\x1a\n"sv)) return {"HDF5", read_keras_file(path)};
  if (head.starts_with("PK\x03\x04"sv)) return read_zip(path);
  if (head.starts_with(support::npy_magic)) return {"NumPy .npy", {read_npy_array(path)}};
  if (head.size() > 8 && head[8] == '{') return {"safetensors", read_safetensors(path)};
  if (head.starts_with("\x80\x02"sv))
    throw Error(ErrorCode::unsupported,
                "'" + path.string() +
                    "' is in PyTorch's format from before 1.6, or another pickle; load it in "
                    "PyTorch and save it again with torch.save(network.state_dict(), ...)");
  // ONNX has no magic number, but begins with the first field of its message: ir_version.
  if (head.starts_with('\x08')) {
    OnnxFile file = read_onnx_weights(path);
    return {"ONNX", std::move(file.arrays), std::move(file.metadata)};
  }
  damaged_file(path, "not a weight file: neither HDF5, safetensors, ONNX, PyTorch's .pt nor .npz");
}

void write_weight_file(const std::filesystem::path& path, const std::vector<NamedArray>& arrays,
                       const std::map<std::string, std::string>& metadata) {
  const std::string extension = path.extension().string();
  if (extension == ".safetensors")
    write_safetensors(path, arrays, metadata);
  else if (extension == ".npz")
    write_npz_arrays(path, arrays);
  else
    throw Error(ErrorCode::invalid_argument,
                "'" + path.string() + "' must end in .safetensors or .npz");
}

}  // namespace faceshot::weights
