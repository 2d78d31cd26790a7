// From the outputs of a network's heads to candidates for NMS: one decoder for each kind of head.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "faceshot/model_info.hpp"
#include "faceshot/network.hpp"
#include "faceshot/nms.hpp"
#include "faceshot/prior.hpp"

namespace faceshot::detect {

/// Reads the outputs of one session, whose addresses it knows. Not thread safe, as the session.
class HeadDecoder {
 public:
  virtual ~HeadDecoder() = default;

  /// Decodes what the session's last run found.
  /// @param score_threshold in (0, 1)
  /// @param keep_top the best-scored candidates kept, 0: all
  /// @param candidates overwritten: boxes and landmarks in pixels of the network's input. What is
  ///        not finite is dropped
  virtual void decode(float score_threshold, std::size_t keep_top,
                      std::vector<Detection>& candidates) const = 0;
};

// One function a head. The outputs' names are in `info`; width and height are
// those of the session's input. The session must outlive the decoder, and must not be moved.
// @throws Error(format) if the outputs have not the shapes that the head must have,
// Error(not_found) if there is no output of a name

/// Cells of each level of an SSD's priors: as the network's own maps have them, or, for networks
/// that name none, as many as steps fit, the last one not whole.
[[nodiscard]] std::vector<FeatureSize> feature_sizes(const ModelInfo& info, const Session& session,
                                                     int width, int height);

/// SSD: offsets from priors. See docs/onnx_metadata.md.
[[nodiscard]] std::unique_ptr<HeadDecoder> make_ssd_head(const ModelInfo& info,
                                                         const Session& session, int width,
                                                         int height);
/// YuNet (Wu, Peng, Yu: "YuNet: A Tiny Millisecond-level Face Detector", 2023), as OpenCV's
/// FaceDetectorYN decodes it since 4.8.
[[nodiscard]] std::unique_ptr<HeadDecoder> make_yunet_head(const ModelInfo& info,
                                                           const Session& session, int width,
                                                           int height);
/// SCRFD (Guo et al.: "Sample and Computation Redistribution for Efficient Face Detection", 2021),
/// as InsightFace decodes it.
[[nodiscard]] std::unique_ptr<HeadDecoder> make_scrfd_head(const ModelInfo& info,
                                                           const Session& session, int width,
                                                           int height);
/// UltraFace (Ultra-Light-Fast-Generic-Face-Detector-1MB): its graph decodes the boxes itself.
[[nodiscard]] std::unique_ptr<HeadDecoder> make_ultraface_head(const ModelInfo& info,
                                                               const Session& session, int width,
                                                               int height);

/// The one for info.head.
[[nodiscard]] std::unique_ptr<HeadDecoder> make_head(const ModelInfo& info, const Session& session,
                                                     int width, int height);

}  // namespace faceshot::detect
