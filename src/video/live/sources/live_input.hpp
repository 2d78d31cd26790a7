// One connection to a camera: from opening it to its end.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>

#include "video/frame.hpp"
#include "video/live/sources/interrupt.hpp"
#include "video/placement.hpp"

namespace faceshot::video {

enum class Transport : std::uint8_t {
  automatic,  ///< RTSP over TCP; over UDP where the camera refuses that
  tcp,
  udp,
};

struct InputOptions {
  std::string source;                          ///< as source_kind() takes it
  Transport transport = Transport::automatic;  ///< of RTSP
  double connect_seconds = 5;                  ///< until the first frame, > 0
  double read_seconds = 5;                     ///< from one frame to the next, > 0
  int width = 0, height = 0;                   ///< wanted of a device, pixels; 0: its own choice
  double frame_rate = 0;                       ///< the same
  /// Cores that reading and decoding may take, > 0; a stream that wants more is read more slowly,
  /// and so is what claims to be a stream and is not.
  double most_processor = 1;
};

/// How far a stream is behind, and what the decoder leaves out for that.
enum class Haste : std::uint8_t {
  none,
  skip_unreferenced,  ///< frames that no other is made from
  key_frames_only,
};

struct LivePicture {
  std::unique_ptr<AVFrame, FrameFree> picture;  ///< of a format that can be painted on
  Placement placement;
  double time =
      std::numeric_limits<double>::quiet_NaN();  ///< seconds as the stream tells; NaN: not
};

/// Not thread safe.
class LiveInput {
 public:
  virtual ~LiveInput() = default;
  LiveInput(const LiveInput&) = delete;
  LiveInput& operator=(const LiveInput&) = delete;

  /// Waits for the next frame. False: the stream has ended in good order, or was interrupted.
  /// @throws Error(io) for a connection that broke, or InputOptions::read_seconds without a frame;
  ///         Error(format) for what cannot be decoded
  virtual bool next(LivePicture& picture) = 0;
  /// What is not decoded because the stream is behind; those that cannot leave out do nothing.
  virtual void hurry(Haste) {}
  /// What was connected to, for logs: "h264 by rtsp (tcp)".
  [[nodiscard]] virtual std::string description() const = 0;
  /// Damage that was passed over so far.
  [[nodiscard]] virtual std::int64_t damaged() const { return 0; }

 protected:
  LiveInput() = default;
};

/// @throws Error as LiveInput::next(), and Error(not_found) for a device that is not there
using OpenInput = std::function<std::unique_ptr<LiveInput>(const InputOptions&, const Interrupt&)>;

/// By URL, on libav's network protocols. The stream cannot make us open files, or other protocols
/// than its own kind's: both are whitelisted.
[[nodiscard]] std::unique_ptr<LiveInput> open_network_input(const InputOptions& options,
                                                            const Interrupt& interrupt);
/// A camera on this machine (Video4Linux2, by ioctl): MJPEG or YUYV.
[[nodiscard]] std::unique_ptr<LiveInput> open_device_input(const InputOptions& options,
                                                           const Interrupt& interrupt);
/// Standard input ("-"), or a FIFO: MPEG-TS, Matroska, raw H.264, H.265, MJPEG, Y4M and more.
[[nodiscard]] std::unique_ptr<LiveInput> open_pipe_input(const InputOptions& options,
                                                         const Interrupt& interrupt);
/// Whichever of the three it is.
[[nodiscard]] std::unique_ptr<LiveInput> open_live_input(const InputOptions& options,
                                                         const Interrupt& interrupt);

}  // namespace faceshot::video
