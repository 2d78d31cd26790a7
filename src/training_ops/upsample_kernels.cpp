#include "training_ops/upsample_kernels.hpp"

#include <cstdint>

#include "base/simd/levels.hpp"

namespace faceshot::training_ops::upsample {
namespace {

template <typename Element>
struct Kernels {
  decltype(&upsample::add<Element>) add;
  decltype(&upsample::backward<Element>) backward;
};

#define FACESHOT_KERNELS "training_ops/upsample_loops.inc"
#include "training_ops/each_level.inc"

}  // namespace

template <typename Element>
void add(const Element* fine, const Element* coarse, Element* sum, const Shape& shape) {
  best<Element>().add(fine, coarse, sum, shape);
}

template <typename Element>
void backward(const Element* dsum, Element* dcoarse, const Shape& shape) {
  best<Element>().backward(dsum, dcoarse, shape);
}

#define FACESHOT_INSTANTIATE(Element)                                        \
  template void add(const Element*, const Element*, Element*, const Shape&); \
  template void backward(const Element*, Element*, const Shape&);
FACESHOT_INSTANTIATE(float)
FACESHOT_INSTANTIATE(BFloat16)

}  // namespace faceshot::training_ops::upsample
