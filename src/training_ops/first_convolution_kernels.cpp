#include "training_ops/first_convolution_kernels.hpp"

#include <cstdint>

#include "base/simd/levels.hpp"

namespace faceshot::training_ops::first_conv {
namespace {

template <typename Element>
struct Kernels {
  decltype(&first_conv::forward<Element>) forward;
  decltype(&first_conv::weight_gradient<Element>) weight_gradient;
};

#define FACESHOT_KERNELS "training_ops/first_convolution_loops.inc"
#include "training_ops/each_level.inc"

}  // namespace

template <typename Element>
void forward(const Element* x, const float* weight, Element* y, const Shape& shape,
             float* scratch) {
  best<Element>().forward(x, weight, y, shape, scratch);
}

template <typename Element>
void weight_gradient(const Element* x, const Element* dy, float* gradient, const Shape& shape,
                     float* scratch) {
  best<Element>().weight_gradient(x, dy, gradient, shape, scratch);
}

#define FACESHOT_INSTANTIATE(Element)                                                  \
  template void forward(const Element*, const float*, Element*, const Shape&, float*); \
  template void weight_gradient(const Element*, const Element*, float*, const Shape&, float*);
FACESHOT_INSTANTIATE(float)
FACESHOT_INSTANTIATE(BFloat16)

}  // namespace faceshot::training_ops::first_conv
