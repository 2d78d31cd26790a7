// A level of a detector while its network is being built.
#pragma once

#include <string>

#include "network/network_builder.hpp"

namespace faceshot::network {

struct Level {
  std::string name;  ///< of the tap or extra layer that it starts from: "C3", "extra1"
  Feature feature;   ///< what the next part takes
  int stride = 8;    ///< input pixels from one cell to the next
};

}  // namespace faceshot::network
