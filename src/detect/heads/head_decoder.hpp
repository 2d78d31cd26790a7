// From the outputs of a network's heads to candidates for NMS: one decoder per kind of head.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "faceshot/model_info.hpp"
#include "faceshot/network.hpp"
#include "faceshot/nms.hpp"
#include "faceshot/prior.hpp"

namespace faceshot::detect {

/// Reads the outputs of one session, whose addresses it keeps. Like the session, not thread safe.
class HeadDecoder {
 public:
  virtual ~HeadDecoder() = default;

  /// Decodes the session's last run.
  /// @param score_threshold in (0, 1)
  /// @param keep_top how many of the best candidates to keep, 0: all
  /// @param candidates overwritten: boxes and landmarks in pixels of the network's input.
  /// Non-finite ones
  ///        are dropped
  virtual void decode(float score_threshold, std::size_t keep_top,
                      std::vector<Detection>& candidates) const = 0;
};

// One function per head. The outputs' names are in `info`; width and height are
// those of the session's input. The session must outlive the decoder, and must not be moved.
// @throws Error(format) if the outputs do not have the shapes that the head requires,
// Error(not_found) if an output is missing

/// Grid sizes of an SSD's levels: those of the network's own maps or, for networks that name none,
/// size / step rounded up.
[[nodiscard]] std::vector<FeatureSize> feature_sizes(const ModelInfo& info, const Session& session,
                                                     int width, int height);

/// SSD: offsets from priors. See docs/onnx_metadata.md.
[[nodiscard]] std::unique_ptr<HeadDecoder> make_ssd_head(const ModelInfo& info,
                                                         const Session& session, int width,
                                                         int height);
/// YuNet (Wu, Peng, Yu: "YuNet: A Tiny Millisecond-level Face Detector", 2023), as OpenCV's
/// FaceDetectorYN has decoded it since 4.8.
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

/// The decoder for info.head.
[[nodiscard]] std::unique_ptr<HeadDecoder> make_head(const ModelInfo& info, const Session& session,
                                                     int width, int height);

}  // namespace faceshot::detect
