// What the kinds of `faceshot bench` share.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/network_input.hpp"
#include "common/precision.hpp"
#include "faceshot/image_view.hpp"
#include "faceshot/network.hpp"

namespace faceshot::cli {

/// BGR pixels.
struct Frame {
  FrameSize size;
  std::vector<std::uint8_t> pixels;  ///< rows without gaps

  [[nodiscard]] ImageView view() const {
    return {.data = pixels.data(),
            .width = size.width,
            .height = size.height,
            .stride = std::ptrdiff_t{3} * size.width};
  }
};

/// Reads a photograph and scales it to a size.
using ReadPhotograph = std::function<Frame(const std::string& file, FrameSize size)>;

struct BenchArguments {
  std::string model;       ///< path of the ONNX file
  std::string model_info;  ///< TOML file that describes it, or empty
  std::string compare;     ///< another one, or empty
  std::string image;       ///< photograph, or empty: noise
  std::vector<std::string> sizes;
  std::vector<int> threads;
  double seconds = 1;
  PrecisionChoice wanted = PrecisionChoice::fp32;
  Precision precision = Precision::fp32;  ///< that it comes to
  int streams = 0;                        ///< 0: one image after the other
  bool layers = false, json = false;
  ReadPhotograph read;  ///< of programs that can
};

struct Spread {
  double median = 0, p90 = 0;
};

/// @pre values is not empty
[[nodiscard]] Spread spread_of(std::vector<double> values);

/// A frame of this size: the photograph, or noise (the time hardly depends on it).
/// @throws Error(unsupported) for a photograph in a program that reads none
[[nodiscard]] Frame frame_of(const BenchArguments& a, FrameSize size);

// The other kinds, each in its own file. @return exit code

/// Every step of the network alone, at the first size with the first number of threads.
int bench_layers(const BenchArguments& a);

/// Two networks in turn on the same frames.
int bench_compare(const BenchArguments& a);

/// As many streams of frames at once as a.streams says, on one detector.
int bench_streams(const BenchArguments& a);

}  // namespace faceshot::cli
