#include <filesystem>
#include <string>
#include <vector>

#include "faceshot/error.hpp"
#include "train/callbacks/callback_table.hpp"
#include "train/record/batch_dump.hpp"
#include "train/training_run.hpp"

namespace faceshot {
namespace {

class NanGuard : public Callback {
 public:
  void on_diverged(TrainingRun& run) override {
    std::vector<std::string> sources;
    for (const std::uint32_t record : run.batch.records) {
      std::size_t at = record;
      auto set = run.data.train.begin();
      while (at >= set->records.size()) at -= (set++)->records.size();
      sources.push_back((set->images_dir / set->records[at].image).string());
    }
    std::filesystem::path folder = run.dir / "diverged";
    if (!run.leads()) folder += "-rank" + std::to_string(run.processes.rank);
    dump_batch(run.batch, sources, folder);
    std::string message("training has diverged: the network's output is not finite in epoch ");
    message.append(std::to_string(run.position.epoch + 1))
        .append(", batch ")
        .append(std::to_string(run.position.batch + 1))
        .append("; its images are in ")
        .append(folder.string())
        .append(". Lower train.learning_rate or train.clip_norm; last.pt is from before");
    throw Error(ErrorCode::diverged, message);
  }
};

}  // namespace

std::unique_ptr<Callback> make_nan_guard() { return std::make_unique<NanGuard>(); }

}  // namespace faceshot
