#include "augment/operations/parameter.hpp"

#include <cstdint>

namespace faceshot::augment {

float Parameter::draw(base::Random& random) const {
  switch (kind_) {
    case Kind::range:
      return random.uniform(values_[0], values_[1]);
    case Kind::choice:
      return values_[random.below(static_cast<std::uint32_t>(values_.size()))];
    case Kind::fixed:
      break;
  }
  return values_[0];
}

}  // namespace faceshot::augment
