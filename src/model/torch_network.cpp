#include "model/torch_network.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/random.hpp"
#include "faceshot/error.hpp"
#include "model/torch_arrays.hpp"
#include "model/torch_layers.hpp"
#include "network/he_deviation.hpp"
#include "training_ops/add_upsampled.hpp"
#include "training_ops/convolution_batch_norm.hpp"
#include "training_ops/fork.hpp"
#include "training_ops/predictors.hpp"
#include "training_ops/tensor_element.hpp"

namespace faceshot::model {

using network::Activation;
using network::Layer;
using network::LayerKind;
using weights::Weights;

struct TorchNetwork::Step {
  const Layer* layer = nullptr;
  std::vector<std::size_t> inputs;    ///< slots; 0 is the image, i + 1 the output of step i
  std::vector<std::size_t> last_use;  ///< slots that no later step needs
  torch::Tensor weight, bias, running_mean, running_var;
  bool keeps_statistics = false;  ///< BatchNorm that runs as in evaluation, whatever train() says

  // A chain is one or two convolutions, a BatchNorm, a sum and an activation without other readers
  // in between; or an upsampling by 2 and a sum. In training they are computed together when the
  // last one is reached.
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::size_t chain = none;        ///< the BatchNorm or upsampling of this step's chain
  std::size_t chain_end = 0;       ///< in that step, like the following: the chain's last step
  std::size_t convolution = none;  ///< the step before it, if it is in the chain
  std::size_t depthwise = none;    ///< the step before that, likewise
  std::size_t residual = none;     ///< slot of the sum's other input
  Activation activation = Activation::none;

  std::size_t head = none;  ///< whose last layer it is, if all of these read one map

  std::vector<std::size_t> chain_reads;  ///< slots read by the chain that begins here
  std::size_t readers = 0;               ///< number of chains and heads that read the step's output
};

namespace {

torch::Tensor he_normal(const std::vector<std::int64_t>& shape, base::Random& random) {
  const auto deviation = static_cast<float>(network::he_deviation(shape));
  torch::Tensor tensor = torch::empty(shape);
  auto* const values = tensor.data_ptr<float>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i) values[i] = deviation * random.normal();
  return tensor.contiguous(torch::MemoryFormat::ChannelsLast);
}

/// SSD's scale of conv4_3: features of length 1 would be too small for training.
constexpr float first_l2_scale = 20;

torch::Tensor initial(const Layer& layer, const std::string& name,
                      const std::vector<std::int64_t>& shape, base::Random& random) {
  if (shape.size() == 4) return he_normal(shape, random);
  if (layer.kind == LayerKind::l2_norm) return torch::full(shape, first_l2_scale);
  const bool one = layer.kind == LayerKind::batch_norm &&
                   (name.ends_with(".weight") || name.ends_with(".running_var"));
  return torch::full(shape, one ? 1.0F : 0.0F);
}

/// [N, K*C, H, W] to [N, H*W*K, C]. The permuted view of a channels_last map is already in memory
/// order, so this costs nothing there.
torch::Tensor flatten_head(const torch::Tensor& map, std::int64_t values_per_prior) {
  return map.permute({0, 2, 3, 1}).reshape({map.size(0), -1, values_per_prior});
}

}  // namespace

TorchNetwork::TorchNetwork(network::NetworkSpec spec, std::uint64_t seed) : spec_(std::move(spec)) {
  network::validate(spec_);
  std::map<std::string, std::size_t> slot{{"input", 0}};
  base::Random random(seed, 0, 0, 2);
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
    for (const auto& [name, shape] : network::parameter_shapes(layer)) {
      const torch::Tensor value = initial(layer, name, shape, random);
      if (name.ends_with(".weight")) step.weight = parameter(name, value);
      if (name.ends_with(".bias")) step.bias = parameter(name, value);
      if (name.ends_with(".running_mean")) step.running_mean = buffer(name, value);
      if (name.ends_with(".running_var")) step.running_var = buffer(name, value);
    }
    steps_.push_back(std::move(step));
    slot[layer.name] = steps_.size();
  }

  // Heads start small and confident of background, so that the first steps are not spent on
  // unlearning thousands of false positives.
  const auto classes = static_cast<std::int64_t>(spec_.classes.size()) + 1;
  const torch::NoGradGuard no_grad;
  for (const network::Head& head : spec_.heads) {
    steps_[slot.at(head.loc) - 1].weight.mul_(0.1);
    if (!head.landmarks.empty()) steps_[slot.at(head.landmarks) - 1].weight.mul_(0.1);
    // The convolution that computes the logits, and how many it has per prior.
    const Step* conf = &steps_[slot.at(head.conf) - 1];
    std::int64_t logits = classes, background = 1;
    if (conf->layer->kind == LayerKind::max_out) {
      const std::vector<int>& runs = conf->layer->runs;
      logits = std::accumulate(runs.begin(), runs.end(), std::int64_t{0});
      background = runs.front();
      conf = &steps_[conf->inputs.front() - 1];
    }
    torch::Tensor weight = conf->weight, bias = conf->bias;
    weight.mul_(0.1);
    if (bias.defined())
      bias.view({-1, logits})
          .narrow(1, 0, background)
          .fill_(std::log(99.0 * static_cast<double>(classes - 1)));
  }

  for (const network::Head& head : spec_.heads) {
    head_slots_.emplace_back(slot.at(head.loc), slot.at(head.conf));
    if (!head.landmarks.empty()) landmark_slots_.push_back(slot.at(head.landmarks));
  }

  // A slot is released after its last reader, so that inference keeps few maps at a time.
  std::map<std::size_t, std::size_t> last_reader;
  for (std::size_t s = 0; s < steps_.size(); ++s)
    for (const std::size_t input : steps_[s].inputs) last_reader[input] = s;
  for (const auto& [loc, conf] : head_slots_) {
    last_reader.erase(loc);
    last_reader.erase(conf);
  }
  for (const std::size_t landmarks : landmark_slots_) last_reader.erase(landmarks);
  for (const auto& [input, reader] : last_reader) steps_[reader].last_use.push_back(input);

  find_chains();
  find_predictors();
  count_readers();
}

void TorchNetwork::count_readers() {
  std::vector<std::size_t> readers(steps_.size() + 1);
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    Step& first = steps_[s];
    if (first.chain != s) continue;
    const std::size_t begin = first.depthwise != Step::none     ? first.depthwise
                              : first.convolution != Step::none ? first.convolution
                                                                : s;
    first.chain_reads = {steps_[begin].inputs.front()};
    if (first.residual != Step::none && first.residual != first.chain_reads.front())
      first.chain_reads.push_back(first.residual);
    for (const std::size_t slot : first.chain_reads) ++readers[slot];
  }
  for (const auto& [loc, conf] : head_slots_)
    if (steps_[loc - 1].head != Step::none) ++readers[steps_[loc - 1].inputs.front()];
  for (std::size_t s = 0; s < steps_.size(); ++s) steps_[s].readers = readers[s + 1];
}

std::vector<std::size_t> TorchNetwork::head_slots(std::size_t head) const {
  std::vector<std::size_t> slots{head_slots_[head].first, head_slots_[head].second};
  if (!landmark_slots_.empty()) slots.push_back(landmark_slots_[head]);
  return slots;
}

void TorchNetwork::find_predictors() {
  for (std::size_t h = 0; h < head_slots_.size(); ++h) {
    const std::vector<std::size_t> slots = head_slots(h);
    const std::size_t map = steps_[slots.front() - 1].inputs.front();
    if (!std::all_of(slots.begin(), slots.end(),
                     [&](std::size_t slot) { return steps_[slot - 1].inputs.front() == map; }))
      continue;
    for (const std::size_t slot : slots) steps_[slot - 1].head = h;
    for (Step& step : steps_) std::erase(step.last_use, map);  // forward() reads it at the end
  }
}

bool TorchNetwork::predicts(const Step& step, const torch::Tensor& in) const {
  if (step.head == Step::none || !training_ || !has_type_to_convolve(in)) return false;
  const std::vector<std::size_t> slots = head_slots(step.head);
  return std::all_of(slots.begin(), slots.end(), [&](std::size_t slot) {
    return training_ops::is_fast_predictor(*steps_[slot - 1].layer, in);
  });
}

void TorchNetwork::find_chains() {
  std::vector<std::size_t> readers(steps_.size() + 1);
  for (const Step& step : steps_)
    for (const std::size_t input : step.inputs) ++readers[input];
  for (const auto& [loc, conf] : head_slots_) {
    ++readers[loc];
    ++readers[conf];
  }
  for (const std::size_t landmarks : landmark_slots_) ++readers[landmarks];

  // The only reader of `step`'s output, unless it is already in a chain.
  const auto next = [&](std::size_t step) {
    if (readers[step + 1] != 1) return Step::none;
    for (std::size_t n = step + 1; n < steps_.size(); ++n)
      for (const std::size_t input : steps_[n].inputs)
        if (input == step + 1) return steps_[n].chain == Step::none ? n : Step::none;
    return Step::none;  // a head
  };
  // From the end: a sum of two BatchNorms belongs to the later one.
  for (std::size_t s = steps_.size(); s-- > 0;) {
    Step& first = steps_[s];
    const bool norm = first.layer->kind == LayerKind::batch_norm;
    if (!norm && (first.layer->kind != LayerKind::upsample || first.layer->stride != 2)) continue;
    const auto take = [&](std::size_t step) {
      steps_[step].chain = s;
      first.chain_end = step;
    };
    std::size_t n = next(s);
    const bool sum = n != Step::none && steps_[n].layer->kind == LayerKind::add;
    if (norm || sum) take(s);
    if (sum) {
      const auto& inputs = steps_[n].inputs;
      first.residual = inputs[0] == s + 1 ? inputs[1] : inputs[0];
      take(n);
      n = next(n);
    }
    if (!norm) continue;
    if (n != Step::none &&
        (steps_[n].layer->kind == LayerKind::relu || steps_[n].layer->kind == LayerKind::relu6)) {
      first.activation =
          steps_[n].layer->kind == LayerKind::relu ? Activation::relu : Activation::relu6;
      take(n);
    }
    // The step whose only reader is another one, if it is a convolution. It is computed at the end
    // of the chain, when its input must still exist.
    const auto convolution_before = [&](std::size_t step) {
      const std::size_t slot = steps_[step].inputs.front();
      if (slot == 0 || readers[slot] != 1 || steps_[slot - 1].layer->kind != LayerKind::conv)
        return Step::none;
      const std::size_t read = steps_[slot - 1].inputs.front();
      for (std::size_t between = slot; between < first.chain_end; ++between) {
        const auto& released = steps_[between].last_use;
        if (steps_[between].chain != s &&
            std::find(released.begin(), released.end(), read) != released.end())
          return Step::none;
      }
      steps_[slot - 1].chain = s;
      return slot - 1;
    };
    first.convolution = convolution_before(s);
    if (first.convolution == Step::none || steps_[first.convolution].layer->kernel.height != 1)
      continue;
    const std::size_t slot = steps_[first.convolution].inputs.front();
    if (slot > 0 && steps_[slot - 1].layer->groups > 1)
      first.depthwise = convolution_before(first.convolution);
  }
}

TorchNetwork::~TorchNetwork() = default;
TorchNetwork::TorchNetwork(TorchNetwork&&) noexcept = default;
TorchNetwork& TorchNetwork::operator=(TorchNetwork&&) noexcept = default;

torch::Tensor TorchNetwork::compute_chain(const std::vector<torch::Tensor>& slots,
                                          const Step& first) const {
  const torch::Tensor other =
      first.residual == Step::none ? torch::Tensor() : slots[first.residual];
  torch::Tensor in = slots[first.inputs.front()];
  if (first.layer->kind == LayerKind::upsample) return training_ops::add_upsampled(other, in);
  const training_ops::BatchNormTensors norm{first.weight, first.bias, first.running_mean,
                                            first.running_var};
  if (first.convolution != Step::none) {
    const Step& before = steps_[first.convolution];
    if (first.depthwise != Step::none) {
      const Step& depthwise = steps_[first.depthwise];
      in = slots[depthwise.inputs.front()];
      if (has_type_to_convolve(in) &&
          training_ops::is_fast_separable(*depthwise.layer, *before.layer, in))
        return training_ops::separable_batch_norm(*depthwise.layer, in, depthwise.weight,
                                                  before.weight, norm, first.layer->epsilon, other,
                                                  first.activation, sum_over_processes_);
      in = fast_convolved(in, *depthwise.layer, depthwise.weight, depthwise.bias);
    } else {
      in = slots[before.inputs.front()];
    }
    if (has_type_to_convolve(in) && training_ops::is_fast_before_batch_norm(*before.layer, in))
      return training_ops::convolution_batch_norm(*before.layer, in, before.weight, norm,
                                                  first.layer->epsilon, other, first.activation,
                                                  sum_over_processes_);
    in = fast_convolved(in, *before.layer, before.weight, before.bias);
  }
  return training_ops::fused_batch_norm(in, norm, first.layer->epsilon, other, first.activation,
                                        sum_over_processes_);
}

bool TorchNetwork::in_chain(const Step& step, bool keep_all) const {
  return training_ && !keep_all && step.chain != Step::none && !steps_[step.chain].keeps_statistics;
}

torch::Tensor TorchNetwork::compute_layer(const std::vector<torch::Tensor>& slots, const Step& step,
                                          bool keep_all) const {
  const Layer& layer = *step.layer;
  torch::Tensor in = slots[step.inputs.front()];
  // In place if nobody reads the input later: a layer before a ReLU (BatchNorm, a sum, a
  // convolution) does not need its own output in the backward pass. A chain may.
  const bool in_place = !keep_all && !step.last_use.empty() && step.inputs.front() > 0 &&
                        !in_chain(steps_[step.inputs.front() - 1], keep_all);
  switch (layer.kind) {
    case LayerKind::conv:
      return training_ && !keep_all ? fast_convolved(in, layer, step.weight, step.bias)
                                    : convolved(in, layer, step.weight, step.bias);
    case LayerKind::batch_norm:
      return torch::batch_norm(in, step.weight, step.bias, step.running_mean, step.running_var,
                               training_ && !step.keeps_statistics, 0.1, layer.epsilon, false);
    case LayerKind::relu:
      return in_place ? torch::relu_(in) : torch::relu(in);
    case LayerKind::relu6:
      return faceshot::model::relu6(in);  // not the one of LibTorch
    case LayerKind::add:
      return in + slots[step.inputs.back()];
    case LayerKind::concat: {
      std::vector<torch::Tensor> parts;
      for (const std::size_t input : step.inputs) parts.push_back(slots[input]);
      return torch::cat(parts, 1);
    }
    case LayerKind::upsample:
      return torch::upsample_nearest2d(in, {in.size(2) * layer.stride, in.size(3) * layer.stride});
    case LayerKind::max_pool:
      return torch::max_pool2d(in, {layer.kernel.height, layer.kernel.width}, layer.stride,
                               {layer.padding.top, layer.padding.left}, 1, layer.ceil_mode);
    case LayerKind::avg_pool:
      return torch::avg_pool2d(in, {layer.kernel.height, layer.kernel.width}, layer.stride,
                               {layer.padding.top, layer.padding.left});
    case LayerKind::l2_norm:
      return in / in.norm(2, 1, true).clamp_min(1e-12) * step.weight.view({1, -1, 1, 1});
    case LayerKind::max_out:
      return largest_of_runs(in, layer.runs);
  }
  throw Error(ErrorCode::unsupported, spec_.name + ": unknown kind of layer: " + layer.name);
}

void TorchNetwork::compute(std::vector<torch::Tensor>& slots, bool keep_all) const {
  const auto release = [&](const Step& step) {
    for (const std::size_t dead : step.last_use) slots[dead].reset();
  };
  // Maps that several chains read, one handle per remaining reader.
  std::vector<std::vector<torch::Tensor>> forks(slots.size());
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    const Step& step = steps_[s];
    if (in_chain(step, keep_all)) {
      const Step& first = steps_[step.chain];
      if (s != first.chain_end) continue;
      for (const std::size_t slot : first.chain_reads)
        if (!forks[slot].empty()) {
          slots[slot] = forks[slot].back();
          forks[slot].pop_back();
        }
      slots[s + 1] = compute_chain(slots, first);
      if (step.readers > 1 && slots[s + 1].requires_grad() &&
          training_ops::has_fast_element(slots[s + 1]))
        forks[s + 1] = training_ops::fork(slots[s + 1], step.readers);
      const std::size_t begin = first.convolution == Step::none ? step.chain : first.convolution;
      for (std::size_t member = begin; member <= s; ++member)
        if (steps_[member].chain == step.chain) release(steps_[member]);
      continue;
    }
    const torch::Tensor& in = slots[step.inputs.front()];
    if (!keep_all && predicts(step, in)) continue;
    slots[s + 1] = compute_layer(slots, step, keep_all);
    if (!keep_all) release(step);
  }
  for (std::size_t slot = 0; slot < forks.size(); ++slot)
    if (!forks[slot].empty()) slots[slot] = forks[slot].back();  // for a head
}

std::vector<torch::Tensor> TorchNetwork::layer_outputs(
    const torch::Tensor& input, const std::vector<std::string>& layers) const {
  std::vector<torch::Tensor> slots(steps_.size() + 1);
  slots[0] = input;
  compute(slots, true);
  std::map<std::string, std::size_t> slot{{"input", 0}};
  for (std::size_t s = 0; s < steps_.size(); ++s) slot[steps_[s].layer->name] = s + 1;
  std::vector<torch::Tensor> outputs;
  for (const std::string& layer : layers) {
    const auto found = slot.find(layer);
    if (found == slot.end())
      throw Error(ErrorCode::not_found, spec_.name + " has no layer '" + layer + "'");
    outputs.push_back(slots[found->second]);
  }
  return outputs;
}

NetworkOutput TorchNetwork::forward(const torch::Tensor& input) const {
  std::vector<torch::Tensor> slots(steps_.size() + 1);
  slots[0] = input;
  compute(slots, false);
  const auto classes = static_cast<std::int64_t>(spec_.classes.size()) + 1;
  const std::int64_t values[] = {4, classes, 10};
  std::vector<torch::Tensor> levels[3];
  bool all_predicted = true;
  for (std::size_t h = 0; h < head_slots_.size(); ++h) {
    const std::vector<std::size_t> parts = head_slots(h);
    std::vector<training_ops::Predictor> predictors;
    for (std::size_t o = 0; o < parts.size(); ++o)
      if (slots[parts[o]].defined())
        levels[o].push_back(flatten_head(slots[parts[o]], values[o]));
      else
        predictors.push_back({steps_[parts[o] - 1].weight, steps_[parts[o] - 1].bias, values[o]});
    if (predictors.empty()) {
      all_predicted = false;
      continue;
    }
    const std::vector<torch::Tensor> predicted =
        training_ops::predict(slots[steps_[parts.front() - 1].inputs.front()], predictors);
    for (std::size_t o = 0; o < parts.size(); ++o) levels[o].push_back(predicted[o]);
  }
  const auto joined = [&](std::size_t o) {
    if (levels[o].empty()) return torch::Tensor();
    return all_predicted ? training_ops::join_levels(levels[o])
                         : torch::cat(levels[o], 1).to(torch::kFloat);
  };
  return {joined(0), joined(1), joined(2)};
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

}  // namespace faceshot::model
