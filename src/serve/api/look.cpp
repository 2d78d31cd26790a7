#include "serve/api/look.hpp"

#include <algorithm>
#include <chrono>

#include "faceshot/error.hpp"
#include "media/photographs/reduced_photograph.hpp"

namespace faceshot::serve {
namespace {

using LookClock = std::chrono::steady_clock;

double seconds_since(LookClock::time_point start) {
  return std::chrono::duration<double>(LookClock::now() - start).count();
}

/// Photographs have no names here: the clients' names are private.
constexpr const char* photograph_name = "photograph";

}  // namespace

media::ImageFrame admitted_frame(const Bytes& bytes, const PhotographLimits& limits) {
  std::optional<media::ImageFrame> frame;
  try {
    frame = media::parse_image_frame(bytes, photograph_name);
  } catch (const Error& e) {
    throw Problem(problem::damaged, e.what());
  }
  if (!frame)
    throw Problem(
        problem::wrong_type,
        "this is not a photograph that can be read: JPEG, PNG, WebP, HEIC, AVIF, TIFF, GIF "
        "or BMP");
  if (!limits.formats.empty() && std::find(limits.formats.begin(), limits.formats.end(),
                                           frame->format) == limits.formats.end())
    throw Problem(problem::wrong_type, "this server does not accept photographs of this format");
  if (std::int64_t{frame->width} * frame->height > limits.pixels)
    throw Problem(problem::too_many_pixels,
                  "the photograph claims to be " + std::to_string(frame->width) + "x" +
                      std::to_string(frame->height) + " pixels, more than the limit of " +
                      std::to_string(limits.pixels) + "; scale it down first");
  return *frame;
}

Looked look_at(const Bytes& bytes, const Engine::Choice& choice, bool whole,
               const PhotographLimits& limits, Metrics& metrics) {
  Looked looked;
  looked.frame = admitted_frame(bytes, limits);
  const auto start = LookClock::now();
  const media::ReadOptions read{.max_side = whole ? 0 : media::reduced_side(*choice.detector),
                                .tail = media::Tail::optional};
  try {
    static_cast<media::PhotographInfo&>(looked.photograph) = media::decode_photograph_into(
        bytes, looked.frame, photograph_name, read, [&](int width, int height) {
          // A decoder may find another size than the container's.
          if (std::int64_t{width} * height > limits.pixels)
            throw Problem(problem::too_many_pixels,
                          "the photograph has more pixels than the limit");
          looked.photograph.image = media::Image(width, height);
          return looked.photograph.image.row(0);
        });
  } catch (const Error& e) {
    throw Problem(e.code() == ErrorCode::unsupported ? problem::too_many_pixels : problem::damaged,
                  e.what());
  }
  looked.decode_seconds = seconds_since(start);
  metrics.count_stage(Stage::decode, looked.decode_seconds);
  const auto decoded = LookClock::now();
  looked.faces = choice.detector->detect(looked.photograph.image.view());
  std::erase_if(looked.faces, [&](const Detection& d) { return d.score < choice.threshold; });
  media::scale_detections(looked.faces, looked.photograph);
  looked.detect_seconds = seconds_since(decoded);
  metrics.count_stage(Stage::detect, looked.detect_seconds);
  metrics.count_photograph();
  metrics.count_faces(looked.faces.size());
  return looked;
}

Bytes encode_picture(const Looked& looked, const Bytes& file, media::ImageFormat format,
                     Metrics& metrics) {
  const auto start = LookClock::now();
  // The colour profile is kept; other camera data, and any embedded picture, are not.
  const media::ImageTags tags = media::image_tags(file, looked.frame, false);
  Bytes bytes = media::encode_image(looked.photograph.image.view(), format,
                                    tags.format == format ? tags : media::ImageTags{});
  metrics.count_stage(Stage::encode, seconds_since(start));
  return bytes;
}

}  // namespace faceshot::serve
