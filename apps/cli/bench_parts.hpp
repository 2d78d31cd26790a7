// Shared by the modes of `faceshot bench`.
#pragma once

#include <cstdint>
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

struct BenchArguments {
  std::string model;       ///< path of the ONNX file
  std::string model_info;  ///< TOML file that describes it, or empty
  std::string compare;     ///< another one, or empty
  std::string image;       ///< photograph, or empty: noise
  std::vector<std::string> sizes;
  std::vector<int> threads;
  double seconds = 1;
  PrecisionChoice wanted = PrecisionChoice::fp32;
  Precision precision = Precision::fp32;  ///< the resulting precision
  int streams = 0;                        ///< 0: one image after the other
  bool layers = false, json = false;
};

struct Spread {
  double median = 0, p90 = 0;
};

/// @pre values is not empty
[[nodiscard]] Spread spread_of(std::vector<double> values);

/// A frame of this size: the photograph, or noise (the time hardly depends on the content).
/// @throws Error as media::read_photograph
[[nodiscard]] Frame frame_of(const BenchArguments& a, FrameSize size);

// The other modes, each in its own file. @return exit code

/// Every step of the network separately, at the first size with the first number of threads.
int bench_layers(const BenchArguments& a);

/// Two networks alternately on the same frames.
int bench_compare(const BenchArguments& a);

/// a.streams concurrent streams of frames, on one detector.
int bench_streams(const BenchArguments& a);

}  // namespace faceshot::cli
