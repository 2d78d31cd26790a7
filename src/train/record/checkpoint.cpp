#include "train/record/checkpoint.hpp"

#include <torch/serialize.h>
#include <torch/types.h>

#include <fstream>
#include <iterator>
#include <vector>

#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"

namespace faceshot::train {
namespace {

using weights::Weights;

constexpr const char* format_name = "faceshot-checkpoint-1";

using Dictionary = c10::Dict<std::string, torch::Tensor>;
using Root = c10::Dict<std::string, c10::IValue>;

Dictionary to_dictionary(const Weights& weights) {
  Dictionary dictionary;
  for (const auto& [name, array] : weights)
    dictionary.insert(
        name, torch::from_blob(const_cast<float*>(array.values.data()), array.shape).clone());
  return dictionary;
}

template <typename Value>
c10::Dict<std::string, Value> to_dictionary(const std::map<std::string, Value>& map) {
  c10::Dict<std::string, Value> dictionary;
  for (const auto& [name, value] : map) dictionary.insert(name, value);
  return dictionary;
}

Weights to_weights(const c10::IValue& value) {
  Weights weights;
  for (const auto& entry : value.toGenericDict()) {
    const torch::Tensor tensor = entry.value().toTensor().to(torch::kFloat).contiguous();
    const auto* const first = tensor.data_ptr<float>();
    weights[entry.key().toStringRef()] = {tensor.sizes().vec(),
                                          std::vector<float>(first, first + tensor.numel())};
  }
  return weights;
}

std::map<std::string, std::int64_t> to_counts(const c10::IValue& value) {
  std::map<std::string, std::int64_t> counts;
  for (const auto& entry : value.toGenericDict())
    counts[entry.key().toStringRef()] = entry.value().toInt();
  return counts;
}

}  // namespace

void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  c10::impl::GenericDict root(c10::StringType::get(), c10::AnyType::get());
  root.insert("format", std::string(format_name));
  root.insert("config", checkpoint.config);
  root.insert("model", to_dictionary(checkpoint.model));
  root.insert("ema", to_dictionary(checkpoint.ema));
  root.insert("optimizer", to_dictionary(checkpoint.optimizer));
  if (!checkpoint.optimizer_steps.empty())
    root.insert("optimizer_steps", to_dictionary(checkpoint.optimizer_steps));
  root.insert("counters", to_dictionary(checkpoint.counters));
  root.insert("scalars", to_dictionary(checkpoint.scalars));
  if (!checkpoint.notes.empty()) root.insert("notes", to_dictionary(checkpoint.notes));
  const std::vector<char> bytes = torch::pickle_save(root);
  support::write_file_atomically(path, {bytes.data(), bytes.size()});
}

Checkpoint load_checkpoint(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(ErrorCode::not_found, "checkpoint '" + path.string() + "' cannot be read");
  const std::vector<char> bytes((std::istreambuf_iterator<char>(in)),
                                std::istreambuf_iterator<char>());
  try {
    const auto root = torch::pickle_load(bytes).toGenericDict();
    if (root.at("format").toStringRef() != format_name)
      throw Error(ErrorCode::format,
                  "'" + path.string() + "' is a checkpoint from a different version");
    Checkpoint checkpoint;
    checkpoint.config = root.at("config").toStringRef();
    checkpoint.model = to_weights(root.at("model"));
    checkpoint.ema = to_weights(root.at("ema"));
    checkpoint.optimizer = to_weights(root.at("optimizer"));
    checkpoint.counters = to_counts(root.at("counters"));
    if (root.contains("optimizer_steps"))
      checkpoint.optimizer_steps = to_counts(root.at("optimizer_steps"));
    else
      for (const auto& [key, array] : checkpoint.optimizer)
        checkpoint.optimizer_steps[key.substr(key.find('/') + 1)] = checkpoint.counters.at("step");
    for (const auto& entry : root.at("scalars").toGenericDict())
      checkpoint.scalars[entry.key().toStringRef()] = entry.value().toDouble();
    if (root.contains("notes"))
      for (const auto& entry : root.at("notes").toGenericDict())
        checkpoint.notes[entry.key().toStringRef()] = entry.value().toStringRef();
    return checkpoint;
  } catch (const Error&) {
    throw;
  } catch (const std::exception&) {
    // Torch's own messages contain many lines of C++ stack.
    throw Error(ErrorCode::format, "'" + path.string() +
                                       "' is damaged or not a FaceShot checkpoint; use last.pt or "
                                       "best.pt of a run folder");
  }
}

}  // namespace faceshot::train
