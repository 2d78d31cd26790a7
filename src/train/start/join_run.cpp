#include "train/start/join_run.hpp"

#include <torch/types.h>

#include <memory>
#include <span>
#include <sstream>
#include <string>

#include "model/torch_network.hpp"
#include "train/distributed/process_group.hpp"
#include "train/distributed/same_run.hpp"
#include "train/step/ema.hpp"
#include "train/training_run.hpp"

namespace faceshot::train {
namespace {

/// Everything that determines a run, except the weights. Annotations by their number, which is
/// enough to notice another version of a data set.
std::string description(const TrainingRun& run) {
  std::ostringstream text;
  text << to_toml(run.config);
  for (const data::PreparedSet& set : run.data.train)
    for (const geometry::ImageRecord& record : set.records)
      text << record.image << ' ' << record.annotations.size() << '\n';
  const Position& p = run.position;
  text << run.data.val.records.size() << ' ' << p.epoch << ' ' << p.batch << ' ' << p.step;
  return text.str();
}

/// The memory of a weight tensor in storage order: it has no gaps, and the order is the same in all
/// processes.
std::span<float> values_of_weights(const torch::Tensor& tensor) {
  return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

void broadcast(const model::TorchNetwork& network, ProcessGroup& group) {
  for (const auto* const tensors : {&network.parameters(), &network.buffers()})
    for (const auto& [name, tensor] : *tensors) group.broadcast(values_of_weights(tensor));
}

}  // namespace

void join_run(TrainingRun& run) {
  if (run.processes.size == 1) return;
  ProcessGroupOptions options;
  options.advice =
      "resume with: faceshot train --resume " + run.dir.string() + ", in all processes";
  run.group = std::make_unique<ProcessGroup>(run.processes, options);
  demand_same_run(*run.group, description(run));
  broadcast(*run.network, *run.group);
  if (run.ema) broadcast(run.ema->network(), *run.group);
  run.network->sum_over_processes([&group = *run.group](torch::Tensor& sums) {
    group.sum({sums.data_ptr<double>(), static_cast<std::size_t>(sums.numel())});
  });
}

}  // namespace faceshot::train
