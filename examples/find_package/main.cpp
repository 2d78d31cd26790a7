// Detects faces in a picture with nothing but FaceShot's runtime library.
//
//   detect_ppm MODEL.onnx PICTURE.ppm
//
// Prints one line per face: score x1 y1 x2 y2 (pixels). `djpeg a.jpg > a.ppm` (Debian's package
// libjpeg-turbo-progs) makes a PPM picture.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <ios>
#include <stdexcept>
#include <string>
#include <vector>

#include "faceshot/detector.hpp"

namespace {

struct Picture {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;
};

/// Reads a binary 8-bit PPM ("P6") without comments.
Picture read_ppm(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string magic;
  Picture picture;
  int largest = 0;
  file >> magic >> picture.width >> picture.height >> largest;
  file.get();  // the single white-space character before the pixels
  constexpr int most = 1 << 14;
  if (!file || magic != "P6" || largest != 255 || picture.width < 1 || picture.width > most ||
      picture.height < 1 || picture.height > most)
    throw std::runtime_error(path + " is not a binary 8-bit PPM file");
  picture.rgb.resize(std::size_t{3} * static_cast<std::size_t>(picture.width) *
                     static_cast<std::size_t>(picture.height));
  file.read(reinterpret_cast<char*>(picture.rgb.data()),
            static_cast<std::streamsize>(picture.rgb.size()));
  if (!file) throw std::runtime_error(path + " ends before its last pixel");
  return picture;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: detect_ppm MODEL.onnx PICTURE.ppm\n");
    return 2;
  }
  try {
    const faceshot::Detector detector(argv[1]);  // load once, use from any thread
    const Picture picture = read_ppm(argv[2]);
    const faceshot::ImageView view{picture.rgb.data(), picture.width, picture.height,
                                   std::ptrdiff_t{3} * picture.width, faceshot::PixelFormat::rgb};
    for (const faceshot::Detection& face : detector.detect(view))
      std::printf("%.3f %.1f %.1f %.1f %.1f\n", static_cast<double>(face.score),
                  static_cast<double>(face.box.x1), static_cast<double>(face.box.y1),
                  static_cast<double>(face.box.x2), static_cast<double>(face.box.y2));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "detect_ppm: %s\n", e.what());
    return 1;
  }
}
