#include <fmt/format.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "model/torch_network.hpp"
#include "support/atomic_file.hpp"
#include "train/callbacks/callback_table.hpp"
#include "train/training_run.hpp"
#include "train/validation.hpp"

namespace faceshot::train {
namespace {

/// Measures the run's result, best.pt, on images that it has never used.
class FinalEvaluation : public Callback {
 public:
  void on_end(TrainingRun& run) override {
    const std::filesystem::path file = run.dir / "test.json";
    if (std::filesystem::exists(file)) return;  // a completed run was resumed
    run.note("testing best.pt on " + std::to_string(run.data.test.records.size()) + " images");
    const Checkpoint best = load_checkpoint(run.dir / "best.pt");
    model::TorchNetwork network(run.spec(), run.config.train.seed);
    network.load(best.best_weights());
    const ValidationResult r =
        validate_network(network, run.data.test, run.data.negatives, run.config, run.threads);

    nlohmann::ordered_json json{{"images", run.data.test.records.size()},
                                {"epoch", best.counters.at("epoch")},
                                {"loss", r.confidence_loss + r.location_loss +
                                             run.landmark_metric(r.landmark_loss).value_or(0)},
                                {"classification_loss", r.confidence_loss},
                                {"location_loss", r.location_loss},
                                {"negative_log_likelihood", r.negative_log_likelihood},
                                {"ap", r.ap}};
    json["ap_mean"] = r.by_height.mean;
    for (const evaluate::HeightAp& h : r.by_height.of)
      json["ap_from_" + std::to_string(h.height) + "px"] = h.ap;
    if (r.ap_by_class.size() > 1)
      for (std::size_t c = 0; c < r.ap_by_class.size(); ++c)
        json["ap_by_class"][run.data.classes[c]] = r.ap_by_class[c];
    if (r.false_alarms) json["false_alarms"] = *r.false_alarms;
    if (network::has_landmarks(run.spec())) json["landmark_loss"] = r.landmark_loss;
    if (r.landmark_error) json["landmark_error"] = *r.landmark_error;
    support::write_file_atomically(file, json.dump(2) + "\n");
    run.note(fmt::format(
        "test: loss {:.4f} (classification {:.4f}, location {:.4f}), AP after NMS {:.4f}, mean "
        "over heights {:.4f}",
        json["loss"].get<double>(), r.confidence_loss, r.location_loss, r.ap, r.by_height.mean));
  }
};

}  // namespace

std::unique_ptr<Callback> make_final_evaluation(const TrainingRun& run) {
  return run.data.test.records.empty() ? nullptr : std::make_unique<FinalEvaluation>();
}

}  // namespace faceshot::train
