// A labelled photograph on which a policy works: pixels, boxes and landmarks move together.
//
// Geometry and linear colour changes are only noted down, as one map each, and carried out together
// when somebody needs the pixels: a chain of flips, turns, crops and resizes is one resampling, and
// costs as much as its result is large. The chain acts as one camera: what leaves the frame in one
// step and comes back in the next is there again, and only what lies outside the photograph is
// padding (padding_gray of resample.hpp). Where that is not wanted, call settle() in between.
#pragma once

#include <array>
#include <opencv2/core.hpp>
#include <span>
#include <vector>

#include "augment/pixels/geometry.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::augment {

/// Memory that one thread's canvases use in turn.
struct CanvasMemory {
  std::array<cv::Mat, 2> buffers;
};

/// Not thread safe; distinct canvases with distinct memory are independent.
class Canvas {
 public:
  /// @param image 8-bit BGR; never written to @param annotations in its pixels
  /// @param memory, image outlive the canvas
  Canvas(const cv::Mat& image, std::span<const geometry::Annotation> annotations,
         const FaceRule& rule, CanvasMemory& memory);

  [[nodiscard]] int width() const noexcept { return width_; }
  [[nodiscard]] int height() const noexcept { return height_; }
  [[nodiscard]] const FaceRule& rule() const noexcept { return rule_; }

  /// Where the faces are now, clipped and judged as settle() would.
  [[nodiscard]] std::vector<geometry::Annotation> annotations() const;

  /// Moves the picture. @param map from present pixels to those of the new frame of width x height
  void move(const PixelMap& map, int width, int height);

  /// Changes colours. @param matrix 3x4 on (B, G, R, 1), as color_matrix gives it
  void recolor(const cv::Matx34f& matrix);

  /// Carries out what is noted down.
  void settle();

  /// The settled picture, width() x height(), 8-bit BGR, to be written to.
  [[nodiscard]] cv::Mat& pixels();

  /// The settled faces, to be changed together with the pixels: boxes stay inside the picture.
  [[nodiscard]] std::vector<TrackedFace>& faces();

  /// Puts another settled picture in place. `image` must not be memory of this canvas.
  void replace(cv::Mat image, std::vector<TrackedFace> faces);

  /// The end: the picture, in the memory of `out` if that has the size and type, and all its
  /// annotations.
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

/// The map that puts all of width x height, undistorted and centred, into new_width x new_height.
[[nodiscard]] PixelMap letterbox_map(int width, int height, int new_width, int new_height);

}  // namespace faceshot::augment
