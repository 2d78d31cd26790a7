// What the kinds of `faceshot bench` share.
#pragma once

#include <filesystem>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "cli/precision.hpp"
#include "faceshot/network.hpp"

namespace faceshot::cli {

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
};

struct Spread {
  double median = 0, p90 = 0;
};

/// @pre values is not empty
[[nodiscard]] Spread spread_of(std::vector<double> values);

/// "640x480" @throws Error(invalid_argument)
[[nodiscard]] cv::Size parse_size(const std::string& text);

/// A BGR frame of this size: the photograph, or noise (the time hardly depends on it).
[[nodiscard]] cv::Mat frame_of(const std::string& image, cv::Size size);

// The other kinds, each in its own file. @return exit code

/// Every step of the network alone, at the first size with the first number of threads.
int bench_layers(const BenchArguments& a);

/// Two networks in turn on the same frames.
int bench_compare(const BenchArguments& a);

/// As many streams of frames at once as a.streams says, on one detector.
int bench_streams(const BenchArguments& a);

}  // namespace faceshot::cli
