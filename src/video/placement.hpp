// How a film's stored pixels become the picture that people see.
//
// Everything outside this room is in pixels of the picture as seen.
#pragma once

#include "media/hiding/placement.hpp"

namespace faceshot::video {

using media::Placement;

}  // namespace faceshot::video
