// One connection to a camera: from opening to its end.
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
  automatic,  ///< RTSP over TCP; over UDP if the camera refuses TCP
  tcp,
  udp,
};

struct InputOptions {
  std::string source;                          ///< in the forms of source_kind()
  Transport transport = Transport::automatic;  ///< for RTSP
  double connect_seconds = 5;                  ///< until the first frame, > 0
  double read_seconds = 5;                     ///< from one frame to the next, > 0
  int width = 0, height = 0;                   ///< requested of a device, pixels; 0: the device's
                                               ///< default
  double frame_rate = 0;                       ///< the same
  /// Cores that reading and decoding may use, > 0. Streams that need more are read more slowly, and
  /// so is data that only claims to be a stream.
  double most_processor = 1;
};

/// How far a stream is behind, and what the decoder skips because of that.
enum class Haste : std::uint8_t {
  none,
  skip_unreferenced,  ///< frames that no other frame depends on
  key_frames_only,
};

struct LivePicture {
  std::unique_ptr<AVFrame, FrameFree> picture;  ///< of a format that can be painted on
  Placement placement;
  double time =
      std::numeric_limits<double>::quiet_NaN();  ///< the stream's own time in seconds; NaN: none
};

/// Not thread safe.
class LiveInput {
 public:
  virtual ~LiveInput() = default;
  LiveInput(const LiveInput&) = delete;
  LiveInput& operator=(const LiveInput&) = delete;

  /// Waits for the next frame. False: the stream has ended regularly, or was interrupted.
  /// @throws Error(io) for a broken connection, or InputOptions::read_seconds without a frame;
  ///         Error(format) for data that cannot be decoded
  virtual bool next(LivePicture& picture) = 0;
  /// What to skip because the stream is behind; inputs that cannot skip do nothing.
  virtual void hurry(Haste) {}
  /// Describes the connection, for logs: "h264 by rtsp (tcp)".
  [[nodiscard]] virtual std::string description() const = 0;
  /// Damaged packets and frames skipped so far.
  [[nodiscard]] virtual std::int64_t damaged() const { return 0; }

 protected:
  LiveInput() = default;
};

/// @throws Error as LiveInput::next(), and Error(not_found) for a device that does not exist
using OpenInput = std::function<std::unique_ptr<LiveInput>(const InputOptions&, const Interrupt&)>;

/// By URL, using libav's network protocols. The stream cannot make us open files, or protocols
/// other than those of its own kind: both are whitelisted.
[[nodiscard]] std::unique_ptr<LiveInput> open_network_input(const InputOptions& options,
                                                            const Interrupt& interrupt);
/// A camera on this machine (Video4Linux2, by ioctl): MJPEG or YUYV.
[[nodiscard]] std::unique_ptr<LiveInput> open_device_input(const InputOptions& options,
                                                           const Interrupt& interrupt);
/// Standard input ("-"), or a FIFO: MPEG-TS, Matroska, raw H.264, H.265, MJPEG, Y4M and more.
[[nodiscard]] std::unique_ptr<LiveInput> open_pipe_input(const InputOptions& options,
                                                         const Interrupt& interrupt);
/// Selects one of the three.
[[nodiscard]] std::unique_ptr<LiveInput> open_live_input(const InputOptions& options,
                                                         const Interrupt& interrupt);

}  // namespace faceshot::video
