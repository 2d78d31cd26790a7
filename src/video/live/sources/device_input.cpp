// Frames of a camera on this machine.
#include <fmt/format.h>

#include <cstring>

#include "faceshot/error.hpp"
#include "video/libav.hpp"
#include "video/live/sources/live_input.hpp"
#include "video/live/sources/source_name.hpp"
#include "video/live/sources/v4l2_device.hpp"
#include "video/live/utc_time.hpp"
#include "video/reading/film_reader.hpp"

namespace faceshot::video {
namespace {

class DeviceInput : public LiveInput {
 public:
  DeviceInput(const InputOptions& options, const Interrupt& interrupt)
      : options_(options),
        interrupt_(interrupt),
        device_(options.source, options.width, options.height, options.frame_rate) {
    quiet_libav();
    if (!device_.format().jpeg) return;
    const AVCodec* const codec = avcodec_find_decoder(AV_CODEC_ID_MJPEG);
    if (codec == nullptr) throw Error(ErrorCode::unsupported, "libav lacks a decoder for MJPEG");
    decoder_.reset(require_memory(avcodec_alloc_context3(codec)));
    decoder_->max_pixels = max_frame_pixels;
    decoder_->thread_count = 1;
    if (const int code = avcodec_open2(decoder_.get(), codec, nullptr); code < 0)
      throw Error(ErrorCode::unsupported, "MJPEG cannot be decoded: " + libav_text(code));
  }

  bool next(LivePicture& picture) override {
    const double until = monotonic_now() + options_.read_seconds;
    for (;;) {
      const V4l2Device::Bytes taken = device_.next(interrupt_, options_.read_seconds);
      if (taken.bytes.empty() && interrupt_.raised()) return false;
      std::unique_ptr<AVFrame, FrameFree> frame;
      if (!taken.damaged)
        frame = device_.format().jpeg ? decoded(taken.bytes) : from_yuyv(taken.bytes);
      device_.give_back();
      if (frame) {
        picture.placement = Placement(frame->width, frame->height, {}, 1.0);
        picture.picture = std::move(frame);
        picture.time = taken.seconds;
        return true;
      }
      ++damaged_;
      if (monotonic_now() > until)
        throw Error(ErrorCode::format,
                    "'" + options_.source + "' delivers nothing that can be decoded");
    }
  }

  [[nodiscard]] std::string description() const override {
    const DeviceFormat& format = device_.format();
    return fmt::format("{} {}x{} by v4l2", format.jpeg ? "mjpeg" : "yuyv", format.width,
                       format.height);
  }
  [[nodiscard]] std::int64_t damaged() const override { return damaged_; }

 private:
  /// Null: damaged.
  std::unique_ptr<AVFrame, FrameFree> decoded(std::span<const std::uint8_t> bytes) {
    if (bytes.empty() || av_new_packet(packet_.get(), static_cast<int>(bytes.size())) < 0)
      return nullptr;
    std::memcpy(packet_->data, bytes.data(), bytes.size());
    const int sent = avcodec_send_packet(decoder_.get(), packet_.get());
    av_packet_unref(packet_.get());
    std::unique_ptr<AVFrame, FrameFree> frame(require_memory(av_frame_alloc()));
    if (sent < 0 || avcodec_receive_frame(decoder_.get(), frame.get()) < 0) return nullptr;
    return frame;
  }

  /// Two pixels in four bytes: luma, blue difference, luma, red difference.
  std::unique_ptr<AVFrame, FrameFree> from_yuyv(std::span<const std::uint8_t> bytes) const {
    const DeviceFormat& format = device_.format();
    const auto stride = static_cast<std::size_t>(format.stride);
    if (bytes.size() < stride * static_cast<std::size_t>(format.height - 1) +
                           2 * static_cast<std::size_t>(format.width))
      return nullptr;
    std::unique_ptr<AVFrame, FrameFree> frame(require_memory(av_frame_alloc()));
    frame->format = AV_PIX_FMT_YUV422P;
    frame->width = format.width;
    frame->height = format.height;
    if (av_frame_get_buffer(frame.get(), 0) < 0) throw_no_memory();
    for (int y = 0; y < format.height; ++y) {
      const std::uint8_t* in = bytes.data() + stride * static_cast<std::size_t>(y);
      std::uint8_t* const luma = frame->data[0] + std::ptrdiff_t{frame->linesize[0]} * y;
      std::uint8_t* const blue = frame->data[1] + std::ptrdiff_t{frame->linesize[1]} * y;
      std::uint8_t* const red = frame->data[2] + std::ptrdiff_t{frame->linesize[2]} * y;
      for (int pair = 0; pair < format.width / 2; ++pair, in += 4) {
        luma[2 * pair] = in[0];
        luma[2 * pair + 1] = in[2];
        blue[pair] = in[1];
        red[pair] = in[3];
      }
    }
    return frame;
  }

  InputOptions options_;
  const Interrupt& interrupt_;
  V4l2Device device_;
  CodecPointer decoder_;
  PacketPointer packet_{require_memory(av_packet_alloc())};
  std::int64_t damaged_ = 0;
};

}  // namespace

std::unique_ptr<LiveInput> open_device_input(const InputOptions& options,
                                             const Interrupt& interrupt) {
  return std::make_unique<DeviceInput>(options, interrupt);
}

std::unique_ptr<LiveInput> open_live_input(const InputOptions& options,
                                           const Interrupt& interrupt) {
  switch (source_kind(options.source)) {
    case SourceKind::network:
      return open_network_input(options, interrupt);
    case SourceKind::device:
      return open_device_input(options, interrupt);
    case SourceKind::pipe:
      return open_pipe_input(options, interrupt);
    case SourceKind::none:
      break;
  }
  throw Error(ErrorCode::not_found, "'" + shown_source(options.source) + "' is not there");
}

}  // namespace faceshot::video
