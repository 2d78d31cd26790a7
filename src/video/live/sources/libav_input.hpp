// A live stream through libav: the common part of network and pipes. Includes libav's headers.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "faceshot/error.hpp"
#include "video/libav.hpp"
#include "video/live/sources/live_input.hpp"

namespace faceshot::video {

/// Containers and protocols of live streams. Those that refer to other files or streams (hls, dash,
/// sdp, concat) are not among them.
inline constexpr const char* live_formats =
    "rtsp,mpjpeg,mjpeg,mpegts,flv,live_flv,matroska,webm,mov,h264,hevc,obu,ivf,nut,ogg,avi,mpeg,"
    "mpegvideo,m4v,yuv4mpegpipe";

/// Limits a thread to its share of a core, over windows of a quarter of a second. Not thread safe.
class ProcessorShare {
 public:
  /// @param most cores, > 0
  explicit ProcessorShare(double most) : most_(most) {}
  /// Seconds to pause now, >= 0; call it often, on the thread itself.
  [[nodiscard]] double pause();

 private:
  double most_, begin_ = 0, used_ = 0;
};

/// The camera answers, but rejects this kind of connection.
struct RefusedByServer : Error {
  explicit RefusedByServer(const std::string& message) : Error(ErrorCode::io, message) {}
};

class LibavInput : public LiveInput {
 public:
  struct Settings {
    std::string url;                  ///< for libav; may hold a password
    std::string protocols;            ///< whitelist
    std::string name;                 ///< for messages
    std::string manner;               ///< "rtsp (tcp)"
    bool time_limits = true;          ///< whether InputOptions' apply
    AVDictionary* options = nullptr;  ///< of the demuxer; taken over
    /// Reads some bytes: returns their number, AVERROR_EOF, or another libav error. If empty, libav
    /// opens the URL.
    std::function<int(std::uint8_t*, int)> read = nullptr;
  };

  /// @throws Error as OpenInput
  LibavInput(const InputOptions& options, const Interrupt& interrupt, Settings settings);
  ~LibavInput() override;

  bool next(LivePicture& picture) override;
  void hurry(Haste haste) override;
  [[nodiscard]] std::string description() const override;
  [[nodiscard]] std::int64_t damaged() const override { return damaged_; }

 private:
  static int stop_waiting(void* self);
  static int read_bytes(void* self, std::uint8_t* bytes, int count);
  void open();
  void open_decoder();
  void start_waiting();
  [[nodiscard]] bool late() const;
  [[noreturn]] void fail(int code) const;
  bool feed();
  void deliver(AVFrame& frame, LivePicture& picture);

  InputOptions options_;
  const Interrupt& interrupt_;
  Settings settings_;
  double deadline_ = 0;
  bool any_ = false;  ///< whether there were frames
  bool draining_ = false;
  std::int64_t damaged_ = 0;
  int refused_ = 0;  ///< consecutive rejected packets
  ProcessorShare share_;
  int stream_ = -1;
  AVIOContext* io_ = nullptr;  ///< our own, if `read` is set
  InputPointer format_;
  CodecPointer decoder_;
  PacketPointer packet_{require_memory(av_packet_alloc())};
  ScalerPointer scaler_;
};

}  // namespace faceshot::video
