// metrics.csv: one row per epoch, readable while the run continues.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace faceshot::train {

struct EpochMetrics {
  int epoch = 0;          ///< from 1; number of completed epochs if `start` is set
  std::int64_t step = 0;  ///< total number of completed steps
  bool start = false;     ///< metrics of the weights before the first step: there are no training
                          ///< losses
  double confidence_loss = 0, location_loss = 0;
  double learning_rate = 0;  ///< of the last step
  double images_per_second = 0;
  double waiting_share = 0;  ///< share of the time spent waiting for data
  std::optional<double> val_confidence_loss, val_location_loss, val_ap;
  // Only for networks with landmarks.
  std::optional<double> landmark_loss, val_landmark_loss;
  std::optional<double> val_landmark_error;  ///< normalised mean error over found faces
  double negative_log_likelihood = 0;        ///< as in MultiboxResult
  std::optional<double> val_negative_log_likelihood;
  // See ap_by_height.hpp; over faces above a minimum height.
  std::optional<double> val_ap_mean, val_ap_from_50px, val_ap_from_30px, val_ap_from_10px;
  std::optional<double> val_false_alarms;  ///< per image of data.negatives
  std::vector<double> val_ap_by_class;     ///< empty: not validated, or only one class
  bool best = false;                       ///< by train.checkpoint.best; not written to the file
};

class MetricsLog {
 public:
  /// Continues DIR/metrics.csv, adding columns that an older one lacks and dropping rows of epochs
  /// after `last_epoch` (they are run again after a resume; -1: all); writes the header of a new
  /// file.
  /// @param classes of the network; if there are several, each has a column "val_ap.NAME"
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
