// Makes faces unrecognisable, in film frames and photographs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "faceshot/box.hpp"
#include "media/hiding/placement.hpp"
#include "media/hiding/plane_canvas.hpp"
#include "media/photographs/image.hpp"

namespace faceshot::media {

enum class HideStyle : std::uint8_t {
  blur,      ///< a mosaic of few means, smoothed: looks like a strong blur, and contains no more
             ///< information than that mosaic
  pixelate,  ///< that mosaic, not smoothed
  solid,     ///< black
  image,     ///< a picture in place of the face
};

enum class HideShape : std::uint8_t { ellipse, box };

struct HideOptions {
  HideStyle style = HideStyle::blur;
  HideShape shape = HideShape::ellipse;
  /// The box grows by this share of its sides on each side, >= 0. With 0.2, the ellipse in it
  /// covers all but the outermost corners of the original box.
  float margin = 0.2F;
};

/// A photograph is processed only once, while a face in a film is seen again in the next frame. So
/// in photographs, faces are hidden down to this share of the network's own threshold (measured in
/// docs/video.md).
inline constexpr float photograph_share = 0.6F;

/// What blur and pixelate leave of a face: this many means along its longer side, each in steps of
/// 8 of 255. Neither people nor networks can identify faces of 8x8 pixels.
inline constexpr int mosaic_cells = 6;

/// Hides the contents of boxes. Thread safe.
class Hider {
 public:
  /// @param picture for HideStyle::image, otherwise ignored
  /// @throws Error(invalid_argument) for an impossible margin, or a missing picture
  explicit Hider(const HideOptions& options, Image picture = {});

  /// @param faces in pixels as seen; clipped to the picture
  void hide(const PlaneCanvas& canvas, const Placement& placement,
            std::span<const Box> faces) const;
  /// The same in an upright photograph.
  void hide(Image& photograph, std::span<const Box> faces) const;

  /// The area hidden for a face's box: the box and the margin.
  [[nodiscard]] Box grown(const Box& face) const;
  [[nodiscard]] const HideOptions& options() const noexcept { return options_; }

 private:
  HideOptions options_;
  Image picture_;
};

}  // namespace faceshot::media
