// A labelled photograph on which a policy works: pixels, boxes and landmarks are transformed
// together.
//
// Geometry and linear colour changes are only recorded, as one map each, and applied together when
// the pixels are needed: a chain of flips, rotations, crops and resizes is one resampling, whose
// cost depends on the size of its result. The chain acts like one camera: what leaves the frame in
// one step and comes back in the next is still there, and only the outside of the photograph is
// padding (padding_gray of resample.hpp). To avoid that, call settle() in between.
#pragma once

#include <array>
#include <opencv2/core.hpp>
#include <span>
#include <vector>

#include "augment/pixels/geometry.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::augment {

/// Memory that one thread's canvases reuse.
struct CanvasMemory {
  std::array<cv::Mat, 2> buffers;
};

/// Not thread safe; distinct canvases with distinct memory are independent.
class Canvas {
 public:
  /// @param image 8-bit BGR; never written to @param annotations in its pixels
  /// @param memory, image must outlive the canvas
  Canvas(const cv::Mat& image, std::span<const geometry::Annotation> annotations,
         const FaceRule& rule, CanvasMemory& memory);

  [[nodiscard]] int width() const noexcept { return width_; }
  [[nodiscard]] int height() const noexcept { return height_; }
  [[nodiscard]] const FaceRule& rule() const noexcept { return rule_; }

  /// The current faces, clipped and judged as by settle().
  [[nodiscard]] std::vector<geometry::Annotation> annotations() const;

  /// Transforms the picture. @param map from current pixels to those of the new frame of width x
  /// height
  void move(const PixelMap& map, int width, int height);

  /// Changes colours. @param matrix 3x4 on (B, G, R, 1), from color_matrix
  void recolor(const cv::Matx34f& matrix);

  /// Applies everything recorded.
  void settle();

  /// The settled picture, width() x height(), 8-bit BGR, writable.
  [[nodiscard]] cv::Mat& pixels();

  /// The settled faces, to be changed together with the pixels: boxes stay inside the picture.
  [[nodiscard]] std::vector<TrackedFace>& faces();

  /// Replaces the picture with another settled one. `image` must not be memory of this canvas.
  void replace(cv::Mat image, std::vector<TrackedFace> faces);

  /// Finishes: returns the picture, in the memory of `out` if that has the size and type, and all
  /// its annotations.
  void finish(cv::Mat& out, std::vector<geometry::Annotation>& annotations);

 private:
  [[nodiscard]] bool has_geometry() const;
  [[nodiscard]] cv::Mat& spare_buffer();
  void settle_into(cv::Mat& destination);

  CanvasMemory& memory_;
  FaceRule rule_;
  cv::Mat image_;                           ///< settled pixels; the caller's until `owned_`
  bool owned_ = false;                      ///< image_ may be written to
  std::vector<TrackedFace> faces_;          ///< in pixels of image_
  PixelMap map_ = PixelMap::eye();          ///< pending: from image_ to the frame
  cv::Matx34f color_ = cv::Matx34f::eye();  ///< pending
  int width_, height_;                      ///< of the frame
};

/// The map that fits all of width x height, undistorted and centred, into new_width x new_height.
[[nodiscard]] PixelMap letterbox_map(int width, int height, int new_width, int new_height);

}  // namespace faceshot::augment
