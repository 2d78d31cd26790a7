// Everything that most programs need: detection, tracking, and the resulting boxes.
// (faceshot/opencv.hpp is for programs with OpenCV.)
#pragma once

#include "faceshot/box.hpp"
#include "faceshot/camera_motion.hpp"
#include "faceshot/detection.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/error.hpp"
#include "faceshot/face_alignment.hpp"
#include "faceshot/image_view.hpp"
#include "faceshot/landmarks.hpp"
#include "faceshot/model_info.hpp"
#include "faceshot/network.hpp"
#include "faceshot/nms.hpp"
#include "faceshot/parallel_runner.hpp"
#include "faceshot/tiling.hpp"
#include "faceshot/tracker.hpp"
#include "faceshot/version.hpp"
