#include "training_ops/normalise_kernels.hpp"

#include "base/simd/levels.hpp"

namespace faceshot::training_ops {
namespace {

/// Means and scales repeated so that a multiple of three vectors of any width fits.
constexpr std::size_t period = 48;

template <typename Element>
struct Kernels {
  void (*normalise)(const std::uint8_t* from, Element* to, std::size_t count, const float* mean,
                    const float* scale);
};

#define FACESHOT_KERNELS "training_ops/normalise_loops.inc"
#include "training_ops/each_level.inc"

}  // namespace

template <typename Element>
void normalise_pixels(const std::uint8_t* from, Element* to, std::size_t pixels,
                      const std::array<float, 3>& mean, const std::array<float, 3>& scale) {
  std::array<float, period> means, scales;
  for (std::size_t i = 0; i < period; ++i) {
    means[i] = mean[i % 3];
    scales[i] = scale[i % 3];
  }
  best<Element>().normalise(from, to, 3 * pixels, means.data(), scales.data());
}

template void normalise_pixels(const std::uint8_t*, float*, std::size_t,
                               const std::array<float, 3>&, const std::array<float, 3>&);
template void normalise_pixels(const std::uint8_t*, BFloat16*, std::size_t,
                               const std::array<float, 3>&, const std::array<float, 3>&);

}  // namespace faceshot::training_ops
