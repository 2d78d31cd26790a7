// One photograph, from its bytes to its faces.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "faceshot/detector.hpp"
#include "media/photographs/image_file.hpp"
#include "media/photographs/image_tags.hpp"
#include "serve/api/engine.hpp"
#include "serve/http/message.hpp"
#include "serve/http/problem.hpp"
#include "serve/metrics.hpp"

namespace faceshot::serve {

struct PhotographLimits {
  std::int64_t pixels = 50'000'000;           ///< of the whole photograph
  std::vector<media::ImageFormat> formats{};  ///< accepted formats; empty: all
};

/// The result for a photograph.
struct Looked {
  media::Photograph photograph;  ///< perhaps decoded to a fraction of its size
  media::ImageFrame frame;
  std::vector<Detection> faces;  ///< in pixels of the whole photograph
  double decode_seconds = 0, detect_seconds = 0;
};

/// Decodes and detects. Limits are checked before anything is decoded. Thread safe.
/// @param whole whether the picture is needed at its full size
/// @throws Problem(wrong_type) for data that are not a photograph or of a format that is not
/// accepted,
///         Problem(too_many_pixels), Problem(damaged)
[[nodiscard]] Looked look_at(const Bytes& bytes, const Engine::Choice& choice, bool whole,
                             const PhotographLimits& limits, Metrics& metrics);

/// The frame of a photograph that is within the limits. @throws Problem as look_at()
[[nodiscard]] media::ImageFrame admitted_frame(const Bytes& bytes, const PhotographLimits& limits);

/// Encodes the picture as JPEG, PNG or WebP. @param format one of `picture_formats`
[[nodiscard]] Bytes encode_picture(const Looked& looked, const Bytes& file,
                                   media::ImageFormat format, Metrics& metrics);

}  // namespace faceshot::serve
