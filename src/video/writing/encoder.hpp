// Encodes frames as packets of one video stream. Includes libav's headers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "video/libav.hpp"

namespace faceshot::video {

/// What the encoder needs to know about the film.
struct EncoderSettings {
  std::string codec_options;
  int quality = 18;
  int threads = 0;
  AVRational time_base{1, 1}, frame_rate{0, 1}, pixel_aspect{0, 1};
  bool global_header = false;  ///< the container stores its parameters separately
};

/// libav's encoder of this name; for an empty name the best one for the container: libx264 if it
/// supports H.264, otherwise the container's default.
/// @throws Error(invalid_argument) for a name that is not a video encoder's, Error(unsupported)
[[nodiscard]] const AVCodec& choose_encoder(const std::string& name,
                                            const AVOutputFormat& container);

class Encoder {
 public:
  using TakePacket = std::function<void(AVPacket&)>;

  /// @param like a frame of the film: size, format, colours
  /// @throws Error(invalid_argument) for options that the encoder does not know; Error(unsupported)
  Encoder(const AVCodec& codec, const EncoderSettings& settings, const AVFrame& like);

  [[nodiscard]] AVCodecContext& context() const noexcept { return *context_; }
  /// @param frame of the first one's size and format, its time in the film's time base
  void encode(const AVFrame& frame, std::int64_t pts, const TakePacket& take);
  /// Retrieves the packets still in the encoder.
  void flush(const TakePacket& take) { drain(nullptr, take); }

 private:
  void drain(const AVFrame* frame, const TakePacket& take);
  [[nodiscard]] AVFrame* converted(const AVFrame& frame);

  CodecPointer context_;
  PacketPointer packet_;
  ScalerPointer scaler_;
  std::map<std::int64_t, std::int64_t> durations_;  ///< by time, of the frames in the encoder
};

}  // namespace faceshot::video
