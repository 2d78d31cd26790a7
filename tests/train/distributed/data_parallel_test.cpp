// Several processes with a part of each batch each end with the weights of one process with all of
// it.
#include <gtest/gtest.h>
#include <torch/autograd.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "loss/multibox_loss.hpp"
#include "model/torch_arrays.hpp"
#include "model/torch_network.hpp"
#include "network/network_builder.hpp"
#include "network/registry.hpp"
#include "train/distributed/gradient_buckets.hpp"
#include "train/distributed/processes.hpp"
#include "train/distributed/shared_loss.hpp"
#include "train/step/ema.hpp"
#include "train/step/optimizer.hpp"

namespace faceshot::train {
namespace {

using model::TorchNetwork;
using model::values_of;
using network::NetworkSpec;

constexpr int side = 64;
constexpr int whole_batch = 32;

/// Three convolutions with BatchNorm and one level of heads.
NetworkSpec shallow_network() {
  NetworkSpec spec;
  spec.name = "shallow";
  spec.size_divisor = 8;
  network::NetworkBuilder build(spec);
  network::Feature x = build.input();
  for (const int channels : {8, 16, 16})
    x = build.conv_bn_relu("c" + std::to_string(spec.layers.size()), x, channels, 3, 2);
  const auto predictor = [&](const char* name, int channels) {
    return build.conv(name, x, {.channels = channels, .kernel = {3, 3}, .bias = true}).layer;
  };
  spec.heads = {{x.layer, predictor("loc", 8), predictor("conf", 4), predictor("landmarks", 20)}};
  PriorLevel level;
  level.min_sizes = {16, 32};
  spec.priors.levels = {level};
  return spec;
}

NetworkSpec deep_network() {
  network::ModelOptions options;
  options.alpha = 0.25F;
  options.heads_landmarks = 5;
  return network::make_network(options);
}

/// Images of a step, the same in every process. Few faces, unevenly distributed.
struct Samples {
  torch::Tensor images;
  std::vector<std::vector<geometry::Annotation>> faces;

  explicit Samples(std::uint32_t step) : faces(whole_batch) {
    torch::manual_seed(step);
    images = torch::randn({whole_batch, 3, side, side});
    for (std::uint32_t i = 0; i < whole_batch; ++i) {
      base::Random random(3, step, i);
      for (std::uint32_t f = 0; f < random.below(i < 16 ? 2 : 5); ++f) {
        const auto size = static_cast<float>(10 + random.below(30));
        const auto x = static_cast<float>(random.below(30));
        const auto y = static_cast<float>(random.below(30));
        geometry::Annotation face;
        face.box = {x, y, x + size, y + size};
        if (f % 2 == 0) {
          face.landmarks.emplace().fill({x + size * 0.5F, x + size * 0.5F});
        }
        faces[i].push_back(face);
      }
    }
  }
};

/// One training run over a part of each batch.
class PartRun {
 public:
  /// @param group null: alone
  PartRun(const NetworkSpec& spec, const std::string& optimizer, double rate,
          ProcessGroup* group = nullptr)
      : group_(group), rate_(rate), network_(spec, 1), optimizer_(network_, options(optimizer)) {
    grid_ = loss::make_prior_grid(network_.spec().priors, side, side,
                                  network::feature_sizes(network_.spec(), side, side));
    ema_.emplace(network_, 0.9F);
    if (group_ == nullptr) return;
    network_.sum_over_processes([this](torch::Tensor& sums) {
      group_->sum({sums.data_ptr<double>(), static_cast<std::size_t>(sums.numel())});
    });
    buckets_.emplace(network_, *group_, 1U << 14U);
  }

  loss::MultiboxResult step(std::uint32_t number, int first, int count) {
    const Samples samples(number);
    const auto out = network_.forward(
        samples.images.narrow(0, first, count).contiguous(torch::MemoryFormat::ChannelsLast));
    const auto loc = out.loc.contiguous();
    const auto conf = out.conf.contiguous();
    const auto landmarks = out.landmarks.contiguous();
    loss::MultiboxResult loss;
    loss::multibox_loss(
        values_of(loc), values_of(conf), values_of(landmarks), grid_,
        network_.spec().priors.variances,
        std::span(samples.faces)
            .subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)),
        1, {}, 1, loss);
    if (group_ != nullptr) {
      EXPECT_FALSE(share_loss(loss, *group_));
    }
    optimizer_.zero_grad();
    torch::autograd::backward({loc, conf, landmarks},
                              {torch::from_blob(loss.loc_gradient.data(), loc.sizes()),
                               torch::from_blob(loss.conf_gradient.data(), conf.sizes()),
                               torch::from_blob(loss.landmark_gradient.data(), landmarks.sizes())});
    if (buckets_) buckets_->finish();
    std::vector<torch::Tensor> tensors;
    for (const auto& [name, tensor] : network_.parameters()) tensors.push_back(tensor);
    norm_ = torch::nn::utils::clip_grad_norm_(tensors, 5.0);
    optimizer_.step(rate_);
    ema_->update(network_, number);
    return loss;
  }

  TorchNetwork& network() { return network_; }
  TorchNetwork& average() { return ema_->network(); }
  [[nodiscard]] double norm() const { return norm_; }
  GradientBuckets& buckets() { return *buckets_; }

 private:
  static TrainOptions options(const std::string& optimizer) {
    TrainOptions o;
    o.optimizer = optimizer;
    return o;
  }

  ProcessGroup* group_;
  double rate_;
  TorchNetwork network_;
  Optimizer optimizer_;
  std::optional<Ema> ema_;
  std::optional<GradientBuckets> buckets_;
  loss::PriorGrid grid_;
  double norm_ = 0;
};

double largest_difference(const TorchNetwork& a, const TorchNetwork& b) {
  const weights::Weights wa = a.weights();
  const weights::Weights wb = b.weights();
  double largest = 0;
  for (const auto& [name, array] : wa)
    for (std::size_t i = 0; i < array.values.size(); ++i)
      largest = std::max(largest, std::abs(static_cast<double>(array.values[i]) -
                                           static_cast<double>(wb.at(name).values[i])));
  return largest;
}

void expect_same_everywhere(const TorchNetwork& network, ProcessGroup& group) {
  for (const auto& [name, array] : network.weights()) {
    std::vector<float> first = array.values;
    group.broadcast(first);
    EXPECT_EQ(first, array.values) << name;
  }
}

/// 50 steps of one process with the whole batch, and of all processes with a part each.
void expect_equal_weights(double rate) {
  torch::set_num_threads(1);
  ProcessGroup group(read_process_environment());
  const NetworkSpec spec = shallow_network();
  PartRun alone(spec, "sgd", rate);
  PartRun together(spec, "sgd", rate, &group);
  EXPECT_GT(together.buckets().count(), 1U);
  const int part = whole_batch / group.size();
  for (std::uint32_t step = 0; step < 50; ++step) {
    const auto whole = alone.step(step, 0, whole_batch);
    const auto shared = together.step(step, group.rank() * part, part);
    EXPECT_EQ(shared.positives, whole.positives);
    EXPECT_EQ(shared.landmark_positives, whole.landmark_positives);
    EXPECT_EQ(shared.negatives, whole.negatives);
    EXPECT_NEAR(shared.total(), whole.total(), 1e-5 * whole.total());
    EXPECT_NEAR(together.norm(), alone.norm(), 1e-3 * alone.norm());
  }
  // Otherwise there would be nothing to compare.
  EXPECT_GT(largest_difference(alone.network(), TorchNetwork(spec, 1)), 0.01);
  EXPECT_LE(largest_difference(alone.network(), together.network()), 1e-5);
  EXPECT_LE(largest_difference(alone.average(), together.average()), 1e-5);
  expect_same_everywhere(together.network(), group);
  expect_same_everywhere(together.average(), group);
}

TEST(DataParallel, TwoProcessesEqualOneWithTheWholeBatch) {
  // 1e-7 here; at a rate of 1e-3 a ReLU may switch in one step due to rounding: then 1e-5.
  if (testing::among_processes(2)) expect_equal_weights(5e-4);
}

TEST(DataParallel, FourProcessesEqualOneWithTheWholeBatch) {
  if (testing::among_processes(4)) expect_equal_weights(3e-4);
}

TEST(DataParallel, ADeepNetworkDiffersByNoMoreThanRounding) {
  // With any number of processes, rounding errors grow from step to step: units switch, negatives
  // tie. The yardstick is a run of one process whose initial weights differ by a rounding error.
  if (!testing::among_processes(2)) return;
  torch::set_num_threads(1);
  ProcessGroup group(read_process_environment());
  const NetworkSpec spec = deep_network();
  PartRun alone(spec, "sgd", 1e-3);
  PartRun together(spec, "sgd", 1e-3, &group);
  PartRun rounded(spec, "sgd", 1e-3);
  torch::manual_seed(11);
  {
    const torch::NoGradGuard no_grad;
    for (const auto& [name, tensor] : rounded.network().parameters()) {
      torch::Tensor parameter = tensor;
      parameter.mul_(1 + 1e-7 * torch::randn_like(parameter));
    }
  }
  const int part = whole_batch / group.size();
  for (std::uint32_t step = 0; step < 30; ++step) {
    const auto whole = alone.step(step, 0, whole_batch);
    (void)rounded.step(step, 0, whole_batch);
    const auto shared = together.step(step, group.rank() * part, part);
    if (step >= 3) continue;
    EXPECT_NEAR(shared.total(), whole.total(), 1e-5 * whole.total());
    EXPECT_NEAR(together.norm(), alone.norm(), 1e-3 * alone.norm());
  }
  EXPECT_LE(largest_difference(alone.network(), together.network()),
            20 * largest_difference(alone.network(), rounded.network()));
  expect_same_everywhere(together.network(), group);
}

TEST(DataParallel, AdamwDiffersByLessThanOneOfItsSteps) {
  // Adam moves each weight by about the rate, whether its gradient is 1 or a rounding error of 0.
  if (!testing::among_processes(2)) return;
  torch::set_num_threads(1);
  ProcessGroup group(read_process_environment());
  const NetworkSpec spec = shallow_network();
  constexpr double rate = 1e-3;
  PartRun alone(spec, "adamw", rate);
  PartRun together(spec, "adamw", rate, &group);
  for (std::uint32_t step = 0; step < 30; ++step) {
    (void)alone.step(step, 0, whole_batch);
    (void)together.step(step, 16 * group.rank(), 16);
  }
  EXPECT_GT(largest_difference(alone.network(), TorchNetwork(spec, 1)), 10 * rate);
  EXPECT_LE(largest_difference(alone.network(), together.network()), rate);
  expect_same_everywhere(together.network(), group);
  expect_same_everywhere(together.average(), group);
}

TEST(DataParallel, BucketsFollowWhatLearns) {
  if (!testing::among_processes(2)) return;
  ProcessGroup group(read_process_environment());
  TorchNetwork network(deep_network(), 1);
  std::set<std::string> backbone;
  for (const network::Layer& layer : network.spec().layers)
    if (layer.name.starts_with("backbone.")) backbone.insert(layer.name);
  network.freeze(backbone, true);
  const auto pass = [&] {
    for (const auto& [name, tensor] : network.parameters()) {
      torch::Tensor parameter = tensor;
      parameter.mutable_grad() = torch::Tensor();
    }
    const auto out = network.forward(torch::rand({1, 3, side, side}));
    // The landmark predictors get no gradient.
    (out.loc.sum() + out.conf.sum()).backward();
  };
  const auto check = [&](bool frozen) {
    for (const auto& [name, tensor] : network.parameters()) {
      const bool reached = name.find(".landmarks.") == std::string::npos &&
                           !(frozen && name.starts_with("backbone."));
      EXPECT_EQ(tensor.grad().defined(), reached) << name;
      if (!reached) continue;
      auto first = model::to_array(tensor.grad()).values;
      group.broadcast(first);
      EXPECT_EQ(first, model::to_array(tensor.grad()).values) << name;
    }
  };
  torch::manual_seed(static_cast<std::uint64_t>(group.rank()));
  {
    GradientBuckets buckets(network, group, 4096);
    pass();
    buckets.finish();
    check(true);
  }
  network.freeze({}, false);
  GradientBuckets buckets(network, group, 4096);
  pass();
  buckets.finish();
  check(false);
}

}  // namespace
}  // namespace faceshot::train
