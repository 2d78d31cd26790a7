// A level of a detector under construction.
#pragma once

#include <string>

#include "network/network_builder.hpp"

namespace faceshot::network {

struct Level {
  std::string name;  ///< of its tap or extra layer: "C3", "extra1"
  Feature feature;   ///< input of the next part
  int stride = 8;    ///< input pixels from one cell to the next
};

}  // namespace faceshot::network
