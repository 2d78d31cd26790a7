#include "train/optimizer.hpp"

#include <string_view>
#include <utility>

#include "faceshot/error.hpp"
#include "model/parts.hpp"
#include "model/torch_arrays.hpp"

namespace faceshot {
namespace {

double rate_factor(const PartRates& rates, std::string_view part) {
  float factor = 1;
  if (part == "backbone") factor = rates.backbone;
  if (part == "neck") factor = rates.neck;
  if (part == "extras") factor = rates.extras;
  if (part == "heads") factor = rates.heads;
  return static_cast<double>(factor);
}

/// Parameters with the same factor on the rate, and with weight decay or without.
using Groups = std::map<std::pair<double, bool>, std::vector<torch::Tensor>>;

Groups group(const TorchNetwork::Named& parameters, const TrainOptions& options) {
  Groups groups;
  for (const auto& [name, tensor] : parameters)
    groups[{rate_factor(options.rates, part_of(name)), tensor.dim() > 1}].push_back(tensor);
  return groups;
}

template <typename Algorithm, typename Options>
std::unique_ptr<torch::optim::Optimizer> make(const Groups& groups, const TrainOptions& options) {
  const double rate = static_cast<double>(options.learning_rate);
  const double decay = static_cast<double>(options.weight_decay);
  std::vector<torch::optim::OptimizerParamGroup> list;
  for (const auto& [key, tensors] : groups)
    list.emplace_back(
        tensors, std::make_unique<Options>(Options(rate).weight_decay(key.second ? decay : 0.0)));
  return std::make_unique<Algorithm>(std::move(list), Options(rate));
}

template <typename State>
void collect(torch::optim::Optimizer& optimizer, const TorchNetwork::Named& parameters,
             OptimizerState& into) {
  for (const auto& [name, tensor] : parameters) {
    const auto found = optimizer.state().find(c10::guts::to_string(tensor.unsafeGetTensorImpl()));
    if (found == optimizer.state().end()) continue;
    const auto& state = static_cast<const State&>(*found->second);
    into.arrays["exp_avg/" + name] = to_array(state.exp_avg());
    into.arrays["exp_avg_sq/" + name] = to_array(state.exp_avg_sq());
    into.steps[name] = state.step();
  }
}

template <typename State>
void restore(torch::optim::Optimizer& optimizer, const TorchNetwork::Named& parameters,
             const OptimizerState& from) {
  const auto get = [&](const std::string& key, const torch::Tensor& like) {
    const auto found = from.arrays.find(key);
    if (found == from.arrays.end())
      throw Error(ErrorCode::format, "optimizer state: '" + key + "' is missing");
    torch::Tensor tensor = torch::zeros_like(like, torch::MemoryFormat::Preserve);
    copy_array(found->second, tensor, key);
    return tensor;
  };
  for (const auto& [name, tensor] : parameters) {
    const auto steps = from.steps.find(name);
    if (steps == from.steps.end()) continue;
    auto state = std::make_unique<State>();
    state->step(steps->second);
    state->exp_avg(get("exp_avg/" + name, tensor));
    state->exp_avg_sq(get("exp_avg_sq/" + name, tensor));
    optimizer.state()[c10::guts::to_string(tensor.unsafeGetTensorImpl())] = std::move(state);
  }
}

}  // namespace

Optimizer::Optimizer(const TorchNetwork& network, const TrainOptions& options)
    : parameters_(network.parameters()), decoupled_(options.optimizer == "adamw") {
  const Groups groups = group(parameters_, options);
  for (const auto& [key, tensors] : groups) factors_.push_back(key.first);
  optimizer_ = decoupled_ ? make<torch::optim::AdamW, torch::optim::AdamWOptions>(groups, options)
                          : make<torch::optim::Adam, torch::optim::AdamOptions>(groups, options);
}

void Optimizer::zero_grad() { optimizer_->zero_grad(); }

void Optimizer::step(double learning_rate) {
  auto& groups = optimizer_->param_groups();
  for (std::size_t g = 0; g < groups.size(); ++g)
    groups[g].options().set_lr(learning_rate * factors_[g]);
  optimizer_->step();
}

OptimizerState Optimizer::state() const {
  OptimizerState all;
  if (decoupled_)
    collect<torch::optim::AdamWParamState>(*optimizer_, parameters_, all);
  else
    collect<torch::optim::AdamParamState>(*optimizer_, parameters_, all);
  return all;
}

void Optimizer::load(const OptimizerState& state) {
  const torch::NoGradGuard no_grad;
  if (decoupled_)
    restore<torch::optim::AdamWParamState>(*optimizer_, parameters_, state);
  else
    restore<torch::optim::AdamParamState>(*optimizer_, parameters_, state);
}

}  // namespace faceshot
