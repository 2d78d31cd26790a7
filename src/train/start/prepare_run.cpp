#include "train/start/prepare_run.hpp"

#include <torch/types.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <vector>

#include "model/torch_network.hpp"
#include "train/config/prior_coverage.hpp"
#include "train/start/init_weights.hpp"
#include "train/start/unfold_batch_norm.hpp"
#include "train/step/ema.hpp"
#include "train/training_run.hpp"

namespace faceshot::train {
namespace {

using network::Layer;
using weights::MatchReport;

/// Notes if something is frozen that the file did not have.
void note_random(const TrainingRun& run, const MatchReport& report) {
  std::vector<std::string> names = report.missing;
  for (const auto& wrong : report.wrong_shape) names.push_back(wrong.name);
  std::erase_if(names, [&](const std::string& name) {
    return !run.frozen.contains(name.substr(0, name.rfind('.')));
  });
  if (!names.empty())
    run.note(std::to_string(names.size()) +
             " of the frozen parameters keep random values, such as '" + names.front() + "'");
}

std::int64_t frozen_parameters(const model::TorchNetwork& network) {
  std::int64_t count = 0;
  for (const auto& [name, tensor] : network.parameters())
    if (!tensor.requires_grad()) count += tensor.numel();
  return count;
}

/// Whether all detection heads came from the file.
bool gives_heads(const MatchReport& report, const network::NetworkSpec& spec) {
  std::set<std::string> matched;
  for (const auto& array : report.matched) matched.insert(array.name);
  std::map<std::string, std::string> input;  // by max_out layer
  for (const Layer& layer : spec.layers)
    if (layer.kind == network::LayerKind::max_out) input[layer.name] = layer.inputs.front();
  return std::all_of(spec.heads.begin(), spec.heads.end(), [&](const network::Head& head) {
    const auto conf = input.find(head.conf);
    return matched.contains(head.loc + ".weight") &&
           matched.contains((conf == input.end() ? head.conf : conf->second) + ".weight");
  });
}

/// Measures the outputs of the file's convolutions on this run's samples, and uses the statistics
/// for BatchNorm. With several processes, each measures its share; join_run() copies rank 0's
/// results to all.
void unfold(TrainingRun& run, const MatchReport& report, weights::Weights& weights) {
  constexpr int batches = 16;
  const std::vector<std::string>& norms = report.unfolded;
  std::map<std::string, const Layer*> layers;
  for (const Layer& layer : run.spec().layers) layers[layer.name] = &layer;
  std::map<std::string, std::size_t> known;  // number of channels from the file, if it has fewer
  for (const auto& array : report.grown)
    known[array.name] = static_cast<std::size_t>(array.from.front());
  std::vector<std::string> convolutions;
  for (const std::string& norm : norms) convolutions.push_back(layers.at(norm)->inputs.front());

  run.note("measuring BatchNorm's statistics");
  run.network->load(weights);
  std::uint32_t epoch = 0;
  run.loader.start(epoch);
  const auto statistics =
      measure_channels(*run.network, convolutions, [&, done = 0](loader::Batch& batch) mutable {
        if (done++ == batches) return false;
        if (run.loader.next(batch)) return true;
        run.loader.start(++epoch);  // a small set needs several epochs
        return run.loader.next(batch);
      });
  for (std::size_t i = 0; i < norms.size(); ++i) {
    const Layer& conv = *layers.at(convolutions[i]);
    const auto fewer = known.find(conv.name + ".weight");
    unfold_batch_norm(
        weights, conv, *layers.at(norms[i]), statistics[i],
        fewer == known.end() ? static_cast<std::size_t>(conv.out_channels) : fewer->second);
  }
}

}  // namespace

std::string start_weights(TrainingRun& run) {
  const InitOptions& options = run.config.init;
  if (options.file.empty()) {
    if (!run.frozen.empty())
      run.note("frozen parts keep random weights, since model.init.file is empty");
    return "";
  }
  weights::Weights weights = run.network->weights();
  const MatchReport report = init_weights(weights, run.spec(), options);
  run.starts_whole = gives_heads(report, run.spec());
  run.notes = report.notes;
  run.note("weights from " + options.file);
  std::istringstream table(weights::report_table(report));
  for (std::string line; std::getline(table, line);) run.note(line);
  note_random(run, report);
  if (!report.unfolded.empty()) unfold(run, report, weights);
  run.network->load(weights);
  if (run.ema) run.ema->network().load(weights);
  return weights::report_json(report) + "\n";
}

void check_samples(TrainingRun& run) {
  constexpr int images = 256;
  std::vector<std::vector<geometry::Annotation>> faces;
  run.loader.start(0);
  while (faces.size() < images && run.loader.next(run.batch))
    faces.insert(faces.end(), run.batch.annotations.begin(), run.batch.annotations.end());
  const std::string text = coverage_note(
      prior_coverage(run.priors.priors, faces, static_cast<double>(run.config.loss.match.iou)));
  if (!text.empty()) run.note(text);
  const auto has_landmarks = [](const std::vector<geometry::Annotation>& image) {
    return std::any_of(image.begin(), image.end(),
                       [](const geometry::Annotation& a) { return a.landmarks.has_value(); });
  };
  if (run.config.model.heads_landmarks > 0 &&
      std::none_of(faces.begin(), faces.end(), has_landmarks))
    run.note(
        "the heads predict landmarks, but no face in the first samples has any; "
        "model.heads.landmarks=0 leaves them out");
}

void apply_freezing(TrainingRun& run) {
  const int until = run.config.train.unfreeze_epoch;
  const bool over = until > 0 && run.position.epoch >= until;
  run.network->freeze(over ? std::set<std::string>() : run.frozen, run.config.freeze.batch_norm);
  const bool begins = run.position.step == run.config.train.start_step;
  if (run.frozen.empty() || (run.position.batch > 0 && !begins)) return;
  if (!over && begins)
    run.note("frozen: " + std::to_string(frozen_parameters(*run.network)) + " parameters");
  if (over && run.position.epoch == until) run.note("all parts are now trained");
}

}  // namespace faceshot::train
