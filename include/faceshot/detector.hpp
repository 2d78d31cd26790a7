// Finding faces in an image: pre-processing, network, decoding, NMS.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "faceshot/image_view.hpp"
#include "faceshot/model_info.hpp"
#include "faceshot/network.hpp"
#include "faceshot/nms.hpp"
#include "faceshot/tiling.hpp"

namespace faceshot {
inline namespace v0_1 {

/// The score threshold for model files that have none. A network trained with hard negative mining
/// sees few backgrounds and is overconfident: 0.5 would be too low.
inline constexpr float default_score_threshold = 0.7F;

struct DetectorOptions {
  /// In (0, 1), for all classes: lower detections are never decoded. None: the model's
  /// class_thresholds or default_threshold, or default_score_threshold if it has neither.
  std::optional<float> score_threshold = std::nullopt;
  float nms_threshold = 0.45F;  ///< IoU in [0, 1]
  /// Which boxes suppress each other. None: across classes if the model has one_label.
  std::optional<Suppression> suppression = std::nullopt;
  /// The image is scaled so that its longer side is this; 0: native. Networks with a fixed input
  /// size get the image fitted into that instead.
  int max_side = 640;
  bool upscale = false;                   ///< whether smaller images are enlarged to max_side
  int keep_top = 750;                     ///< maximum number of detections; 0: all
  int threads = 1;                        ///< CPU threads for one image, 1 to most_threads
  Precision precision = Precision::fp32;  ///< bf16 means fp32 if has_bf16() is false
  /// The host application's threads; null: FaceShot's own (faceshot/parallel_runner.hpp).
  std::shared_ptr<ParallelRunner> runner = nullptr;
};

/// Where the time of one call went, in milliseconds.
struct DetectTimings {
  double preprocess = 0;   ///< preparing to scale
  double network = 0;      ///< the network, including scaling and normalisation row by row
  double postprocess = 0;  ///< decoding and NMS
};

/// In pixels.
struct InputSize {
  int width = 0, height = 0;
};

/// A face detector. Thread safe: any number of threads may call detect() on one object; each call
/// takes a session from a small pool (one per thread and input size, created on first use).
class Detector {
 public:
  /// @throws Error as Network::load and ModelInfo::of; Error(invalid_argument) for impossible
  ///         options; Error(unsupported) for a network that takes no colour image
  explicit Detector(const std::string& model_path, const DetectorOptions& options = {});
  explicit Detector(Network network, const DetectorOptions& options = {});
  /// For a network whose file does not describe its use.
  Detector(Network network, ModelInfo info, const DetectorOptions& options = {});
  ~Detector();
  Detector(Detector&&) noexcept;
  Detector& operator=(Detector&&) noexcept;

  /// Boxes in pixels of `image`, clipped to it, by descending score; with landmarks (not clipped)
  /// if the network has them (info().has_landmarks()).
  /// @throws Error(invalid_argument) for an empty view
  /// @param image upright
  /// @param timings if given, receives where the time went (without creating a session, as the
  /// first call with a new input size does)
  [[nodiscard]] std::vector<Detection> detect(const ImageView& image,
                                              DetectTimings* timings = nullptr) const;

  /// The same into the caller's vector, for video: once the detector has seen images of this
  /// size and the vector has grown, nothing is allocated.
  /// @param image, timings as above
  /// @param found overwritten
  void detect(const ImageView& image, std::vector<Detection>& found,
              DetectTimings* timings = nullptr) const;

  /// Many images, distributed over the threads, each image on one thread, whatever
  /// options().threads is. That gives more images per second than all threads on one image at a
  /// time.
  /// @param images upright
  /// @param threads 1 to most_threads; the caller's is one of them
  /// @return the results of detect(), in the order of the images
  /// @throws Error as detect(); the message begins with the image's index, from 0. Nothing is
  ///         started if a view is not an image
  [[nodiscard]] std::vector<std::vector<Detection>> detect_batch(std::span<const ImageView> images,
                                                                 int threads) const;

  /// For large photographs with small faces: runs on the photograph scaled down to max_side, like
  /// detect(), and on overlapping tiles at full resolution; reports each face once. Costs as much
  /// as detect() on each tile. options().threads work on different tiles. If detect() would not
  /// scale the photograph down, this is detect().
  ///
  /// Faces larger than TileOptions::overlap * size are found only in the scaled-down photograph: to
  /// leave no gap, choose max_side so that such a face is still some 20 pixels there.
  /// @return as detect()
  /// @throws Error as detect(); Error(invalid_argument) for impossible tile options
  [[nodiscard]] std::vector<Detection> detect_tiled(const ImageView& image,
                                                    const TileOptions& tiles = {}) const;

  /// Size of the network's input for an image of this size: the image scaled according to the
  /// options and padded; or constant, for networks with a fixed input size.
  [[nodiscard]] InputSize input_size(int image_width, int image_height) const;
  [[nodiscard]] const ModelInfo& info() const;
  /// The options in effect: score_threshold (the lowest of all classes) and suppression are
  /// set.
  [[nodiscard]] const DetectorOptions& options() const;
  [[nodiscard]] const Network& network() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace v0_1
}  // namespace faceshot
