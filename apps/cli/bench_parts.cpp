#include "cli/bench_parts.hpp"

#include <algorithm>
#include <cstdio>
#include <opencv2/imgproc.hpp>

#include "faceshot/error.hpp"
#include "faceshot/random.hpp"
#include "media/image_file.hpp"

namespace faceshot::cli {

Spread spread_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {values[values.size() / 2], values[values.size() * 9 / 10]};
}

cv::Size parse_size(const std::string& text) {
  cv::Size size;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%dx%d%c", &size.width, &size.height, &rest) != 2 ||
      size.width < 1 || size.height < 1 || size.width > 16384 || size.height > 16384)
    throw Error(ErrorCode::invalid_argument,
                "--size '" + text + "' is not WIDTHxHEIGHT, as in 640x480");
  return size;
}

cv::Mat frame_of(const std::string& image, cv::Size size) {
  cv::Mat frame(size, CV_8UC3);
  if (!image.empty()) {
    cv::resize(read_image(image), frame, size, 0, 0, cv::INTER_AREA);
    return frame;
  }
  Random random(1);
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width * 3; ++x)
      frame.ptr(y)[x] = static_cast<uchar>(random.below(256));
  return frame;
}

}  // namespace faceshot::cli
