// Lowers the learning rate when a metric no longer improves: PyTorch's ReduceLROnPlateau, which
// LibTorch 1.13 lacks, with a state that can be saved.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace faceshot::train {

struct PlateauOptions {
  bool maximize = true;     ///< AP grows; a loss falls
  double factor = 0.1;      ///< by which the rate is multiplied, in (0, 1)
  int patience = 5;         ///< checks without a better value that are waited out
  double threshold = 1e-4;  ///< a value is better if it is so by this share of the best
  int cooldown = 0;         ///< checks after a drop in which nothing is counted
  double min_rate = 0;      ///< no rate below this
};

/// Not thread safe.
class Plateau {
 public:
  /// @throws Error(invalid_argument) that names the option
  explicit Plateau(const PlateauOptions& options);

  /// Takes the metric of one check. NaN is not an improvement.
  /// @return true if the rate drops now
  bool update(double metric);

  /// @param rate without this @return with the drops so far, not below min_rate (nor above `rate`)
  [[nodiscard]] double apply(double rate) const noexcept;

  /// "plateau/..." numbers for a checkpoint.
  [[nodiscard]] std::map<std::string, double> state() const;
  /// Numbers that are not there keep their values. Others' are ignored.
  void load(const std::map<std::string, double>& state);

 private:
  PlateauOptions options_;
  double best_;
  double scale_ = 1;  ///< product of the drops
  int bad_ = 0;       ///< checks in a row without a better value
  int cooldown_ = 0;  ///< checks left
};

}  // namespace faceshot::train
