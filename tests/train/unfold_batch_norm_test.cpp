// From an exported file back to a trainable network: the same function, with statistics that fit
// the data.
#include "train/start/unfold_batch_norm.hpp"

#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>
#include <cstring>
#include <fstream>

#include "data/test_folder.hpp"
#include "export/example_network.hpp"
#include "export/exporter.hpp"
#include "faceshot/network.hpp"
#include "model/torch_network.hpp"
#include "network/batch_norm_pairs.hpp"
#include "network/he_deviation.hpp"
#include "train/config/input.hpp"
#include "train/noise_set.hpp"
#include "train/start/prepare_run.hpp"
#include "train/step/ema.hpp"
#include "train/training_run.hpp"

namespace faceshot::train::unfold_batch_norm_test {
namespace {

using model::NetworkOutput;
using model::TorchNetwork;
using weights::Weights;

constexpr int side = 160;

struct Case {
  const char* name;
  std::vector<std::string> overrides;
};

const std::vector<std::string> three_levels{
    "model.alpha=0.25", "model.features=['C3','C4','C5']", "model.neck=none",
    "model.prior_sizes=[[24, 34], [48, 68], [96, 136]]", "model.heads.separable=false"};

std::vector<Case> cases() {
  const auto small = [](const char* backbone, std::vector<std::string> more = {}) {
    more.insert(more.begin(), three_levels.begin(), three_levels.end());
    more.push_back("model.backbone=" + std::string(backbone));
    return more;
  };
  return {{"nano", {}},
          {"nano_landmarks", {"model.heads.landmarks=5", "model.heads.shared=false"}},
          {"nano_max_out", {"model.heads.max_out=[3,1]"}},
          {"vgg16", small("vgg16", {"model.features=['C3','C4','extra1']"})},
          {"resnet18", small("resnet18")},
          {"mobilenet_v2", small("mobilenet_v2")},
          {"inception_v3", small("inception_v3")}};
}

class Unfolded : public ::testing::TestWithParam<Case> {
 protected:
  Config config(const std::vector<std::string>& overrides) const {
    std::vector<std::string> all{"data.train=" + testing::make_noise_set(folder_ / "data").string(),
                                 "data.val_fraction=0",
                                 "train.epochs=1",
                                 "train.batch_size=24",
                                 "train.threads=1",
                                 "train.precision=fp32",
                                 "augment.size=" + std::to_string(side),
                                 "augment.policy=[]"};
    all.insert(all.end(), overrides.begin(), overrides.end());
    return parse_config("", "test", all);
  }

  testing::TestFolder folder_;
};

void export_example(const Config& config, const std::filesystem::path& file) {
  exporter::ExportOptions options;
  options.tolerance = 1;  // random weights may give large outputs
  (void)exporter::export_network(exporter::example_checkpoint(config), file, options);
}

/// Mean of |a - b| in standard deviations of b.
double difference(const torch::Tensor& a, const torch::Tensor& b) {
  return ((a - b).abs().mean() / b.std()).item<double>();
}

/// In evaluation mode the run's network computes the same as the file.
void expect_function_of(const std::filesystem::path& file, TrainingRun& run) {
  const torch::NoGradGuard no_grad;
  const Network network = Network::load(file.string());
  Session session(network, {1, 3, side, side});
  torch::manual_seed(3);
  const torch::Tensor input = 2 * torch::rand({1, 3, side, side}) - 1;
  std::memcpy(session.input().data(), input.data_ptr<float>(),
              static_cast<std::size_t>(input.numel()) * sizeof(float));
  session.run();
  for (TorchNetwork* const each : {run.network.get(), &run.ema->network()}) {
    each->train(false);
    const NetworkOutput output = each->forward(input);
    for (const auto& [name, tensor] :
         {std::pair("loc", output.loc), {"conf", output.conf}, {"landmarks", output.landmarks}}) {
      if (!tensor.defined()) continue;
      const TensorView view = session.output(name);
      const torch::Tensor wanted =
          torch::from_blob(const_cast<float*>(view.data.data()),
                           torch::IntArrayRef(view.shape.data(), view.shape.size()));
      EXPECT_LT(((tensor - wanted).abs().max() / wanted.abs().max()).item<double>(), 1e-4) << name;
    }
  }
}

TEST_P(Unfolded, EqualsTheFileAndCanBeTrained) {
  const auto file = folder_ / "trained.onnx";
  export_example(config(GetParam().overrides), file);

  std::vector<std::string> overrides = GetParam().overrides;
  overrides.push_back("model.init.file=" + file.string());
  overrides.emplace_back("model.init.strict=true");  // every array has a counterpart
  TrainingRun run(config(overrides), {});
  std::vector<std::string> notes;
  run.note = [&](const std::string& line) { notes.push_back(line); };
  const std::string json = start_weights(run);
  EXPECT_TRUE(run.starts_whole);
  const auto pairs = network::batch_norm_pairs(run.spec());
  for (const auto& [conv, norm] : pairs) EXPECT_NE(json.find(norm), std::string::npos) << norm;

  // Evaluation mode: the file's own function.
  const torch::NoGradGuard no_grad;
  expect_function_of(file, run);

  // Training mode: nearly the same, on the run's own samples.
  run.loader.start(0);
  ASSERT_TRUE(run.loader.next(run.batch));
  const torch::Tensor samples = make_input(run.batch.pixels.data(), run.batch.count, run.batch.size,
                                           run.batch.size, run.spec().input, "fp32");
  run.network->train(false);
  const NetworkOutput evaluated = run.network->forward(samples);
  run.network->train(true);
  const NetworkOutput trained = run.network->forward(samples);
  EXPECT_LT(difference(trained.loc, evaluated.loc), 0.02);
  EXPECT_LT(difference(trained.conf, evaluated.conf), 0.02);

  // Weights of the magnitude that suits Adam's steps.
  const Weights weights = run.network->weights();
  for (const auto& [conv, norm] : pairs) {
    const weights::WeightArray& kernel = weights.at(conv + ".weight");
    const auto channels = static_cast<std::size_t>(kernel.shape[0]);
    const std::size_t count = kernel.values.size() / channels;
    for (std::size_t c = 0; c < channels; ++c) {
      double squares = 0;
      for (std::size_t i = 0; i < count; ++i)
        squares += std::pow(static_cast<double>(kernel.values[c * count + i]), 2);
      EXPECT_NEAR(std::sqrt(squares / static_cast<double>(count)),
                  network::he_deviation(kernel.shape), 1e-4)
          << conv;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, Unfolded, ::testing::ValuesIn(cases()),
                         [](const auto& each) { return std::string(each.param.name); });

using UnfoldedPart = Unfolded;

TEST_F(UnfoldedPart, OfAFileThatFitsInPartIsReportedLikeAnyOther) {
  const auto file = folder_ / "trained.onnx";
  export_example(config({}), file);
  const std::vector<std::string> other{"model.heads.landmarks=5",
                                       "model.prior_sizes=[[8,14],[32,48],[64,96],[128,192,256]]",
                                       "model.init.file=" + file.string()};
  TrainingRun run(config(other), {});
  std::vector<std::string> notes;
  run.note = [&](const std::string& line) { notes.push_back(line); };
  const std::string json = start_weights(run);
  const auto noted = [&](const std::string& part) {
    return std::any_of(notes.begin(), notes.end(), [&](const std::string& line) {
      return line.find(part) != std::string::npos;
    });
  };
  EXPECT_FALSE(run.starts_whole) << "one head is random";
  EXPECT_TRUE(noted("BatchNorm layers, folded in the file, restored")) << notes.at(1);
  EXPECT_TRUE(noted("head0.loc.weight"));
  EXPECT_TRUE(noted("head0.landmarks.weight"));
  EXPECT_FALSE(noted("head1.loc.weight"));

  const TorchNetwork fresh(network::make_network(config(other).model), run.config.train.seed);
  const Weights before = fresh.weights(), after = run.network->weights();
  EXPECT_EQ(after.at("head0.loc.weight").values, before.at("head0.loc.weight").values);
  EXPECT_NE(after.at("head1.loc.weight").values, before.at("head1.loc.weight").values);

  std::vector<std::string> strict = other;
  strict.emplace_back("model.init.strict=true");
  TrainingRun refused(config(strict), {});
  testing::expect_error(ErrorCode::invalid_argument, "do not fit the network (strict)",
                        [&] { (void)start_weights(refused); });
}

TEST_F(UnfoldedPart, OfAWiderNetworkKeepsNothingByHalves) {
  const auto file = folder_ / "trained.onnx";
  export_example(config({}), file);
  const std::vector<std::string> wide{"model.alpha=2", "model.init.file=" + file.string()};
  TrainingRun run(config(wide), {});
  (void)start_weights(run);
  const TorchNetwork fresh(network::make_network(config(wide).model), run.config.train.seed);
  const Weights before = fresh.weights(), after = run.network->weights();
  for (const auto& [conv, norm] : network::batch_norm_pairs(run.spec())) {
    if (!conv.starts_with("backbone.")) continue;
    for (const char* const part : {".weight", ".bias", ".running_mean", ".running_var"})
      EXPECT_EQ(after.at(norm + part).values, before.at(norm + part).values) << norm;
  }
}

TEST_F(UnfoldedPart, GrownWiderAndDeeperComputesTheSameAndLearns) {
  const auto file = folder_ / "trained.onnx";
  const std::vector<std::string> heads{"model.heads.landmarks=5"};
  export_example(config(heads), file);
  std::vector<std::string> wide = heads;
  wide.insert(wide.end(),
              {"model.widths=[24,48,72,136,136,144]", "model.blocks=[2,4,5,3,1]",
               "model.neck_channels=72", "model.init={file='" + file.string() + "', grow=true}"});
  TrainingRun run(config(wide), {});
  std::vector<std::string> notes;
  run.note = [&](const std::string& line) { notes.push_back(line); };
  const std::string json = start_weights(run);
  EXPECT_TRUE(run.starts_whole);
  EXPECT_TRUE(std::any_of(notes.begin(), notes.end(), [](const std::string& line) {
    return line.find("enlarged, 3 residual branches added") != std::string::npos;
  })) << notes.at(1);
  EXPECT_NE(json.find("\"backbone.stem.conv.weight\""), std::string::npos);
  expect_function_of(file, run);

  // The new channels are neither copies nor dead: their gradients are not zero.
  run.loader.start(0);
  ASSERT_TRUE(run.loader.next(run.batch));
  run.network->train(true);
  const NetworkOutput output =
      run.network->forward(make_input(run.batch.pixels.data(), run.batch.count, run.batch.size,
                                      run.batch.size, run.spec().input, "fp32"));
  (output.loc.square().mean() + output.conf.square().mean()).backward();
  for (const auto& [name, tensor] : run.network->parameters()) {
    if (name != "neck.smooth3.pw.weight" && name != "backbone.stage2.3.bn.weight") continue;
    const torch::Tensor gradient = tensor.grad();
    ASSERT_TRUE(gradient.defined()) << name;
    const torch::Tensor fresh =
        gradient.dim() == 1 ? gradient : gradient.slice(0, 0, 64).slice(1, 64, 72);
    EXPECT_GT((fresh != 0).to(torch::kFloat).mean().item<double>(), 0.5) << name;
  }
}

TEST_F(UnfoldedPart, OnlyWhatKeepsItsChannelsInFrontGrows) {
  const auto file = folder_ / "trained.onnx";
  export_example(config({}), file);
  TrainingRun run(
      config({"model.heads.max_out=[3,1]", "model.init={file='" + file.string() + "', grow=true}"}),
      {});
  testing::expect_error(ErrorCode::invalid_argument, "model.init.grow: not for",
                        [&] { (void)start_weights(run); });
}

TEST_F(UnfoldedPart, GrowingRefusesWhatWouldNotComputeTheSame) {
  const std::string landmarks = "model.heads.landmarks=5", deeper = "model.blocks=[2,4,4,3,1]";
  const auto refuses = [&](const std::string& why, const std::vector<std::string>& of_file,
                           std::vector<std::string> network) {
    const auto file = folder_ / "trained.onnx";
    export_example(config(of_file), file);
    network.push_back("model.init={file='" + file.string() + "', grow=true}");
    TrainingRun run(config(network), {});
    testing::expect_error(ErrorCode::invalid_argument, why, [&] { (void)start_weights(run); });
  };
  refuses("is 32x16x1x1 in the file", {}, {"model.widths=[16,24,64,128,128,128]"});
  refuses("no place for the file's 'backbone.stage2.3.", {deeper}, {"model.blocks=[2,3,4,3,1]"});
  refuses("no place for the file's 'head0.landmarks", {landmarks}, {});
  refuses("lacks 'head0.landmarks", {}, {landmarks});
  refuses("classes are not the network's", {"model.classes=['cat']"}, {});
}

TEST_F(UnfoldedPart, StrictlyGrownMayHaveNewBlocks) {
  const auto file = folder_ / "trained.onnx";
  export_example(config({}), file);
  TrainingRun run(config({"model.blocks=[2,4,5,3,1]",
                          "model.init={file='" + file.string() + "', grow=true, strict=true}"}),
                  {});
  (void)start_weights(run);
  expect_function_of(file, run);
}

TEST(UnfoldBatchNorm, DeadChannelsStayFinite) {
  // One channel with weights of 0, one with weights too small to scale up, one with a constant
  // input.
  Weights weights{{"c.weight", {{3, 1, 1, 1}, {0, 1e-30F, 2}}},
                  {"n.weight", {{3}, {1, 1, 1}}},
                  {"n.bias", {{3}, {0.5F, -1, 3}}},
                  {"n.running_mean", {{3}, {0, 0, 0}}},
                  {"n.running_var", {{3}, {1, 1, 1}}}};
  const network::Layer conv{
      .name = "c", .kind = network::LayerKind::conv, .inputs = {"input"}, .out_channels = 3};
  const network::Layer norm{
      .name = "n", .kind = network::LayerKind::batch_norm, .inputs = {"c"}, .out_channels = 3};
  const Weights before = weights;
  unfold_batch_norm(weights, conv, norm, {{0, 0, 8}, {0, 0, 0}}, 3);
  for (const auto& [name, array] : weights)
    for (const float value : array.values) EXPECT_TRUE(std::isfinite(value)) << name;
  for (std::size_t c = 0; c < 3; ++c) {
    const auto at = [&](const char* name) {
      return static_cast<double>(weights.at(name).values[c]);
    };
    for (const double input : {-3.0, 0.0, 4.0}) {
      const double wanted = input * static_cast<double>(before.at("c.weight").values[c]) +
                            static_cast<double>(before.at("n.bias").values[c]);
      const double factor = at("n.weight") / std::sqrt(at("n.running_var") + 1e-5);
      EXPECT_NEAR((input * at("c.weight") - at("n.running_mean")) * factor + at("n.bias"), wanted,
                  1e-5)
          << c;
    }
  }
}

}  // namespace
}  // namespace faceshot::train::unfold_batch_norm_test
