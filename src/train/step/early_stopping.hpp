// Ends a run that no longer improves, like Keras' EarlyStopping (without a baseline).
#pragma once

#include <map>
#include <string>

namespace faceshot::train {

struct EarlyStoppingOptions {
  bool maximize = true;  ///< true for AP, false for a loss
  int patience = 10;     ///< consecutive checks without improvement after which the run ends
  double min_delta = 0;  ///< minimum improvement
};

/// Not thread safe.
class EarlyStopping {
 public:
  /// @throws Error(invalid_argument) naming the option
  explicit EarlyStopping(const EarlyStoppingOptions& options);

  /// Adds the metric of one check. NaN is not an improvement; the first check never ends a run.
  /// @return true if the run should end
  bool update(double metric);

  /// "early_stopping/..." numbers for a checkpoint.
  [[nodiscard]] std::map<std::string, double> state() const;
  /// Missing numbers keep their values. Others' are ignored.
  void load(const std::map<std::string, double>& state);

 private:
  EarlyStoppingOptions options_;
  double best_;
  int waited_ = 0;
};

}  // namespace faceshot::train
