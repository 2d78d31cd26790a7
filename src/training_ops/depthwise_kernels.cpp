#include "training_ops/depthwise_kernels.hpp"

#include <cstdint>

#include "base/simd/levels.hpp"

namespace faceshot::training_ops::depthwise {
namespace {

template <typename Element>
struct Kernels {
  decltype(&depthwise::forward<Element>) forward;
  decltype(&depthwise::backward<Element>) backward;
};

#define FACESHOT_KERNELS "training_ops/depthwise_loops.inc"
#include "training_ops/each_level.inc"

}  // namespace

template <typename Element>
void forward(const Element* x, const float* weight, Element* y, const Shape& shape,
             const Element* zeros) {
  best<Element>().forward(x, weight, y, shape, zeros);
}

template <typename Element>
void backward(const Element* x, const float* weight, const Element* dy, const Element* added,
              Element* dx, float* weight_gradient, const Shape& shape, const Element* zeros) {
  best<Element>().backward(x, weight, dy, added, dx, weight_gradient, shape, zeros);
}

#define FACESHOT_INSTANTIATE(Element)                                                            \
  template void forward(const Element*, const float*, Element*, const Shape&, const Element*);   \
  template void backward(const Element*, const float*, const Element*, const Element*, Element*, \
                         float*, const Shape&, const Element*);
FACESHOT_INSTANTIATE(float)
FACESHOT_INSTANTIATE(BFloat16)

}  // namespace faceshot::training_ops::depthwise
