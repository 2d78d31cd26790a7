// How programs based on OpenCV process films and photographs: cv::VideoCapture or cv::imread,
// resizing, cv::dnn. For comparison with `faceshot video` and `faceshot detect` (docs/video.md,
// docs/benchmarks.md). Boxes are not decoded. The network has a fixed input size, which OpenCV 4.6
// requires; pictures are reduced to fit into it, and padded.
//   bench_opencv_media NETWORK.onnx THREADS EVERY FILE...
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <opencv2/dnn.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>
#include <string>
#include <vector>

#include "faceshot/network.hpp"

namespace {

/// Runs a network on one picture after another.
class Looker {
 public:
  explicit Looker(const char* file) : net_(cv::dnn::readNetFromONNX(file)) {
    const auto network = faceshot::Network::load(file);
    const auto shape = network.input_shape(network.inputs().front());
    size_ = cv::Size(static_cast<int>(shape[3]), static_cast<int>(shape[2]));
    names_ = net_.getUnconnectedOutLayersNames();
    padded_ = cv::Mat::zeros(size_, CV_8UC3);
  }

  void look(const cv::Mat& picture) {
    const double factor =
        std::min({1.0, 1.0 * size_.width / picture.cols, 1.0 * size_.height / picture.rows});
    const cv::Size reduced(cvRound(picture.cols * factor), cvRound(picture.rows * factor));
    padded_.setTo(0);
    cv::resize(picture, padded_(cv::Rect(cv::Point(), reduced)), reduced, 0, 0, cv::INTER_LINEAR);
    cv::dnn::blobFromImage(padded_, blob_);
    net_.setInput(blob_);
    net_.forward(outputs_, names_);
  }

 private:
  cv::dnn::Net net_;
  cv::Size size_;
  std::vector<cv::String> names_;
  cv::Mat padded_, blob_;
  std::vector<cv::Mat> outputs_;
};

int run(const char* network, int threads, int every, const std::vector<std::string>& files) {
  cv::setNumThreads(threads);
  Looker looker(network);
  looker.look(cv::Mat::zeros(360, 640, CV_8UC3));  // creates the plan
  int seen = 0;
  const auto start = std::chrono::steady_clock::now();
  for (const std::string& file : files) {
    const cv::Mat photograph = cv::imread(file);
    if (!photograph.empty()) {
      looker.look(photograph);
      ++seen;
      continue;
    }
    cv::VideoCapture film(file);
    cv::Mat frame;
    for (int i = 0; film.read(frame); ++i, ++seen)
      if (i % every == 0) looker.look(frame);
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("%d frames or photographs in %.2f s, %.1f a second\n", seen, seconds, seen / seconds);
  return seen > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5 || std::atoi(argv[2]) < 1 || std::atoi(argv[3]) < 1) {
    std::fprintf(stderr, "usage: bench_opencv_media NETWORK.onnx THREADS EVERY FILE...\n");
    return 2;
  }
  try {
    return run(argv[1], std::atoi(argv[2]), std::atoi(argv[3]), {argv + 4, argv + argc});
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_opencv_media: %s\n", e.what());
    return 1;
  }
}
