#include "weights/torch_file.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include "faceshot/error.hpp"
#include "weights/input_file.hpp"
#include "weights/pickle.hpp"
#include "weights/strided.hpp"
#include "weights/zip_file.hpp"

namespace faceshot::weights {
namespace {

constexpr std::uint64_t most_pickle_bytes = std::uint64_t{64} << 20;
constexpr std::string_view pickle_name = "data.pkl";

struct PickleEntry {
  std::string folder;  ///< "archive/": the folder of data.pkl
  std::string bytes;
};

bool is_file_named(const std::string& entry, std::string_view name) {
  return entry == name || entry.ends_with("/" + std::string(name));
}

PickleEntry find_pickle(const std::filesystem::path& path) {
  ZipReader zip(path);
  PickleEntry found;
  bool seen = false;
  while (zip.next()) {
    if (is_file_named(zip.name(), "byteorder") && zip.read(8) == "big")
      throw Error(
          ErrorCode::unsupported,
          "'" + path.string() + "' was written on a big-endian machine; save it again on another");
    if (seen || !is_file_named(zip.name(), pickle_name)) continue;
    seen = true;
    found.folder = zip.name().substr(0, zip.name().size() - pickle_name.size());
    found.bytes = zip.read(most_pickle_bytes);
  }
  if (!seen) damaged_file(path, "a zip archive, but not one of PyTorch's: it has no data.pkl");
  return found;
}

/// A tensor and the destination of its values.
struct WantedParts {
  const PickleTensor* tensor;
  std::size_t array;
};

/// Walks through dictionaries and lists and records the tensors.
class Collector {
 public:
  Collector(const Pickle& pickle, const std::filesystem::path& path)
      : pickle_(pickle), path_(path) {}

  void collect(PickleIndex index, const std::string& name, int depth) {
    // Containers may contain themselves, or one another many times.
    constexpr int deepest = 32;
    constexpr std::size_t most_visits = 1'000'000;
    constexpr std::size_t longest_name = 1024;
    constexpr std::size_t most_tensors = 100'000;
    if (depth > deepest || ++visits_ > most_visits || name.size() > longest_name ||
        tensors.size() > most_tensors)
      damaged_file(path_, "its dictionaries are nested too deeply");
    const PickleValue& value = pickle_.values[index];
    if (const auto* const tensor = std::get_if<PickleTensor>(&value)) {
      tensors.emplace_back(name, tensor);
    } else if (const auto* const dict = std::get_if<PickleDict>(&value)) {
      for (const auto& [key, item] : dict->items)
        collect(item, joined(name, key_text(key)), depth + 1);
    } else if (const auto* const list = std::get_if<PickleList>(&value)) {
      for (std::size_t i = 0; i < list->items.size(); ++i)
        collect(list->items[i], joined(name, std::to_string(i)), depth + 1);
    }
  }

  std::vector<std::pair<std::string, const PickleTensor*>> tensors;

 private:
  static std::string joined(const std::string& parent, const std::string& child) {
    return parent.empty() ? child : parent + "." + child;
  }
  std::string key_text(PickleIndex key) const {
    const PickleValue& value = pickle_.values[key];
    if (const auto* const text = std::get_if<std::string>(&value)) return *text;
    if (const auto* const number = std::get_if<std::int64_t>(&value))
      return std::to_string(*number);
    damaged_file(path_, "it has a dictionary with a key that is neither a string nor an integer");
  }

  const Pickle& pickle_;
  const std::filesystem::path& path_;
  std::size_t visits_ = 0;
};

bool has_tensors(const Pickle& pickle, PickleIndex index) {
  const auto* const dict =
      index < pickle.values.size() ? std::get_if<PickleDict>(&pickle.values[index]) : nullptr;
  return dict != nullptr &&
         std::any_of(dict->items.begin(), dict->items.end(), [&](const auto& item) {
           return std::holds_alternative<PickleTensor>(pickle.values[item.second]);
         });
}

bool is_our_checkpoint(const Pickle& pickle) {
  const PickleIndex format = pickle.find(pickle.root, "format");
  if (format == pickle.values.size()) return false;
  const auto* const text = std::get_if<std::string>(&pickle.values[format]);
  return text != nullptr && text->starts_with("faceshot-checkpoint");
}

/// Key of the dictionary to read; empty: all.
std::string find_part(const Pickle& pickle) {
  if (has_tensors(pickle, pickle.root)) return {};
  if (is_our_checkpoint(pickle) && has_tensors(pickle, pickle.find(pickle.root, "ema")))
    return "ema";
  for (const char* const key : {"state_dict", "model_state_dict", "model"})
    if (has_tensors(pickle, pickle.find(pickle.root, key))) return key;
  return {};
}

/// Fills in the tensors that are views of one storage.
void fill(ZipReader& zip, const PickleStorage& storage, const std::vector<WantedParts>& wanted,
          const MemoryBudget& budget, const std::filesystem::path& path,
          std::vector<NamedArray>& arrays) {
  const auto count = static_cast<std::uint64_t>(storage.count);
  const auto require = [&](bool good) {
    if (!good)
      damaged_file(
          path, "the elements of '" + arrays[wanted.front().array].name + "' have the wrong count");
  };
  require(count <= budget.left() / sizeof(double));
  for (const WantedParts& view : wanted)
    require(view.tensor->storage.count == storage.count &&
            view.tensor->storage.type == storage.type);
  const std::uint64_t bytes = count * element_size(storage.type);
  const std::string data = zip.read(bytes + 1);
  require(data.size() == bytes);
  const std::vector<float> elements = to_floats(data, storage.type);
  for (const WantedParts& view : wanted) {
    const PickleTensor& tensor = *view.tensor;
    arrays[view.array].values =
        gather_strided(elements, tensor.shape, tensor.strides, tensor.offset);
  }
}

}  // namespace

TorchFile read_torch_file(const std::filesystem::path& path) {
  MemoryBudget budget(path, InputFile(path).size());
  const PickleEntry entry = find_pickle(path);
  const Pickle pickle = read_pickle(entry.bytes, path);
  TorchFile file{find_part(pickle), {}};
  Collector collector(pickle, path);
  collector.collect(file.part.empty() ? pickle.root : pickle.find(pickle.root, file.part), "", 0);
  if (collector.tensors.empty()) damaged_file(path, "there is no tensor in it");

  std::map<std::string, std::vector<WantedParts>> by_entry;
  for (const auto& [name, tensor] : collector.tensors) {
    (void)budget.take(tensor->shape, name);
    by_entry[entry.folder + "data/" + tensor->storage.key].push_back({tensor, file.arrays.size()});
    file.arrays.push_back({name, element_name(tensor->storage.type), tensor->shape, {}});
  }
  ZipReader zip(path);
  while (zip.next()) {
    const auto found = by_entry.find(zip.name());
    if (found == by_entry.end()) continue;
    const std::vector<WantedParts>& wanted = found->second;
    fill(zip, wanted.front().tensor->storage, wanted, budget, path, file.arrays);
    by_entry.erase(found);
  }
  if (!by_entry.empty())
    damaged_file(path, "the elements of '" +
                           file.arrays[by_entry.begin()->second.front().array].name +
                           "' are missing");
  return file;
}

}  // namespace faceshot::weights
