#include <cstdint>
#include <filesystem>
#include <opencv2/core.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "faceshot/error.hpp"
#include "media/opencv.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"
#include "train/callbacks/callback_table.hpp"
#include "train/training_run.hpp"

namespace faceshot::train {
namespace {

/// Writes the batch as the network received it into `dir`: 0.png, 1.png, ... and batch.csv with one
/// line per face: picture, source, x1, y1, x2, y2, ignore; a picture without faces has one with
/// empty fields.
/// @param sources the source of each image, batch.count of them
void dump_batch(const loader::Batch& batch, const std::vector<std::string>& sources,
                const std::filesystem::path& dir) {
  support::make_folder(dir);
  std::ostringstream csv;
  csv << "picture,source,x1,y1,x2,y2,ignore\n";
  const std::size_t bytes =
      static_cast<std::size_t>(batch.size) * static_cast<std::size_t>(batch.size) * 3;
  for (std::size_t i = 0; i < static_cast<std::size_t>(batch.count); ++i) {
    const std::string picture = std::to_string(i) + ".png";
    // OpenCV's views are never const; write_mat() does not write to it.
    auto* const pixels = const_cast<std::uint8_t*>(batch.pixels.data() + i * bytes);
    media::write_mat(dir / picture, cv::Mat(batch.size, batch.size, CV_8UC3, pixels));
    if (batch.annotations[i].empty()) csv << picture << ',' << sources[i] << ",,,,,\n";
    for (const geometry::Annotation& a : batch.annotations[i])
      csv << picture << ',' << sources[i] << ',' << a.box.x1 << ',' << a.box.y1 << ',' << a.box.x2
          << ',' << a.box.y2 << ',' << (a.ignore ? 1 : 0) << '\n';
  }
  support::write_file_atomically(dir / "batch.csv", csv.str());
}

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
        .append(
            ". Lower train.learning_rate or train.clip_norm; last.pt is from before the "
            "divergence");
    throw Error(ErrorCode::diverged, message);
  }
};

}  // namespace

std::unique_ptr<Callback> make_nan_guard() { return std::make_unique<NanGuard>(); }

}  // namespace faceshot::train
