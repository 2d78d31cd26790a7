#include "train/step/optimizer.hpp"

#include <algorithm>
#include <string_view>

#include "base/parallel.hpp"
#include "faceshot/error.hpp"
#include "model/torch_arrays.hpp"
#include "network/parts.hpp"
#include "train/step/update_rules.hpp"

namespace faceshot::train {
namespace {

double rate_factor(const PartRates& rates, std::string_view part) {
  float factor = 1;
  if (part == "backbone") factor = rates.backbone;
  if (part == "neck") factor = rates.neck;
  if (part == "extras") factor = rates.extras;
  if (part == "heads") factor = rates.heads;
  return static_cast<double>(factor);
}

std::vector<std::string> average_names(const TrainOptions& options) {
  if (options.optimizer != "sgd") return {"exp_avg", "exp_avg_sq"};
  if (options.momentum > 0) return {"momentum"};
  return {};
}

/// The gradient in the memory order of the weight.
torch::Tensor ordered(const torch::Tensor& gradient, const torch::Tensor& weight) {
  if (gradient.strides() == weight.strides()) return gradient;
  return torch::empty_like(weight, torch::MemoryFormat::Preserve).copy_(gradient);
}

}  // namespace

Optimizer::Optimizer(const model::TorchNetwork& network, const TrainOptions& options)
    : options_(options), average_names_(average_names(options)) {
  for (const auto& [name, tensor] : network.parameters())
    parameters_.push_back(
        {.name = name,
         .weight = tensor,
         .rate_factor = rate_factor(options.rates, network::part_of(name)),
         .weight_decay = tensor.dim() > 1 ? static_cast<double>(options.weight_decay) : 0.0});
}

void Optimizer::zero_grad() {
  // Gradients are removed, not zeroed: autograd then hands over its own arrays instead of adding.
  for (Parameter& p : parameters_) p.weight.mutable_grad() = torch::Tensor();
}

void Optimizer::update(Parameter& p, double rate) const {
  const torch::Tensor gradient = ordered(p.weight.grad(), p.weight);
  if (p.averages.empty())
    for (std::size_t a = 0; a < average_names_.size(); ++a)
      p.averages.push_back(torch::zeros_like(p.weight, torch::MemoryFormat::Preserve));
  const bool first = p.steps++ == 0;
  const auto average = [&](std::size_t a) {
    return a < p.averages.size() ? p.averages[a].data_ptr<float>() : nullptr;
  };
  const auto count = static_cast<std::size_t>(p.weight.numel());
  auto* const weight = p.weight.data_ptr<float>();
  const auto* const from = gradient.data_ptr<float>();
  if (options_.optimizer == "sgd")
    sgd_step({.rate = rate,
              .weight_decay = p.weight_decay,
              .momentum = static_cast<double>(options_.momentum),
              .nesterov = options_.nesterov},
             first, from, average(0), weight, count);
  else
    adam_step(
        {.rate = rate, .weight_decay = p.weight_decay, .decoupled = options_.optimizer != "adam"},
        p.steps, from, average(0), average(1), weight, count);
  p.weight.unsafeGetTensorImpl()->bump_version();  // otherwise autograd would not notice the change
}

void Optimizer::step(double learning_rate) {
  base::parallel_for(parameters_.size(), torch::get_num_threads(), [&](std::size_t i) {
    const torch::NoGradGuard no_grad;  // thread-local
    Parameter& p = parameters_[i];
    if (p.weight.grad().defined()) update(p, learning_rate * p.rate_factor);
  });
}

OptimizerState Optimizer::state() const {
  OptimizerState all;
  for (const Parameter& p : parameters_) {
    if (p.averages.empty()) continue;
    for (std::size_t a = 0; a < average_names_.size(); ++a)
      all.arrays[average_names_[a] + "/" + p.name] = model::to_array(p.averages[a]);
    all.steps[p.name] = options_.optimizer == "sgd" ? 1 : p.steps;
  }
  return all;
}

void Optimizer::load(const OptimizerState& state) {
  for (Parameter& p : parameters_) {
    p.averages.clear();
    p.steps = 0;
    const auto steps = state.steps.find(p.name);
    if (steps == state.steps.end()) continue;
    p.steps = steps->second;
    for (const std::string& name : average_names_) {
      const std::string key = name + "/" + p.name;
      const auto found = state.arrays.find(key);
      if (found == state.arrays.end())
        throw Error(ErrorCode::format, "optimizer state: '" + key + "' is missing");
      p.averages.push_back(torch::zeros_like(p.weight, torch::MemoryFormat::Preserve));
      model::copy_array(found->second, p.averages.back(), key);
    }
  }
}

}  // namespace faceshot::train
