// A camera that does not exist: loaded before the C library (LD_PRELOAD), it answers for
// /dev/video97 as Linux' Video4Linux2 would. FAKE_V4L2 describes it, words with spaces between:
//   mjpeg=FILE   frames are this JPEG        yuyv   frames are a ramp from left to right
//   unplug=N     gone after N frames; back when it is opened the next time
//   torn=N       every Nth frame is damaged  busy   another program has it
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

constexpr int fake_width = 320, fake_height = 240, fake_buffers = 4;
constexpr std::size_t buffer_bytes = 1 << 20;

struct FakeCamera {
  int file = -1;
  bool jpeg = false;
  int width = 640, height = 480;
  std::vector<std::uint8_t> picture;
  void* memory[fake_buffers] = {};
  std::deque<unsigned> queued;
  int frames = 0, unplug = 0, torn = 0;
  bool gone = false;
};
FakeCamera camera;

std::string word_of(const char* name) {
  const char* const all = std::getenv("FAKE_V4L2");
  const std::string text = std::string(" ") + (all ? all : "") + " ";
  const std::size_t at = text.find(std::string(" ") + name);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + 1 + std::strlen(name);
  return text[begin] == '=' ? text.substr(begin + 1, text.find(' ', begin) - begin - 1) : "yes";
}

template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

int fail_with(int reason) {
  errno = reason;
  return -1;
}

int open_camera() {
  if (!word_of("busy").empty()) return fail_with(EBUSY);
  camera.file = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  camera.queued.clear();
  camera.frames = 0;
  camera.unplug = camera.gone ? 0 : std::atoi(word_of("unplug").c_str());
  camera.gone = false;
  camera.torn = std::atoi(word_of("torn").c_str());
  if (const std::string file = word_of("mjpeg"); !file.empty()) {
    std::ifstream stream(file, std::ios::binary);
    camera.picture.assign(std::istreambuf_iterator<char>(stream), {});
  }
  return camera.file;
}

int set_format(v4l2_format& format) {
  const bool jpeg = !word_of("mjpeg").empty();
  camera.jpeg = jpeg && format.fmt.pix.pixelformat == V4L2_PIX_FMT_MJPEG;
  camera.width = fake_width;  // whatever was requested
  camera.height = fake_height;
  format.fmt.pix.width = fake_width;
  format.fmt.pix.height = fake_height;
  format.fmt.pix.pixelformat = camera.jpeg ? V4L2_PIX_FMT_MJPEG : V4L2_PIX_FMT_YUYV;
  format.fmt.pix.bytesperline = camera.jpeg ? 0 : 2 * fake_width + 64;  // rows may be longer
  format.fmt.pix.sizeimage = buffer_bytes;
  return 0;
}

int take_frame(v4l2_buffer& buffer) {
  if (camera.unplug > 0 && camera.frames >= camera.unplug) {
    camera.gone = true;
    return fail_with(ENODEV);
  }
  std::uint64_t ticks = 0;
  if (camera.queued.empty() || ::read(camera.file, &ticks, sizeof ticks) < 0)
    return fail_with(EAGAIN);
  buffer.index = camera.queued.front();
  camera.queued.pop_front();
  auto* const out = static_cast<std::uint8_t*>(camera.memory[buffer.index]);
  ++camera.frames;
  const bool torn = camera.torn > 0 && camera.frames % camera.torn == 0;
  if (camera.jpeg) {
    buffer.bytesused = static_cast<unsigned>(camera.picture.size()) / (torn ? 8 : 1);
    std::memcpy(out, camera.picture.data(), buffer.bytesused);
  } else {
    const std::size_t stride = 2 * fake_width + 64;
    buffer.bytesused = static_cast<unsigned>(stride * fake_height) / (torn ? 2 : 1);
    for (int y = 0; y < fake_height; ++y)
      for (int x = 0; x < fake_width; ++x) {
        std::uint8_t* const p = out + stride * static_cast<std::size_t>(y) + 2 * x;
        p[0] = static_cast<std::uint8_t>(16 + x * 219 / fake_width);
        p[1] = x % 2 == 0 ? 90 : 200;  // blue and red difference: reddish
      }
  }
  buffer.flags = torn && !camera.jpeg ? V4L2_BUF_FLAG_ERROR : 0;
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  buffer.timestamp = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

int control(unsigned long request, void* argument) {
  switch (request) {
    case VIDIOC_QUERYCAP: {
      auto& capability = *static_cast<v4l2_capability*>(argument);
      capability.capabilities = V4L2_CAP_DEVICE_CAPS;
      capability.device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
      return 0;
    }
    case VIDIOC_G_FMT:
      return set_format(*static_cast<v4l2_format*>(argument));
    case VIDIOC_S_FMT:
      return set_format(*static_cast<v4l2_format*>(argument));
    case VIDIOC_S_PARM:
      return 0;
    case VIDIOC_REQBUFS:
      static_cast<v4l2_requestbuffers*>(argument)->count = fake_buffers;
      return 0;
    case VIDIOC_QUERYBUF: {
      auto& buffer = *static_cast<v4l2_buffer*>(argument);
      buffer.length = buffer_bytes;
      buffer.m.offset = buffer.index * static_cast<unsigned>(buffer_bytes);
      return 0;
    }
    case VIDIOC_QBUF:
      camera.queued.push_back(static_cast<v4l2_buffer*>(argument)->index);
      return 0;
    case VIDIOC_DQBUF:
      return take_frame(*static_cast<v4l2_buffer*>(argument));
    case VIDIOC_STREAMON: {
      const itimerspec rate{{0, 20'000'000}, {0, 20'000'000}};  // 50 frames per second
      return ::timerfd_settime(camera.file, 0, &rate, nullptr);
    }
    case VIDIOC_STREAMOFF:
      return 0;
    default:
      return fail_with(ENOTTY);
  }
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const int mode = va_arg(rest, int);
  va_end(rest);
  if (std::strcmp(path, "/dev/video97") == 0) return open_camera();
  return real<int (*)(const char*, int, ...)>("open")(path, flags, mode);
}

int ioctl(int file, unsigned long request, ...) noexcept {
  va_list rest;
  va_start(rest, request);
  void* const argument = va_arg(rest, void*);
  va_end(rest);
  if (file >= 0 && file == camera.file) return control(request, argument);
  return real<int (*)(int, unsigned long, ...)>("ioctl")(file, request, argument);
}

void* mmap(void* address, std::size_t bytes, int protection, int flags, int file,
           off_t offset) noexcept {
  const auto next = real<void* (*)(void*, std::size_t, int, int, int, off_t)>("mmap");
  if (file < 0 || file != camera.file) return next(address, bytes, protection, flags, file, offset);
  void* const memory =
      next(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  camera.memory[static_cast<std::size_t>(offset) / buffer_bytes] = memory;
  return memory;
}

}  // extern "C"
