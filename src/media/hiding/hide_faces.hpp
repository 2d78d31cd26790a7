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
  blur,  ///< a mosaic of few means, smoothed: looks like a strong blur, and holds no more than that
         ///< mosaic
  pixelate,  ///< that mosaic
  solid,     ///< black
  image,     ///< a picture in the face's place
};

enum class HideShape : std::uint8_t { ellipse, box };

struct HideOptions {
  HideStyle style = HideStyle::blur;
  HideShape shape = HideShape::ellipse;
  /// The box grows by this share of its sides on each side, >= 0. With 0.2 the ellipse in it takes
  /// in all but the outermost corners of the face's own box.
  float margin = 0.2F;
};

/// A photograph is looked at once, where a face of a film is seen again in the next frame: this
/// share of the network's own threshold is enough to be hidden (measured in docs/video.md).
inline constexpr float photograph_share = 0.6F;

/// What blur and pixelate leave of a face: so many means along its longer side, each in steps of 8
/// of 255. Faces of 8x8 pixels cannot be told apart by people or networks.
inline constexpr int mosaic_cells = 6;

/// Hides what lies in boxes. Thread safe.
class Hider {
 public:
  /// @param picture for HideStyle::image, else ignored
  /// @throws Error(invalid_argument) for an impossible margin, or a picture that is missing
  explicit Hider(const HideOptions& options, Image picture = {});

  /// @param faces in pixels as seen; what lies outside the picture is cut off
  void hide(const PlaneCanvas& canvas, const Placement& placement,
            std::span<const Box> faces) const;
  /// The same in an upright photograph.
  void hide(Image& photograph, std::span<const Box> faces) const;

  /// What is hidden of a face's box: that, and the margin.
  [[nodiscard]] Box grown(const Box& face) const;
  [[nodiscard]] const HideOptions& options() const noexcept { return options_; }

 private:
  HideOptions options_;
  Image picture_;
};

}  // namespace faceshot::media
