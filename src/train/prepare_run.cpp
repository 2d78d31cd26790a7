#include "train/prepare_run.hpp"

#include <torch/torch.h>

#include <sstream>
#include <vector>

#include "model/torch_network.hpp"
#include "train/ema.hpp"
#include "train/init_weights.hpp"
#include "train/prior_coverage.hpp"
#include "train/training_run.hpp"

namespace faceshot {
namespace {

/// Says so where something is frozen that the file did not have.
void note_random(const TrainingRun& run, const MatchReport& report) {
  std::vector<std::string> names = report.missing;
  for (const auto& wrong : report.wrong_shape) names.push_back(wrong.name);
  std::erase_if(names, [&](const std::string& name) {
    return !run.frozen.contains(name.substr(0, name.rfind('.')));
  });
  if (!names.empty())
    run.note(std::to_string(names.size()) + " of the frozen parameters keep random values, as '" +
             names.front() + "'");
}

std::int64_t frozen_parameters(const TorchNetwork& network) {
  std::int64_t count = 0;
  for (const auto& [name, tensor] : network.parameters())
    if (!tensor.requires_grad()) count += tensor.numel();
  return count;
}

}  // namespace

std::string start_weights(TrainingRun& run) {
  const InitOptions& options = run.config.init;
  if (options.file.empty()) {
    if (!run.frozen.empty())
      run.note("what is frozen keeps random weights: model.init.file names none");
    return "";
  }
  Weights weights = run.network->weights();
  const MatchReport report = init_weights(weights, options);
  run.network->load(weights);
  if (run.ema) run.ema->network().load(weights);
  run.note("weights from " + options.file);
  std::istringstream table(report_table(report));
  for (std::string line; std::getline(table, line);) run.note(line);
  note_random(run, report);
  return report_json(report) + "\n";
}

void check_prior_coverage(TrainingRun& run) {
  constexpr int images = 256;
  std::vector<std::vector<Annotation>> faces;
  run.loader.start(0);
  while (faces.size() < images && run.loader.next(run.batch))
    faces.insert(faces.end(), run.batch.annotations.begin(), run.batch.annotations.end());
  const std::string text = coverage_note(
      prior_coverage(run.priors.priors, faces, static_cast<double>(run.config.loss.match.iou)));
  if (!text.empty()) run.note(text);
}

void apply_freezing(TrainingRun& run) {
  const int until = run.config.train.unfreeze_epoch;
  const bool over = until > 0 && run.position.epoch >= until;
  run.network->freeze(over ? std::set<std::string>() : run.frozen, run.config.freeze.batch_norm);
  if (run.frozen.empty() || run.position.batch > 0) return;
  if (!over && run.position.epoch == 0)
    run.note("frozen: " + std::to_string(frozen_parameters(*run.network)) + " parameters");
  if (over && run.position.epoch == until) run.note("nothing is frozen any more");
}

}  // namespace faceshot
