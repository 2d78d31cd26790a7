#include "weights/keras_file.hpp"

#include <set>
#include <string>

#include "weights/hdf5_file.hpp"
#include "weights/input_file.hpp"
#include "weights/isolated.hpp"

namespace faceshot::weights {
namespace {

/// Keras splits lists that are too long for an attribute: NAME0, NAME1, ...
std::vector<std::string> name_list(const Hdf5File& file, const std::string& at,
                                   const std::string& name) {
  if (file.has_attribute(at, name)) return file.texts(at, name);
  std::vector<std::string> names;
  for (int part = 0; file.has_attribute(at, name + std::to_string(part)); ++part) {
    const auto more = file.texts(at, name + std::to_string(part));
    names.insert(names.end(), more.begin(), more.end());
  }
  return names;
}

struct Place {
  std::string layer, weight;
};

void read_layers(const Hdf5File& file, const std::string& root,
                 const std::vector<std::string>& layers, MemoryBudget& budget,
                 const ArraySink& sink) {
  std::vector<Place> places;
  std::set<std::string> names;
  for (const std::string& layer : layers)
    for (const std::string& weight : name_list(file, root + "/" + layer, "weight_names")) {
      places.push_back({layer, weight});
      names.insert(weight);
    }
  const bool distinct = names.size() == places.size();
  for (const auto& [layer, weight] : places)
    sink(file.read(root + "/" + layer + "/" + weight, distinct ? weight : layer + "/" + weight,
                   budget));
}

void read_all(const std::filesystem::path& path, const ArraySink& sink) {
  MemoryBudget budget(path, InputFile(path).size());
  const Hdf5File file(path);
  for (const std::string root : {".", "model_weights"}) {
    if (!file.has(root)) continue;
    const std::vector<std::string> layers = name_list(file, root, "layer_names");
    if (!layers.empty()) return read_layers(file, root, layers, budget, sink);
  }
  for (const std::string& at : file.numeric_datasets()) sink(file.read(at, at, budget));
}

}  // namespace

std::vector<NamedArray> read_keras_file(const std::filesystem::path& path) {
  // Damaged files make libhdf5 1.10 read out of bounds: the fuzz target found that within a minute.
  return read_isolated(path, [&](const ArraySink& sink) { read_all(path, sink); });
}

}  // namespace faceshot::weights
