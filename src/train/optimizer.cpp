#include "train/optimizer.hpp"

#include "faceshot/error.hpp"
#include "model/torch_arrays.hpp"

namespace faceshot {
namespace {

template <typename Algorithm, typename Options>
std::unique_ptr<torch::optim::Optimizer> make(const TorchNetwork::Named& parameters,
                                              const TrainOptions& options) {
  std::vector<torch::Tensor> decayed;
  std::vector<torch::Tensor> plain;
  for (const auto& [name, tensor] : parameters)
    (tensor.dim() > 1 ? decayed : plain).push_back(tensor);
  const double rate = static_cast<double>(options.learning_rate);
  std::vector<torch::optim::OptimizerParamGroup> groups;
  groups.emplace_back(std::move(decayed), std::make_unique<Options>(Options(rate).weight_decay(
                                              static_cast<double>(options.weight_decay))));
  groups.emplace_back(std::move(plain), std::make_unique<Options>(Options(rate).weight_decay(0)));
  return std::make_unique<Algorithm>(std::move(groups), Options(rate));
}

template <typename State>
void collect(torch::optim::Optimizer& optimizer, const TorchNetwork::Named& parameters,
             Weights& into) {
  for (const auto& [name, tensor] : parameters) {
    const auto found = optimizer.state().find(c10::guts::to_string(tensor.unsafeGetTensorImpl()));
    if (found == optimizer.state().end()) continue;
    const auto& state = static_cast<const State&>(*found->second);
    into["exp_avg/" + name] = to_array(state.exp_avg());
    into["exp_avg_sq/" + name] = to_array(state.exp_avg_sq());
  }
}

template <typename State>
void restore(torch::optim::Optimizer& optimizer, const TorchNetwork::Named& parameters,
             const Weights& from, std::int64_t steps) {
  const auto get = [&](const std::string& key, const torch::Tensor& like) {
    const auto found = from.find(key);
    if (found == from.end())
      throw Error(ErrorCode::format, "optimizer state: '" + key + "' is missing");
    torch::Tensor tensor = torch::zeros_like(like, torch::MemoryFormat::Preserve);
    copy_array(found->second, tensor, key);
    return tensor;
  };
  for (const auto& [name, tensor] : parameters) {
    auto state = std::make_unique<State>();
    state->step(steps);
    state->exp_avg(get("exp_avg/" + name, tensor));
    state->exp_avg_sq(get("exp_avg_sq/" + name, tensor));
    optimizer.state()[c10::guts::to_string(tensor.unsafeGetTensorImpl())] = std::move(state);
  }
}

}  // namespace

Optimizer::Optimizer(const TorchNetwork& network, const TrainOptions& options)
    : parameters_(network.parameters()), decoupled_(options.optimizer == "adamw") {
  optimizer_ = decoupled_
                   ? make<torch::optim::AdamW, torch::optim::AdamWOptions>(parameters_, options)
                   : make<torch::optim::Adam, torch::optim::AdamOptions>(parameters_, options);
}

void Optimizer::zero_grad() { optimizer_->zero_grad(); }

void Optimizer::step(double learning_rate) {
  for (auto& group : optimizer_->param_groups()) group.options().set_lr(learning_rate);
  optimizer_->step();
}

Weights Optimizer::state() const {
  Weights all;
  if (decoupled_)
    collect<torch::optim::AdamWParamState>(*optimizer_, parameters_, all);
  else
    collect<torch::optim::AdamParamState>(*optimizer_, parameters_, all);
  return all;
}

void Optimizer::load(const Weights& state, std::int64_t steps) {
  const torch::NoGradGuard no_grad;
  if (state.empty()) return;
  if (decoupled_)
    restore<torch::optim::AdamWParamState>(*optimizer_, parameters_, state, steps);
  else
    restore<torch::optim::AdamParamState>(*optimizer_, parameters_, state, steps);
}

}  // namespace faceshot
