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
std::unique_ptr<torch::optim::Optimizer> make(const Groups& groups, const Options& common,
                                              float weight_decay) {
  std::vector<torch::optim::OptimizerParamGroup> list;
  for (const auto& [key, tensors] : groups) {
    auto options = std::make_unique<Options>(common);
    options->weight_decay(key.second ? static_cast<double>(weight_decay) : 0.0);
    list.emplace_back(tensors, std::move(options));
  }
  return std::make_unique<Algorithm>(std::move(list), common);
}

std::unique_ptr<torch::optim::Optimizer> make(const Groups& groups, const TrainOptions& options) {
  using namespace torch::optim;
  const double rate = static_cast<double>(options.learning_rate);
  const float decay = options.weight_decay;
  if (options.optimizer == "sgd")
    return make<SGD>(
        groups,
        SGDOptions(rate).momentum(static_cast<double>(options.momentum)).nesterov(options.nesterov),
        decay);
  if (options.optimizer == "adam") return make<Adam>(groups, AdamOptions(rate), decay);
  return make<AdamW>(groups, AdamWOptions(rate), decay);
}

// What a parameter's state is made of, written and read back.

template <typename AdamState>
void write(const AdamState& state, const std::string& name, OptimizerState& into) {
  into.arrays["exp_avg/" + name] = to_array(state.exp_avg());
  into.arrays["exp_avg_sq/" + name] = to_array(state.exp_avg_sq());
  into.steps[name] = state.step();
}

void write(const torch::optim::SGDParamState& state, const std::string& name,
           OptimizerState& into) {
  into.arrays["momentum/" + name] = to_array(state.momentum_buffer());
  into.steps[name] = 1;
}

torch::Tensor array(const OptimizerState& from, const std::string& key, const torch::Tensor& like) {
  const auto found = from.arrays.find(key);
  if (found == from.arrays.end())
    throw Error(ErrorCode::format, "optimizer state: '" + key + "' is missing");
  torch::Tensor tensor = torch::zeros_like(like, torch::MemoryFormat::Preserve);
  copy_array(found->second, tensor, key);
  return tensor;
}

template <typename AdamState>
void read(const OptimizerState& from, const std::string& name, const torch::Tensor& like,
          AdamState& state) {
  state.step(from.steps.at(name));
  state.exp_avg(array(from, "exp_avg/" + name, like));
  state.exp_avg_sq(array(from, "exp_avg_sq/" + name, like));
}

void read(const OptimizerState& from, const std::string& name, const torch::Tensor& like,
          torch::optim::SGDParamState& state) {
  state.momentum_buffer(array(from, "momentum/" + name, like));
}

template <typename State>
void collect(torch::optim::Optimizer& optimizer, const TorchNetwork::Named& parameters,
             OptimizerState& into) {
  for (const auto& [name, tensor] : parameters) {
    const auto found = optimizer.state().find(c10::guts::to_string(tensor.unsafeGetTensorImpl()));
    if (found != optimizer.state().end())
      write(static_cast<const State&>(*found->second), name, into);
  }
}

template <typename State>
void restore(torch::optim::Optimizer& optimizer, const TorchNetwork::Named& parameters,
             const OptimizerState& from) {
  for (const auto& [name, tensor] : parameters) {
    if (!from.steps.contains(name)) continue;
    auto state = std::make_unique<State>();
    read(from, name, tensor, *state);
    optimizer.state()[c10::guts::to_string(tensor.unsafeGetTensorImpl())] = std::move(state);
  }
}

}  // namespace

Optimizer::Optimizer(const TorchNetwork& network, const TrainOptions& options)
    : parameters_(network.parameters()), kind_(options.optimizer) {
  const Groups groups = group(parameters_, options);
  for (const auto& [key, tensors] : groups) factors_.push_back(key.first);
  optimizer_ = make(groups, options);
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
  if (kind_ == "sgd")
    collect<torch::optim::SGDParamState>(*optimizer_, parameters_, all);
  else if (kind_ == "adam")
    collect<torch::optim::AdamParamState>(*optimizer_, parameters_, all);
  else
    collect<torch::optim::AdamWParamState>(*optimizer_, parameters_, all);
  return all;
}

void Optimizer::load(const OptimizerState& state) {
  const torch::NoGradGuard no_grad;
  if (kind_ == "sgd")
    restore<torch::optim::SGDParamState>(*optimizer_, parameters_, state);
  else if (kind_ == "adam")
    restore<torch::optim::AdamParamState>(*optimizer_, parameters_, state);
  else
    restore<torch::optim::AdamWParamState>(*optimizer_, parameters_, state);
}

}  // namespace faceshot
