// metrics.csv: one row an epoch, readable while the run continues.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace faceshot::train {

struct EpochMetrics {
  int epoch = 0;          ///< from 1; those done, where `start` is set
  std::int64_t step = 0;  ///< done in all
  bool start = false;     ///< of the weights before the first step: there are no training losses
  double confidence_loss = 0, location_loss = 0;
  double learning_rate = 0;  ///< of the last step
  double images_per_second = 0;
  double waiting_share = 0;  ///< share of the time spent waiting for data
  std::optional<double> val_confidence_loss, val_location_loss, val_ap;
  // Only of networks with landmarks.
  std::optional<double> landmark_loss, val_landmark_loss;
  std::optional<double> val_landmark_error;  ///< normalised mean error of the faces found
  double negative_log_likelihood = 0;        ///< as MultiboxResult has it
  std::optional<double> val_negative_log_likelihood;
  // ap_by_height.hpp; over faces of a height and up.
  std::optional<double> val_ap_mean, val_ap_from_50px, val_ap_from_30px, val_ap_from_10px;
  std::optional<double> val_false_alarms;  ///< an image of data.negatives
  std::vector<double> val_ap_by_class;     ///< empty: not validated, or there is one class
  bool best = false;                       ///< by train.checkpoint.best; not in the file
};

class MetricsLog {
 public:
  /// Continues DIR/metrics.csv, adding columns that an older one lacks and dropping rows of epochs
  /// after `last_epoch` (they are run again after a resume; -1: all); writes the header into a new
  /// file.
  /// @param classes of the network; of more than one, each has a column "val_ap.NAME"
  /// @throws Error(io)
  MetricsLog(std::filesystem::path dir, int last_epoch,
             const std::vector<std::string>& classes = {});

  /// @throws Error(io)
  void append(const EpochMetrics& metrics);

 private:
  std::filesystem::path path_;
  std::size_t class_columns_ = 0;
};

}  // namespace faceshot::train
