#include "train/step/gradient_clipping.hpp"

#include <gtest/gtest.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "network/registry.hpp"

namespace faceshot::train {
namespace {

using model::TorchNetwork;

TorchNetwork small_network() {
  network::ModelOptions options;
  options.backbone = "faceshot_nano";
  options.alpha = 0.25F;
  TorchNetwork network(network::make_network(options), 1);
  torch::manual_seed(1);
  bool first = true;
  for (const auto& [name, parameter] : network.parameters()) {
    torch::Tensor p = parameter;
    if (!first) p.mutable_grad() = torch::randn_like(p);  // one has none
    first = false;
  }
  return network;
}

std::vector<torch::Tensor> parameters_of(const TorchNetwork& network) {
  std::vector<torch::Tensor> all;
  for (const auto& [name, parameter] : network.parameters()) all.push_back(parameter);
  return all;
}

TEST(ClipGradients, EqualsTorch) {
  for (const double largest : {0.5, 10.0, 1e6}) {
    const TorchNetwork ours = small_network();
    const TorchNetwork theirs = small_network();
    clip_gradients(ours, largest);
    torch::nn::utils::clip_grad_norm_(parameters_of(theirs), largest);
    const auto a = parameters_of(ours), b = parameters_of(theirs);
    for (std::size_t i = 0; i < a.size(); ++i) {
      ASSERT_EQ(a[i].grad().defined(), b[i].grad().defined());
      if (a[i].grad().defined()) {
        EXPECT_TRUE(torch::allclose(a[i].grad(), b[i].grad(), 1e-5, 1e-9)) << largest;
      }
    }
  }
}

TEST(ClipGradients, TakesGradientsInAnyOrderOfMemory) {
  const TorchNetwork network = small_network();
  double square = 0;
  for (torch::Tensor p : parameters_of(network)) {
    if (!p.grad().defined() || p.dim() != 4) continue;
    // Transposed, and with gaps.
    p.mutable_grad() = torch::randn({p.size(1), p.size(0), p.size(2), 2 * p.size(3)})
                           .transpose(0, 1)
                           .slice(3, 0, 2 * p.size(3), 2);
  }
  clip_gradients(network, 1);
  for (const torch::Tensor& p : parameters_of(network))
    if (p.grad().defined()) square += p.grad().to(torch::kDouble).square().sum().item<double>();
  EXPECT_NEAR(square, 1, 1e-5);
}

}  // namespace
}  // namespace faceshot::train
