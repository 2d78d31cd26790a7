#include "export/exporter.hpp"

#include <torch/types.h>
#include <torch/utils.h>

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <opencv2/imgproc.hpp>

#include "base/random.hpp"
#include "export/fold_batch_norm.hpp"
#include "faceshot/error.hpp"
#include "faceshot/model_info.hpp"
#include "faceshot/network.hpp"
#include "media/opencv.hpp"
#include "model/torch_network.hpp"
#include "support/atomic_file.hpp"
#include "train/config/config.hpp"
#include "train/config/input.hpp"

namespace faceshot::exporter {
namespace {

using train::Checkpoint;
using train::Config;

/// The config stored with the network: it names the data sets, not the folders of the training
/// machine.
std::string published_config(Config config) {
  for (auto* const sets :
       {&config.data.train, &config.data.val, &config.data.test, &config.data.negatives})
    for (std::string& set : *sets) {
      const std::filesystem::path path(set);
      set = (path.parent_path().filename() / path.filename()).string();
    }
  config.init.file = std::filesystem::path(config.init.file).filename().string();
  return train::to_toml(config);
}

ModelInfo model_info(const FoldedNetwork& folded, const Config& config,
                     const Checkpoint& checkpoint, const ExportOptions& options) {
  const network::NetworkSpec& spec = folded.spec;
  ModelInfo info;
  info.name = spec.name;
  info.channel_order = spec.input.order;
  info.mean = spec.input.mean;
  info.scale = spec.input.scale;
  info.size_divisor = spec.size_divisor;
  info.train_size = config.augment.size;
  info.priors = spec.priors;
  for (const network::Head& head : spec.heads) info.features.push_back(head.feature);
  info.classes = spec.classes;
  info.one_label = spec.one_label;
  info.box_voting = spec.box_voting;
  if (network::has_landmarks(spec)) info.landmark_output = "landmarks";
  info.notes["faceshot.config"] = published_config(config);
  std::string metrics =
      fmt::format(R"({{"val_ap":{:.4f},"epochs":{},"steps":{})", checkpoint.scalars.at("best_ap"),
                  checkpoint.counters.at("epoch"), checkpoint.counters.at("step"));
  const std::string& watched = config.train.checkpoint.best;
  if (const auto best = checkpoint.scalars.find("best");
      best != checkpoint.scalars.end() && watched != "val_ap")
    metrics += fmt::format(R"(,"{}":{:.4f})", watched, best->second);
  info.notes["faceshot.metrics"] = metrics + "}";
  for (const auto& [key, value] : checkpoint.notes) info.notes[key] = value;
  for (const auto& [key, value] : options.notes) info.notes[key] = value;
  std::erase_if(info.notes, [](const auto& note) { return note.second.empty(); });
  return info;
}

/// Compares the raw outputs of both implementations for one input and updates the report.
void compare(const model::TorchNetwork& torch_network, Session& session, const torch::Tensor& input,
             ParityReport& report) {
  const torch::NoGradGuard no_grad;
  const torch::Tensor plain = input.contiguous();
  std::memcpy(session.input().data(), plain.data_ptr<float>(),
              static_cast<std::size_t>(plain.numel()) * sizeof(float));
  session.run();
  const model::NetworkOutput expected = torch_network.forward(input);
  const auto difference = [&](const char* name, const torch::Tensor& wanted) {
    const TensorView got = session.output(name);
    if (wanted.sizes() != torch::IntArrayRef(got.shape.data(), got.shape.size()))
      throw Error(ErrorCode::format, std::string("export: output '") + name +
                                         "' has a different shape in the engine than in training");
    const torch::Tensor actual =
        torch::from_blob(const_cast<float*>(got.data.data()), wanted.sizes());
    const double largest = (actual - wanted).abs().max().item<double>();
    // A NaN must not pass as "not larger".
    return std::isfinite(largest) ? largest : HUGE_VAL;
  };
  report.largest_loc = std::max(report.largest_loc, difference("loc", expected.loc));
  report.largest_conf = std::max(report.largest_conf, difference("conf", expected.conf));
  if (expected.landmarks.defined())
    report.largest_landmarks =
        std::max(report.largest_landmarks.value_or(0), difference("landmarks", expected.landmarks));
}

torch::Tensor random_input(int width, int height, std::uint32_t index) {
  base::Random random(20200831, 0, index);
  torch::Tensor input = torch::empty({1, 3, height, width});
  auto* const values = input.data_ptr<float>();
  for (std::int64_t i = 0; i < input.numel(); ++i) values[i] = random.uniform(-1, 1);
  return input;
}

torch::Tensor image_input(const std::filesystem::path& path, FixedSize size,
                          const network::InputSpec& spec) {
  const cv::Mat image = media::read_mat(path);
  cv::Mat resized;
  cv::resize(image, resized, {size.width, size.height}, 0, 0, cv::INTER_AREA);
  return train::make_input(resized.data, 1, size.height, size.width, spec, "fp32");
}

/// The training size, a camera's, and one smaller than some priors; only those that the network
/// accepts.
std::vector<FixedSize> proof_sizes(const network::NetworkSpec& spec, int train_size) {
  std::vector<FixedSize> sizes;
  for (const FixedSize size :
       {FixedSize{train_size, train_size}, FixedSize{640, 480}, FixedSize{32, 96}}) {
    const auto features = network::feature_sizes(spec, size.width, size.height);
    if (std::all_of(features.begin(), features.end(),
                    [](const FeatureSize& f) { return f.width > 0 && f.height > 0; }))
      sizes.push_back(size);
  }
  return sizes;
}

ParityReport prove(const Checkpoint& checkpoint, const Config& config, const std::string& onnx,
                   const ExportOptions& options) {
  model::TorchNetwork trained(network::make_network(config.model), 0);
  trained.load(checkpoint.best_weights());
  trained.train(false);
  const Network network =
      Network::from_bytes(std::as_bytes(std::span(onnx.data(), onnx.size())), "exported network");
  (void)ModelInfo::from_metadata(network.metadata());  // notes may be keys that a detector reads
  std::vector<FixedSize> sizes;
  if (options.size)
    sizes = {*options.size};
  else
    sizes = proof_sizes(trained.spec(), config.augment.size);
  ParityReport report;
  for (const FixedSize size : sizes) {
    Session session(network, {1, trained.spec().input_channels, size.height, size.width});
    for (std::uint32_t i = 0; i < 4; ++i, ++report.random_inputs)
      compare(trained, session, random_input(size.width, size.height, i), report);
    for (const auto& path : options.images) {
      compare(trained, session, image_input(path, size, trained.spec().input), report);
      ++report.real_inputs;
    }
  }
  return report;
}

}  // namespace

ParityReport export_network(const Checkpoint& checkpoint, const std::filesystem::path& onnx,
                            const ExportOptions& options) {
  const Config config = train::parse_config(checkpoint.config, "config of the checkpoint");
  const FoldedNetwork folded =
      fold_batch_norm(network::make_network(config.model), checkpoint.best_weights());
  const std::string bytes =
      write_onnx(folded.spec, folded.weights,
                 model_info(folded, config, checkpoint, options).to_metadata(), options.size);
  const ParityReport report = prove(checkpoint, config, bytes, options);
  const double largest =
      std::max({report.largest_loc, report.largest_conf, report.largest_landmarks.value_or(0)});
  if (!(largest <= options.tolerance))
    throw Error(ErrorCode::format,
                fmt::format("export: the engine's output differs from the trained network's by "
                            "{:.3g}, more than {:.3g}; nothing was written",
                            largest, options.tolerance));
  support::write_file_atomically(onnx, bytes);
  return report;
}

}  // namespace faceshot::exporter
