#include <optional>

#include "train/callbacks/callback_table.hpp"
#include "train/record/metrics_log.hpp"
#include "train/training_run.hpp"

namespace faceshot::train {
namespace {

class CsvLog : public Callback {
 public:
  void on_start(TrainingRun& run) override {
    log_.emplace(run.dir, static_cast<int>(run.position.epoch), run.data.classes);
  }
  void on_start_weights(TrainingRun& run, EpochMetrics& metrics) override {
    log_.emplace(run.dir, -1,
                 run.data.classes);  // without the rows of a start that was killed before last.pt
    log_->append(metrics);
  }
  void on_epoch(TrainingRun&, EpochMetrics& metrics) override { log_->append(metrics); }

 private:
  std::optional<MetricsLog> log_;
};

}  // namespace

std::unique_ptr<Callback> make_csv_log() { return std::make_unique<CsvLog>(); }

}  // namespace faceshot::train
