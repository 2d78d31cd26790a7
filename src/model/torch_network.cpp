#include "model/torch_network.hpp"

#include <cmath>
#include <map>

#include "faceshot/error.hpp"
#include "faceshot/random.hpp"
#include "model/torch_arrays.hpp"

namespace faceshot {

struct TorchNetwork::Step {
  const Layer* layer = nullptr;
  std::vector<std::size_t> inputs;    ///< slots; 0 is the image, i + 1 the output of step i
  std::vector<std::size_t> last_use;  ///< slots that no later step needs
  torch::Tensor weight, bias, running_mean, running_var;
  bool keeps_statistics = false;  ///< BatchNorm that runs as in evaluation, whatever train() says
};

namespace {

torch::Tensor he_normal(std::vector<std::int64_t> shape, Random& random) {
  // Scaled by fan-out, as torchvision does for MobileNet: right for depthwise layers too.
  const double fan_out = static_cast<double>(shape[0] * shape[2] * shape[3]);
  const double groups_correction = shape[1] == 1 ? static_cast<double>(shape[0]) : 1.0;
  const auto deviation = static_cast<float>(std::sqrt(2.0 * groups_correction / fan_out));
  torch::Tensor tensor = torch::empty(shape);
  auto* const values = tensor.data_ptr<float>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i) values[i] = deviation * random.normal();
  return tensor.contiguous(torch::MemoryFormat::ChannelsLast);
}

/// [N, K*C, H, W] to [N, H*W*K, C]. The permuted view of a channels_last map is already in memory
/// order, so this costs nothing there.
torch::Tensor flatten_head(const torch::Tensor& map, std::int64_t values_per_prior) {
  return map.permute({0, 2, 3, 1}).reshape({map.size(0), -1, values_per_prior});
}

}  // namespace

TorchNetwork::TorchNetwork(NetworkSpec spec, std::uint64_t seed) : spec_(std::move(spec)) {
  validate(spec_);
  std::map<std::string, std::size_t> slot{{"input", 0}};
  Random random(seed, 0, 0, 2);
  const auto parameter = [&](const std::string& name, torch::Tensor value) {
    parameters_.emplace_back(name, value.set_requires_grad(true));
    return parameters_.back().second;
  };
  const auto buffer = [&](const std::string& name, const torch::Tensor& value) {
    buffers_.emplace_back(name, value);
    return value;
  };
  for (const Layer& layer : spec_.layers) {
    Step step;
    step.layer = &layer;
    for (const std::string& input : layer.inputs) step.inputs.push_back(slot.at(input));
    if (layer.kind == LayerKind::conv) {
      step.weight = parameter(layer.name + ".weight",
                              he_normal({layer.out_channels, layer.in_channels / layer.groups,
                                         layer.kernel, layer.kernel},
                                        random));
      if (layer.bias) step.bias = parameter(layer.name + ".bias", torch::zeros(layer.out_channels));
    } else if (layer.kind == LayerKind::batch_norm) {
      step.weight = parameter(layer.name + ".weight", torch::ones(layer.out_channels));
      step.bias = parameter(layer.name + ".bias", torch::zeros(layer.out_channels));
      step.running_mean = buffer(layer.name + ".running_mean", torch::zeros(layer.out_channels));
      step.running_var = buffer(layer.name + ".running_var", torch::ones(layer.out_channels));
    }
    steps_.push_back(std::move(step));
    slot[layer.name] = steps_.size();
  }

  // Heads start small and sure of background: the first steps are then not spent on unlearning
  // thousands of false positives.
  const auto classes = static_cast<std::int64_t>(spec_.classes.size()) + 1;
  const torch::NoGradGuard no_grad;
  for (const Head& head : spec_.heads) {
    for (const std::string& name : {head.loc, head.conf})
      steps_[slot.at(name) - 1].weight.mul_(0.1);
    if (!head.landmarks.empty()) steps_[slot.at(head.landmarks) - 1].weight.mul_(0.1);
    torch::Tensor& bias = steps_[slot.at(head.conf) - 1].bias;
    if (bias.defined())
      bias.view({-1, classes})
          .select(1, 0)
          .fill_(std::log(99.0 * static_cast<double>(classes - 1)));
  }

  for (const Head& head : spec_.heads) {
    head_slots_.emplace_back(slot.at(head.loc), slot.at(head.conf));
    if (!head.landmarks.empty()) landmark_slots_.push_back(slot.at(head.landmarks));
  }

  // A slot is released after its last reader, so that inference needs few maps at a time.
  std::map<std::size_t, std::size_t> last_reader;
  for (std::size_t s = 0; s < steps_.size(); ++s)
    for (const std::size_t input : steps_[s].inputs) last_reader[input] = s;
  for (const auto& [loc, conf] : head_slots_) {
    last_reader.erase(loc);
    last_reader.erase(conf);
  }
  for (const std::size_t landmarks : landmark_slots_) last_reader.erase(landmarks);
  for (const auto& [input, reader] : last_reader) steps_[reader].last_use.push_back(input);
}

TorchNetwork::~TorchNetwork() = default;
TorchNetwork::TorchNetwork(TorchNetwork&&) noexcept = default;
TorchNetwork& TorchNetwork::operator=(TorchNetwork&&) noexcept = default;

NetworkOutput TorchNetwork::forward(const torch::Tensor& input) const {
  std::vector<torch::Tensor> slots(steps_.size() + 1);
  slots[0] = input;
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    const Step& step = steps_[s];
    const Layer& layer = *step.layer;
    const torch::Tensor& in = slots[step.inputs.front()];
    torch::Tensor out;
    switch (layer.kind) {
      case LayerKind::conv:
        out = torch::conv2d(in, step.weight, step.bias, layer.stride, layer.padding, layer.dilation,
                            layer.groups);
        break;
      case LayerKind::batch_norm:
        out = torch::batch_norm(in, step.weight, step.bias, step.running_mean, step.running_var,
                                training_ && !step.keeps_statistics, 0.1, layer.epsilon, false);
        break;
      case LayerKind::relu:
        // In place where nobody reads the input later: what comes before a ReLU (BatchNorm, a sum)
        // does not need its own output in the backward pass.
        out = step.last_use.empty() ? torch::relu(in) : torch::relu_(slots[step.inputs.front()]);
        break;
      case LayerKind::add:
        out = in + slots[step.inputs.back()];
        break;
      case LayerKind::upsample:
        out = torch::upsample_nearest2d(in, {in.size(2) * layer.stride, in.size(3) * layer.stride});
        break;
      case LayerKind::max_pool:
        out = torch::max_pool2d(in, layer.kernel, layer.stride, layer.padding);
        break;
    }
    slots[s + 1] = out;
    for (const std::size_t dead : step.last_use) slots[dead].reset();
  }
  const auto classes = static_cast<std::int64_t>(spec_.classes.size()) + 1;
  std::vector<torch::Tensor> locs;
  std::vector<torch::Tensor> confs;
  for (const auto& [loc, conf] : head_slots_) {
    locs.push_back(flatten_head(slots[loc], 4));
    confs.push_back(flatten_head(slots[conf], classes));
  }
  NetworkOutput output{torch::cat(locs, 1).to(torch::kFloat),
                       torch::cat(confs, 1).to(torch::kFloat), torch::Tensor()};
  if (landmark_slots_.empty()) return output;
  std::vector<torch::Tensor> landmarks;
  for (const std::size_t slot : landmark_slots_) landmarks.push_back(flatten_head(slots[slot], 10));
  output.landmarks = torch::cat(landmarks, 1).to(torch::kFloat);
  return output;
}

void TorchNetwork::freeze(const std::set<std::string>& layers, bool batch_norm_too) {
  for (const auto& [name, parameter] : parameters_) {
    const bool frozen = layers.contains(name.substr(0, name.rfind('.')));
    torch::Tensor tensor = parameter;  // the same parameter: tensors are handles
    tensor.set_requires_grad(!frozen);
    if (frozen) tensor.mutable_grad() = torch::Tensor();
  }
  for (Step& step : steps_)
    step.keeps_statistics = batch_norm_too && layers.contains(step.layer->name);
}

Weights TorchNetwork::weights() const {
  Weights all;
  for (const Named* const group : {&parameters_, &buffers_})
    for (const auto& [name, tensor] : *group) all[name] = to_array(tensor);
  return all;
}

void TorchNetwork::load(const Weights& weights) {
  const torch::NoGradGuard no_grad;
  for (const Named* const group : {&parameters_, &buffers_}) {
    for (const auto& [name, tensor] : *group) {
      const auto found = weights.find(name);
      if (found == weights.end())
        throw Error(ErrorCode::format, "weights of " + spec_.name + ": '" + name + "' is missing");
      copy_array(found->second, tensor, name);
    }
  }
}

}  // namespace faceshot
