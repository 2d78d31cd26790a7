// Lowers the learning rate when a metric no longer improves: PyTorch's ReduceLROnPlateau, which
// LibTorch 1.13 lacks, with a state that can be saved.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace faceshot::train {

struct PlateauOptions {
  bool maximize = true;     ///< true for AP, false for a loss
  double factor = 0.1;      ///< by which the rate is multiplied, in (0, 1)
  int patience = 5;         ///< checks without improvement before a drop
  double threshold = 1e-4;  ///< minimum improvement as a share of the best value
  int cooldown = 0;         ///< checks after a drop that are not counted
  double min_rate = 0;      ///< minimum rate
};

/// Not thread safe.
class Plateau {
 public:
  /// @throws Error(invalid_argument) naming the option
  explicit Plateau(const PlateauOptions& options);

  /// Adds the metric of one check. NaN is not an improvement.
  /// @return true if the rate drops now
  bool update(double metric);

  /// @param rate without drops @return with the drops so far, not below min_rate (nor above `rate`)
  [[nodiscard]] double apply(double rate) const noexcept;

  /// "plateau/..." numbers for a checkpoint.
  [[nodiscard]] std::map<std::string, double> state() const;
  /// Missing numbers keep their values. Others' are ignored.
  void load(const std::map<std::string, double>& state);

 private:
  PlateauOptions options_;
  double best_;
  double scale_ = 1;  ///< product of the drops
  int bad_ = 0;       ///< consecutive checks without improvement
  int cooldown_ = 0;  ///< remaining checks
};

}  // namespace faceshot::train
