#include "weights/average_onnx.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include "faceshot/error.hpp"
#include "weights/onnx_model.hpp"

namespace faceshot::weights {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void differs(const fs::path& a, const fs::path& b, const std::string& how) {
  throw Error(ErrorCode::unsupported,
              "'" + b.string() + "' cannot be averaged with '" + a.string() + "': " + how);
}

/// Everything but the weights: must be the same in all files.
std::string structure(const onnx::GraphProto& graph) {
  onnx::GraphProto rest = graph;
  rest.clear_initializer();
  rest.clear_name();
  rest.clear_doc_string();
  rest.clear_value_info();
  return rest.SerializeAsString();
}

bool is_float(const onnx::TensorProto& tensor) {
  return tensor.data_type() == onnx::TensorProto::FLOAT;
}

std::vector<float> floats_of(const onnx::TensorProto& tensor, const fs::path& path) {
  std::size_t count = 1;
  for (const std::int64_t d : tensor.dims())
    count *= static_cast<std::size_t>(std::max<std::int64_t>(0, d));
  std::vector<float> values;
  if (tensor.has_raw_data()) {
    values.resize(tensor.raw_data().size() / sizeof(float));
    std::memcpy(values.data(), tensor.raw_data().data(), values.size() * sizeof(float));
  } else {
    values.assign(tensor.float_data().begin(), tensor.float_data().end());
  }
  if (values.size() != count || tensor.data_location() == onnx::TensorProto::EXTERNAL)
    damaged_file(path, "array '" + tensor.name() + "' has a shape that does not fit its elements");
  return values;
}

/// Sums weighted initialisers in double precision, in the order of the first file.
class Mean {
 public:
  Mean(const onnx::GraphProto& first, const fs::path& path) : first_(first), path_(path) {
    for (const auto& tensor : first.initializer())
      sums_.emplace_back(is_float(tensor) ? floats_of(tensor, path).size() : 0, 0.0);
  }

  void add(const onnx::GraphProto& graph, const fs::path& path, double share) {
    if (graph.initializer_size() != first_.initializer_size())
      differs(path_, path,
              "it has " + std::to_string(graph.initializer_size()) + " arrays, not " +
                  std::to_string(first_.initializer_size()));
    for (int i = 0; i < graph.initializer_size(); ++i) {
      const auto& mine = first_.initializer(i);
      const auto& other = graph.initializer(i);
      const bool alike = mine.name() == other.name() && mine.data_type() == other.data_type() &&
                         std::equal(mine.dims().begin(), mine.dims().end(), other.dims().begin(),
                                    other.dims().end());
      if (!alike)
        differs(path_, path,
                "array '" + mine.name() + "' has a different name, type or shape there");
      if (!is_float(mine)) {
        if (mine.SerializeAsString() != other.SerializeAsString())
          differs(path_, path, "the values of '" + mine.name() + "' differ");
        continue;
      }
      const std::vector<float> values = floats_of(other, path);
      std::vector<double>& sum = sums_[static_cast<std::size_t>(i)];
      for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += share * double{values[k]};
    }
  }

  void write_to(onnx::GraphProto& graph) const {
    for (int i = 0; i < graph.initializer_size(); ++i) {
      onnx::TensorProto& tensor = *graph.mutable_initializer(i);
      if (!is_float(tensor)) continue;
      const std::vector<double>& sum = sums_[static_cast<std::size_t>(i)];
      std::vector<float> values(sum.size());
      std::transform(sum.begin(), sum.end(), values.begin(),
                     [](double v) { return static_cast<float>(v); });
      tensor.clear_float_data();
      tensor.set_raw_data(values.data(), values.size() * sizeof(float));
    }
  }

 private:
  const onnx::GraphProto& first_;
  const fs::path& path_;
  std::vector<std::vector<double>> sums_;
};

void set_metadata(onnx::ModelProto& model, std::span<const fs::path> files) {
  auto& entries = *model.mutable_metadata_props();
  const auto gone = [](const auto& e) {
    return e.key() == "faceshot.metrics" || e.key() == "faceshot.averaged";
  };
  entries.erase(std::remove_if(entries.begin(), entries.end(), gone), entries.end());
  std::string names;
  for (const fs::path& file : files)
    names += (names.empty() ? "" : ", ") + file.filename().string();
  onnx::StringStringEntryProto& entry = *entries.Add();
  entry.set_key("faceshot.averaged");
  entry.set_value(names);
}

}  // namespace

std::string average_onnx(std::span<const fs::path> files, std::span<const double> shares) {
  if (files.size() < 2)
    throw Error(ErrorCode::invalid_argument, "weights: averaging needs at least two files");
  const bool positive =
      std::all_of(shares.begin(), shares.end(), [](double s) { return std::isfinite(s) && s > 0; });
  if (!shares.empty() && (shares.size() != files.size() || !positive))
    throw Error(ErrorCode::invalid_argument,
                "weights: expected one share above 0 for each of the " +
                    std::to_string(files.size()) + " files");
  const double all = shares.empty() ? static_cast<double>(files.size())
                                    : std::accumulate(shares.begin(), shares.end(), 0.0);
  const auto read = [](const fs::path& path) {
    InputFile file(path);
    return read_onnx_model(file, path);
  };
  onnx::ModelProto model = read(files.front());
  const std::string wanted = structure(model.graph());
  Mean mean(model.graph(), files.front());
  for (std::size_t i = 0; i < files.size(); ++i) {
    const onnx::ModelProto other = read(files[i]);
    if (structure(other.graph()) != wanted) differs(files.front(), files[i], "its graph differs");
    mean.add(other.graph(), files[i], (shares.empty() ? 1.0 : shares[i]) / all);
  }
  mean.write_to(*model.mutable_graph());
  set_metadata(model, files);
  return model.SerializeAsString();
}

}  // namespace faceshot::weights
