#include "video/live/sources/v4l2_device.hpp"

#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "faceshot/error.hpp"

namespace faceshot::video {
namespace {

constexpr unsigned wanted_buffers = 4;
constexpr int most_device_side = 16384;

}  // namespace

V4l2Device::V4l2Device(const std::string& path, int width, int height, double frame_rate)
    : path_(path), file_(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)) {
  if (file_ < 0)
    throw Error(
        errno == ENOENT || errno == ENODEV || errno == ENXIO ? ErrorCode::not_found : ErrorCode::io,
        "cannot open '" + path + "': " + std::strerror(errno) +
            (errno == EACCES ? "; is the user in the group `video`?" : ""));
  try {
    choose_format(width, height, frame_rate);
    map_buffers();
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    require(VIDIOC_STREAMON, &type, "does not start");
  } catch (...) {
    close();
    throw;
  }
}

V4l2Device::~V4l2Device() {
  int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  call(VIDIOC_STREAMOFF, &type);
  close();
}

void V4l2Device::close() {
  for (const Buffer& buffer : buffers_) ::munmap(buffer.memory, buffer.bytes);
  buffers_.clear();
  ::close(file_);
}

int V4l2Device::call(unsigned long request, void* argument) const {
  int result = 0;
  do {
    result = ::ioctl(file_, request, argument);
  } while (result < 0 && errno == EINTR);
  return result;
}

void V4l2Device::fail(const char* what) const {
  const int reason = errno;
  throw Error(ErrorCode::io, "'" + path_ + "' " + what + ": " + std::strerror(reason) +
                                 (reason == EBUSY ? "; another program is using it" : ""));
}

void V4l2Device::require(unsigned long request, void* argument, const char* what) const {
  if (call(request, argument) < 0) fail(what);
}

void V4l2Device::choose_format(int width, int height, double frame_rate) {
  v4l2_capability capability{};
  if (call(VIDIOC_QUERYCAP, &capability) < 0)
    throw Error(ErrorCode::unsupported, "'" + path_ + "' is not a camera");
  const unsigned can = (capability.capabilities & V4L2_CAP_DEVICE_CAPS) != 0
                           ? capability.device_caps
                           : capability.capabilities;
  if ((can & V4L2_CAP_VIDEO_CAPTURE) == 0 || (can & V4L2_CAP_STREAMING) == 0)
    throw Error(ErrorCode::unsupported, "'" + path_ + "' cannot capture with shared buffers");
  v4l2_format format{};
  format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  require(VIDIOC_G_FMT, &format, "does not report its format");
  if (width > 0 && height > 0) {
    format.fmt.pix.width = static_cast<unsigned>(width);
    format.fmt.pix.height = static_cast<unsigned>(height);
  }
  // MJPEG is the format for which USB has enough bandwidth at the full frame rate; the driver
  // replies with what it supports.
  bool agreed = false;
  for (const unsigned kind : {V4L2_PIX_FMT_MJPEG, V4L2_PIX_FMT_JPEG, V4L2_PIX_FMT_YUYV}) {
    v4l2_format asked = format;
    asked.fmt.pix.pixelformat = kind;
    asked.fmt.pix.field = V4L2_FIELD_ANY;
    asked.fmt.pix.bytesperline = asked.fmt.pix.sizeimage = 0;
    if (call(VIDIOC_S_FMT, &asked) < 0) {
      if (errno == EBUSY) fail("cannot be set up");
      continue;
    }
    if (asked.fmt.pix.pixelformat != kind) continue;
    format_.jpeg = kind != V4L2_PIX_FMT_YUYV;
    format_.width = static_cast<int>(std::min(asked.fmt.pix.width, 1U << 16));
    format_.height = static_cast<int>(std::min(asked.fmt.pix.height, 1U << 16));
    format_.stride = static_cast<int>(std::min(asked.fmt.pix.bytesperline, 1U << 20));
    agreed = true;
    break;
  }
  if (!agreed)
    throw Error(ErrorCode::unsupported, "'" + path_ + "' supports neither MJPEG nor YUYV");
  format_.stride = std::max(format_.stride, 2 * format_.width);
  if (format_.width < 2 || format_.height < 2 || format_.width > most_device_side ||
      format_.height > most_device_side)
    throw Error(ErrorCode::unsupported, "'" + path_ + "' reports an impossible frame size");
  if (frame_rate <= 0) return;
  v4l2_streamparm rate{};
  rate.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  rate.parm.capture.timeperframe = {1000, static_cast<unsigned>(std::lround(frame_rate * 1000))};
  call(VIDIOC_S_PARM, &rate);  // only a request: some devices have no adjustable rate
}

void V4l2Device::map_buffers() {
  v4l2_requestbuffers request{};
  request.count = wanted_buffers;
  request.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  request.memory = V4L2_MEMORY_MMAP;
  require(VIDIOC_REQBUFS, &request, "provides no buffers");
  for (unsigned i = 0; i < std::min(request.count, 32U); ++i) {
    v4l2_buffer buffer{};
    buffer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    buffer.memory = V4L2_MEMORY_MMAP;
    buffer.index = i;
    require(VIDIOC_QUERYBUF, &buffer, "does not report its buffers");
    void* const memory = ::mmap(nullptr, buffer.length, PROT_READ | PROT_WRITE, MAP_SHARED, file_,
                                static_cast<off_t>(buffer.m.offset));
    if (memory == MAP_FAILED) fail("cannot share its buffers");
    buffers_.push_back({memory, buffer.length});
    require(VIDIOC_QBUF, &buffer, "accepts no buffer");
  }
  if (buffers_.empty()) throw Error(ErrorCode::io, "'" + path_ + "' provides no buffers");
}

V4l2Device::Bytes V4l2Device::next(const Interrupt& interrupt, double most_seconds) {
  for (;;) {
    if (!interrupt.wait_readable(file_, most_seconds)) {
      if (interrupt.raised()) return {};
      throw Error(ErrorCode::io, "'" + path_ + "': no frame within the time limit");
    }
    v4l2_buffer buffer{};
    buffer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    buffer.memory = V4L2_MEMORY_MMAP;
    if (call(VIDIOC_DQBUF, &buffer) < 0) {
      if (errno == EAGAIN) continue;
      fail("is gone");
    }
    if (buffer.index >= buffers_.size())
      throw Error(ErrorCode::io, "'" + path_ + "' returned an unknown buffer");
    taken_ = static_cast<int>(buffer.index);
    const Buffer& own = buffers_[buffer.index];
    Bytes result;
    result.bytes = {static_cast<const std::uint8_t*>(own.memory),
                    std::min<std::size_t>(buffer.bytesused, own.bytes)};
    result.seconds = static_cast<double>(buffer.timestamp.tv_sec) +
                     1e-6 * static_cast<double>(buffer.timestamp.tv_usec);
    result.damaged = (buffer.flags & V4L2_BUF_FLAG_ERROR) != 0;
    return result;
  }
}

void V4l2Device::give_back() {
  if (taken_ < 0) return;
  v4l2_buffer buffer{};
  buffer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  buffer.memory = V4L2_MEMORY_MMAP;
  buffer.index = static_cast<unsigned>(taken_);
  taken_ = -1;
  require(VIDIOC_QBUF, &buffer, "does not take a buffer back");
}

}  // namespace faceshot::video
