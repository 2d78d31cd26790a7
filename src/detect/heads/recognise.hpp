// Recognises other projects' networks by the names and shapes of their outputs.
#pragma once

#include <optional>
#include <string>

#include "faceshot/model_info.hpp"
#include "faceshot/network.hpp"

namespace faceshot::detect {

/// How to feed and decode a network without metadata, if it is one of
///  - YuNet (OpenCV's model zoo, 2023mar and later): cls_S, obj_S, bbox_S, kps_S for each stride S
///  - SCRFD (InsightFace): score_S, bbox_S and, with landmarks, kps_S; or outputs named by numbers,
///    with the same shapes as SCRFD's
///  - UltraFace, slim and RFB: scores, boxes
/// RetinaFace is not among them: files with the same outputs were trained with different priors,
/// which the files do not state. Mean, scale and channel order are those of the authors' own
/// programs.
/// @throws Error as Session
[[nodiscard]] std::optional<ModelInfo> recognise_network(const Network& network);

}  // namespace faceshot::detect
