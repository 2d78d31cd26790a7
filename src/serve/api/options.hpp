// The options that a request may set in its query.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "faceshot/image_view.hpp"
#include "media/hiding/hide_faces.hpp"

namespace faceshot::serve {

struct LookOptions {
  std::optional<float> threshold;  ///< none: the model's own
  std::optional<int> max_side;     ///< none: the server's
  std::optional<float> nms;        ///< none: the server's
  media::HideOptions hide{};       ///< for anonymize only
};

/// Frames of a live stream.
struct StreamOptions {
  LookOptions look;
  bool raw = false;  ///< pixels, not photographs
  PixelFormat pixels = PixelFormat::rgb;
  int width = 0, height = 0;  ///< of raw frames

  /// Bytes of a raw frame, rows without gaps.
  [[nodiscard]] std::size_t raw_bytes() const;
};

struct OptionLimits {
  int most_side = 2048;         ///< maximum of max_side
  std::size_t most_pixels = 0;  ///< of a raw frame
};

/// threshold, max_side and nms. @throws Problem(bad_option) for an unknown name (perhaps with a
/// suggestion), a repeated one, or an impossible value
[[nodiscard]] LookOptions parse_look_options(std::string_view query, const OptionLimits& limits);
/// The same, and style (blur, pixelate, solid), shape (ellipse, box) and margin.
[[nodiscard]] LookOptions parse_hide_options(std::string_view query, const OptionLimits& limits);
/// The same as the first, and frames (photographs, raw), pixels (rgb, bgr, rgba, bgra, gray, nv12,
/// i420), width and height.
[[nodiscard]] StreamOptions parse_stream_options(std::string_view query,
                                                 const OptionLimits& limits);

}  // namespace faceshot::serve
