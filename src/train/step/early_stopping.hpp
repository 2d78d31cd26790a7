// Ends a run that no longer improves, as Keras' EarlyStopping (without a baseline) does.
#pragma once

#include <map>
#include <string>

namespace faceshot::train {

struct EarlyStoppingOptions {
  bool maximize = true;  ///< AP grows; a loss falls
  int patience = 10;     ///< checks in a row without a better value after which the run ends
  double min_delta = 0;  ///< a value is better if it is so by more than this
};

/// Not thread safe.
class EarlyStopping {
 public:
  /// @throws Error(invalid_argument) that names the option
  explicit EarlyStopping(const EarlyStoppingOptions& options);

  /// Takes the metric of one check. NaN is not an improvement; the first check never ends a run.
  /// @return true if the run is to end
  bool update(double metric);

  /// "early_stopping/..." numbers for a checkpoint.
  [[nodiscard]] std::map<std::string, double> state() const;
  /// Numbers that are not there keep their values. Others' are ignored.
  void load(const std::map<std::string, double>& state);

 private:
  EarlyStoppingOptions options_;
  double best_;
  int waited_ = 0;
};

}  // namespace faceshot::train
