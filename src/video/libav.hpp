// FFmpeg's C interface with owning types for what it allocates. Includes libav's headers: for
// sources of this room only.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

#include <memory>
#include <string>

namespace faceshot::video {

struct PacketFree {
  void operator()(AVPacket* packet) const noexcept { av_packet_free(&packet); }
};
struct CodecFree {
  void operator()(AVCodecContext* codec) const noexcept { avcodec_free_context(&codec); }
};
struct InputClose {
  void operator()(AVFormatContext* format) const noexcept { avformat_close_input(&format); }
};
struct OutputFree {
  void operator()(AVFormatContext* format) const noexcept { avformat_free_context(format); }
};
struct ScalerFree {
  void operator()(SwsContext* scaler) const noexcept { sws_freeContext(scaler); }
};
struct DictionaryFree {
  void operator()(AVDictionary* d) const noexcept { av_dict_free(&d); }
};

using PacketPointer = std::unique_ptr<AVPacket, PacketFree>;
using CodecPointer = std::unique_ptr<AVCodecContext, CodecFree>;
using InputPointer = std::unique_ptr<AVFormatContext, InputClose>;
using OutputPointer = std::unique_ptr<AVFormatContext, OutputFree>;
using ScalerPointer = std::unique_ptr<SwsContext, ScalerFree>;

/// libav's text for an error code.
[[nodiscard]] std::string libav_text(int code);

/// Checks a pointer returned by libav. @throws Error(resource_exhausted) if it is null
template <class T>
T* require_memory(T* pointer);

/// Stops libav from printing to stderr by itself. Call it before anything else of libav.
void quiet_libav();

[[noreturn]] void throw_no_memory();

template <class T>
T* require_memory(T* pointer) {
  if (pointer == nullptr) throw_no_memory();
  return pointer;
}

}  // namespace faceshot::video
