// Times one ONNX file in OpenCV's DNN module and in FaceShot's engine, alternating, network only:
// from the input tensor to the raw outputs. The file must have a fixed input size (faceshot export
// --size), which OpenCV 4.6 requires.
//   bench_opencv_dnn FILE.onnx THREADS [PAIRS]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <opencv2/dnn.hpp>
#include <vector>

#include "faceshot/network.hpp"

namespace {

template <typename Body>
double milliseconds(const Body& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

int run(const char* file, int threads, int pairs) {
  const auto network = faceshot::Network::load(file);
  const auto shape = network.input_shape(network.inputs().front());
  faceshot::Session session(network, shape, {.threads = threads});
  cv::setNumThreads(threads);
  cv::dnn::Net net = cv::dnn::readNetFromONNX(file);
  const std::vector<int> dims(shape.begin(), shape.end());
  cv::Mat blob(dims, CV_32F);
  cv::RNG rng(1);
  rng.fill(blob, cv::RNG::UNIFORM, -1, 1);
  std::copy_n(blob.ptr<float>(), blob.total(), session.input().data());
  const std::vector<cv::String> names = net.getUnconnectedOutLayersNames();
  std::vector<cv::Mat> outputs;
  const auto theirs = [&] {
    net.setInput(blob);
    net.forward(outputs, names);
  };
  const auto ours = [&] { session.run(); };
  for (int warm = 0; warm < 5; ++warm) {
    theirs();
    ours();
  }
  std::vector<double> opencv;
  std::vector<double> engine;
  for (int i = 0; i < pairs; ++i) {
    opencv.push_back(milliseconds(theirs));
    engine.push_back(milliseconds(ours));
  }
  std::printf("%dx%d, %d threads: OpenCV DNN %.2f ms, FaceShot %.2f ms, ratio %.2f\n", dims[3],
              dims[2], threads, median(opencv), median(engine), median(opencv) / median(engine));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || std::atoi(argv[2]) < 1) {
    std::fprintf(stderr, "usage: bench_opencv_dnn FILE.onnx THREADS [PAIRS]\n");
    return 2;
  }
  try {
    return run(argv[1], std::atoi(argv[2]), argc > 3 ? std::max(1, std::atoi(argv[3])) : 100);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_opencv_dnn: %s\n", e.what());
    return 1;
  }
}
