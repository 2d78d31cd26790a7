// Times augmentation on one core: every operation and preset, from a decoded photograph of 800 x
// 600 pixels to a sample of 320 x 320, and the SSD recipe beside the same recipe written naively
// with OpenCV calls, each step on the whole picture in float, as tutorials have it.
//   bench_augment_ops
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "augment/policies/augmenter.hpp"
#include "base/memory.hpp"

namespace faceshot {
namespace {

using augment::AugmentOptions;

constexpr int size = 320;

struct Photograph {
  cv::Mat image = cv::Mat(600, 800, CV_8UC3);
  std::vector<geometry::Annotation> faces = std::vector<geometry::Annotation>(8);

  Photograph() {
    cv::RNG(1).fill(image, cv::RNG::UNIFORM, 0, 256);
    cv::GaussianBlur(image, image, {}, 2);
    for (std::size_t i = 0; i < faces.size(); ++i) {
      const auto k = static_cast<float>(i);
      faces[i].box = {k * 90, 100, k * 90 + 20 + k * 8, 130 + k * 8};
      const Box& b = faces[i].box;
      const auto at = [&b](float x, float y) {
        return Point{b.x1 + x * b.width(), b.y1 + y * b.height()};
      };
      faces[i].landmarks = Landmarks{at(0.3F, 0.4F), at(0.7F, 0.4F), at(0.5F, 0.6F),
                                     at(0.35F, 0.8F), at(0.65F, 0.8F)};
    }
  }
};

/// Every other picture of the set is the same one: the cache's cost is not measured.
class OnePicture : public augment::ScenePool {
 public:
  explicit OnePicture(const Photograph& photograph) : photograph_(photograph) {}
  [[nodiscard]] std::uint32_t size() const override { return 1; }
  [[nodiscard]] augment::Scene scene(std::uint32_t) const override {
    return {photograph_.image, photograph_.faces};
  }

 private:
  const Photograph& photograph_;
};

/// Median over batches of the mean time of a call, in milliseconds.
double milliseconds(const std::function<void()>& body) {
  using Clock = std::chrono::steady_clock;
  constexpr int batches = 15;
  constexpr int calls = 100;
  std::vector<double> means;
  for (int i = 0; i < calls; ++i) body();
  for (int b = 0; b < batches; ++b) {
    const auto begin = Clock::now();
    for (int i = 0; i < calls; ++i) body();
    means.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count() /
                    calls);
  }
  std::nth_element(means.begin(), means.begin() + batches / 2, means.end());
  return means[batches / 2];
}

void report(const char* name, const std::function<void()>& body) {
  const double ms = milliseconds(body);
  std::printf("%-20s %8.3f ms %8.0f /s\n", name, ms, 1000 / ms);
}

/// Planes of floats about zero: what a network without a permute of its own takes.
void to_tensor(const cv::Mat& image, std::vector<cv::Mat>& planes) {
  static thread_local cv::Mat real;
  image.convertTo(real, CV_32FC3, 1.0 / 128, -127.5 / 128);
  cv::split(real, planes);
}

/// The preset "ssd", step by step on whole pictures.
cv::Mat naive_ssd(const Photograph& photograph, base::Random& random) {
  cv::Mat image;
  photograph.image.convertTo(image, CV_32FC3);
  if (random.chance(0.5F)) image += cv::Scalar::all(random.uniform(-32, 32));
  if (random.chance(0.5F)) image *= random.uniform(0.5F, 1.5F);
  if (random.chance(0.75F)) {
    cv::Mat hsv;
    cv::cvtColor(image, hsv, cv::COLOR_BGR2HSV);
    std::vector<cv::Mat> planes;
    cv::split(hsv, planes);
    planes[1] *= random.uniform(0.5F, 1.5F);
    planes[0] += random.uniform(-18, 18);
    cv::merge(planes, hsv);
    cv::cvtColor(hsv, image, cv::COLOR_HSV2BGR);
  }
  if (random.chance(0.5F)) {
    const float ratio = random.uniform(1, 4);
    cv::Mat canvas(static_cast<int>(static_cast<float>(image.rows) * ratio),
                   static_cast<int>(static_cast<float>(image.cols) * ratio), CV_32FC3,
                   cv::Scalar::all(127));
    const int x =
        static_cast<int>(random.below(static_cast<std::uint32_t>(canvas.cols - image.cols + 1)));
    const int y =
        static_cast<int>(random.below(static_cast<std::uint32_t>(canvas.rows - image.rows + 1)));
    image.copyTo(canvas(cv::Rect(x, y, image.cols, image.rows)));
    image = canvas;
  }
  const int w = static_cast<int>(static_cast<float>(image.cols) * random.uniform(0.5F, 1));
  const int h = static_cast<int>(static_cast<float>(image.rows) * random.uniform(0.5F, 1));
  image = image(cv::Rect((image.cols - w) / 2, (image.rows - h) / 2, w, h)).clone();
  cv::Mat sample;
  cv::resize(image, sample, {size, size});
  if (random.chance(0.5F)) cv::flip(sample, sample, 1);
  return sample;
}

int run_all() {
  const Photograph photograph;
  const OnePicture pool(photograph);
  augment::Sample sample;
  augment::CanvasMemory memory;
  std::vector<cv::Mat> planes;
  std::uint32_t index = 0;
  const auto augmented = [&](const AugmentOptions& options) {
    base::Random random(1, 0, index++);
    augment::augment(photograph.image, photograph.faces, options, random, sample, memory, &pool);
  };

  std::printf("presets, 800x600 to 320x320, one core\n");
  for (const auto& name : augment::preset_names()) {
    AugmentOptions options;
    options.policy = augment::preset_policy(name);
    report(name.c_str(), [&] { augmented(options); });
  }
  AugmentOptions ssd;
  ssd.policy = augment::preset_policy("ssd");
  report("ssd, to floats", [&] {
    augmented(ssd);
    to_tensor(sample.image, planes);
  });
  report("ssd, naive OpenCV", [&] {
    base::Random random(1, 0, index++);
    const cv::Mat naive = naive_ssd(photograph, random);
    cv::split(naive, planes);
  });

  AugmentOptions none;
  none.policy = {};
  std::printf("\noperations; each has the resampling to 320x320 in it\n");
  report("(none)", [&] { augmented(none); });
  for (const auto& info : augment::operations()) {
    if (info.combines) continue;
    AugmentOptions options;
    options.policy = {augment::Step(augment::find_operation("letterbox")), augment::Step(info)};
    if (info.family == "geometry" || info.family == "crops")
      options.policy.erase(options.policy.begin());
    report(std::string(info.name).c_str(), [&] { augmented(options); });
  }
  return 0;
}

}  // namespace
}  // namespace faceshot

int main() {
  faceshot::base::retain_freed_memory();
  cv::setNumThreads(1);
  return faceshot::run_all();
}
