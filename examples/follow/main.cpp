// The code of docs/deployment.md and docs/tracking.md as a program: faces tracked from frame to
// frame, and aligned for recognition networks.
//
//   follow MODEL.onnx
//
// "Films" a grey picture, and prints one line per frame.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <vector>

#include "faceshot/faceshot.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: follow MODEL.onnx\n");
    return 2;
  }
  try {
    constexpr int side = 128;
    const std::vector<std::uint8_t> grey(std::size_t{3} * side * side, 128);
    const faceshot::ImageView frame{grey.data(), side, side, std::ptrdiff_t{3} * side,
                                    faceshot::PixelFormat::bgr};
    faceshot::TrackerOptions how;
    // Low-score detections continue tracks, so the tracker needs them too.
    const faceshot::Detector detector(argv[1], {.score_threshold = how.low_score});
    faceshot::CameraMotionEstimator camera;
    faceshot::Tracker tracker(how);
    for (int i = 0; i < 3; ++i) {
      const double seconds = i / 25.0;
      const faceshot::FrameChange change = camera.next(frame);
      if (change.cut) tracker.reset();
      const auto found = detector.detect(frame);
      int confirmed = 0;
      for (const faceshot::TrackedFace& face : tracker.update(found, seconds, change.motion)) {
        confirmed += face.confirmed ? 1 : 0;
        if (!face.landmarks) continue;
        const faceshot::Similarity to_crop =
            faceshot::fit_similarity(*face.landmarks, faceshot::alignment_template());
        const faceshot::Point nose = (*face.landmarks)[2];
        std::printf("  %lld: nose at %.0f, %.0f, scale %.2f\n", static_cast<long long>(face.id),
                    static_cast<double>(nose.x), static_cast<double>(nose.y), to_crop.scale());
      }
      std::printf("%.2f s: %zu found, %d confirmed\n", seconds, found.size(), confirmed);
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "follow: %s\n", e.what());
    return 1;
  }
}
