// Local cameras through Linux' Video4Linux2 interface, without a library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "video/live/sources/interrupt.hpp"

namespace faceshot::video {

struct DeviceFormat {
  bool jpeg = false;  ///< each frame a JPEG; otherwise YUYV: two bytes per pixel
  int width = 0, height = 0;
  int stride = 0;  ///< bytes per row of YUYV
};

/// A device that captures into buffers shared with the kernel. Its only system calls are open,
/// ioctl, mmap, munmap, poll and close, which a test replaces. Not thread safe.
class V4l2Device {
 public:
  /// Opens and starts it. @param width, height, frame_rate requested; 0: the device's default
  /// @throws Error(not_found), Error(io), Error(unsupported) for devices that are not cameras,
  /// cannot
  ///         stream or offer neither MJPEG nor YUYV
  V4l2Device(const std::string& path, int width, int height, double frame_rate);
  ~V4l2Device();
  V4l2Device(const V4l2Device&) = delete;
  V4l2Device& operator=(const V4l2Device&) = delete;

  [[nodiscard]] const DeviceFormat& format() const noexcept { return format_; }

  struct Bytes {
    std::span<const std::uint8_t> bytes;  ///< empty: interrupted
    double seconds = 0;                   ///< capture time by the device's clock
    bool damaged = false;                 ///< as reported by the driver
  };
  /// Waits for a frame, which stays valid until give_back().
  /// @throws Error(io) if none arrives in time, or the device is gone
  [[nodiscard]] Bytes next(const Interrupt& interrupt, double most_seconds);
  void give_back();

 private:
  struct Buffer {
    void* memory = nullptr;
    std::size_t bytes = 0;
  };
  int call(unsigned long request, void* argument) const;
  void require(unsigned long request, void* argument, const char* what) const;
  [[noreturn]] void fail(const char* what) const;
  void choose_format(int width, int height, double frame_rate);
  void map_buffers();
  void close();

  std::string path_;
  int file_ = -1;
  DeviceFormat format_;
  std::vector<Buffer> buffers_;
  int taken_ = -1;  ///< index of the buffer in use
};

}  // namespace faceshot::video
