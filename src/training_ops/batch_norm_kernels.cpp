#include "training_ops/batch_norm_kernels.hpp"

#include <numeric>

#include "base/simd/levels.hpp"

namespace faceshot::training_ops::batch_norm {
namespace {

template <typename Element>
struct Kernels {
  decltype(&batch_norm::moments<Element>) moments;
  decltype(&batch_norm::normalise<Element>) normalise;
  decltype(&batch_norm::backward_sums<Element>) backward_sums;
  decltype(&batch_norm::backward_input<Element>) backward_input;
};

#define FACESHOT_KERNELS "training_ops/batch_norm_loops.inc"
#include "training_ops/each_level.inc"

}  // namespace

std::size_t period_of(std::size_t channels) { return std::lcm(channels, std::size_t{64}); }

template <typename Element>
void moments(const Element* x, std::size_t count, std::size_t period, double* sums) {
  best<Element>().moments(x, count, period, sums);
}

template <typename Element>
void normalise(const Element* x, const Element* residual, Element* y, std::size_t count,
               const Affine& affine, Range range) {
  best<Element>().normalise(x, residual, y, count, affine, range);
}

template <typename Element>
void backward_sums(const Element* dy, const Element* x, const Element* y,
                   Element* residual_gradient, std::size_t count, const Affine& affine,
                   const float* mean, Range range, double* sums) {
  best<Element>().backward_sums(dy, x, y, residual_gradient, count, affine, mean, range, sums);
}

template <typename Element>
void backward_input(const Element* dy, const Element* x, const Element* y, Element* dx,
                    std::size_t count, const Affine& affine, const InputGradient& gradient,
                    Range range) {
  best<Element>().backward_input(dy, x, y, dx, count, affine, gradient, range);
}

#define FACESHOT_INSTANTIATE(Element)                                                           \
  template void moments(const Element*, std::size_t, std::size_t, double*);                     \
  template void normalise(const Element*, const Element*, Element*, std::size_t, const Affine&, \
                          Range);                                                               \
  template void backward_sums(const Element*, const Element*, const Element*, Element*,         \
                              std::size_t, const Affine&, const float*, Range, double*);        \
  template void backward_input(const Element*, const Element*, const Element*, Element*,        \
                               std::size_t, const Affine&, const InputGradient&, Range);
FACESHOT_INSTANTIATE(float)
FACESHOT_INSTANTIATE(BFloat16)

}  // namespace faceshot::training_ops::batch_norm
