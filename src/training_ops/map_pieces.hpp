// A batch of maps cut into pieces for threads. Includes Torch: keep it out of other headers.
#pragma once

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/parallel.hpp"
#include "training_ops/batch_norm_kernels.hpp"

namespace faceshot::training_ops {

/// A channels_last map cut into pieces for threads. The pieces do not depend on the number of
/// threads, so neither do sums over pieces, added in order.
class Pieces {
 public:
  /// Pieces a fraction of the size of the second-level cache.
  explicit Pieces(const torch::Tensor& map) : Pieces(map, 0) {
    constexpr std::size_t wanted = 32768;
    length_ = period_ * std::max<std::size_t>(1, wanted / period_);
  }
  /// @param length elements per piece: whole pixels
  Pieces(const torch::Tensor& map, std::size_t length)
      : channels_(static_cast<std::size_t>(map.size(1))),
        count_(static_cast<std::size_t>(map.numel())),
        period_(batch_norm::period_of(channels_)),
        length_(length) {}

  [[nodiscard]] std::size_t period() const { return period_; }
  [[nodiscard]] std::size_t channels() const { return channels_; }
  [[nodiscard]] std::int64_t number() const {
    return static_cast<std::int64_t>((count_ + length_ - 1) / length_);
  }

  /// body(first element, number of elements, index of the piece)
  template <typename Body>
  void for_each(const Body& body) const {
    base::parallel_for(static_cast<std::size_t>(number()), torch::get_num_threads(),
                       [&](std::size_t p) {
                         const std::size_t first = p * length_;
                         body(first, std::min(length_, count_ - first), p);
                       });
  }

  /// Two sums per channel: body(first, count, sums) adds to 2 * period numbers.
  /// @return 2 * channels + extra numbers, the last ones 0
  template <typename Body>
  [[nodiscard]] torch::Tensor sums(std::int64_t extra, const Body& body) const {
    std::vector<double> parts(static_cast<std::size_t>(number()) * 2 * period_, 0.0);
    for_each([&](std::size_t first, std::size_t count, std::size_t p) {
      body(first, count, parts.data() + p * 2 * period_);
    });
    torch::Tensor total =
        torch::zeros({2 * static_cast<std::int64_t>(channels_) + extra}, torch::kDouble);
    auto* const out = total.data_ptr<double>();
    for (const double* row = parts.data(); row < parts.data() + parts.size(); row += period_) {
      double* const half = (row - parts.data()) / static_cast<std::ptrdiff_t>(period_) % 2 == 0
                               ? out
                               : out + channels_;
      for (std::size_t c = 0; c < period_; c += channels_)
        for (std::size_t i = 0; i < channels_; ++i) half[i] += row[c + i];
    }
    return total;
  }

  /// One number per channel, repeated over the period. @param of  of(channel)
  template <typename Of>
  [[nodiscard]] std::vector<float> repeated(const Of& of) const {
    std::vector<float> values(period_);
    for (std::size_t c = 0; c < channels_; ++c) values[c] = static_cast<float>(of(c));
    for (std::size_t c = channels_; c < period_; ++c) values[c] = values[c - channels_];
    return values;
  }

 private:
  std::size_t channels_, count_, period_, length_;
};

}  // namespace faceshot::training_ops
