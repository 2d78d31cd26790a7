// Times augmentation on one core: every operation and preset, from a decoded photograph of 800 x
// 600 pixels to a sample of 320 x 320, and the SSD recipe compared with the same recipe written
// naively with OpenCV calls, each step on the whole picture in float, as in tutorials.
//   bench_augment_ops --benchmark_repetitions=5 --benchmark_report_aggregates_only=true
#include <benchmark/benchmark.h>

#include <functional>
#include <opencv2/imgproc.hpp>
#include <string>
#include <utility>
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

/// Every other picture of the set is the same one, so that the cache's cost is not measured.
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

/// Planes of floats around zero: the input of a network without a permute of its own.
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

/// Shared by the benchmarks, which run one after another.
struct Bench {
  Photograph photograph;
  OnePicture pool{photograph};
  augment::Sample sample;
  augment::CanvasMemory memory;
  std::vector<cv::Mat> planes;
  std::uint32_t index = 0;

  void augmented(const AugmentOptions& options) {
    base::Random random(1, 0, index++);
    augment::augment(photograph.image, photograph.faces, options, random, sample, memory, &pool);
  }
};

/// `body` as a benchmark of its own: samples per second in addition to the time of one.
void add(const std::string& name, std::function<void()> body) {
  benchmark::RegisterBenchmark(name.c_str(), [body = std::move(body)](benchmark::State& state) {
    for (auto _ : state) body();
    state.SetItemsProcessed(state.iterations());
  })->Unit(benchmark::kMillisecond);
}

void add_all(Bench& bench) {
  const auto with = [&](augment::Policy policy) {
    AugmentOptions options;
    options.policy = std::move(policy);
    return [&bench, options] { bench.augmented(options); };
  };
  for (const auto& name : augment::preset_names())
    add("preset/" + name, with(augment::preset_policy(name)));
  add("ssd/to_floats", [&bench, one = with(augment::preset_policy("ssd"))] {
    one();
    to_tensor(bench.sample.image, bench.planes);
  });
  add("ssd/naive_opencv", [&bench] {
    base::Random random(1, 0, bench.index++);
    cv::split(naive_ssd(bench.photograph, random), bench.planes);
  });
  // Each includes the resampling to 320x320.
  add("operation/none", with({}));
  for (const auto& info : augment::operations()) {
    if (info.combines) continue;
    augment::Policy policy{augment::Step(info)};
    if (info.family != "geometry" && info.family != "crops")
      policy.insert(policy.begin(), augment::Step(augment::find_operation("letterbox")));
    add("operation/" + std::string(info.name), with(std::move(policy)));
  }
}

}  // namespace
}  // namespace faceshot

int main(int argc, char** argv) {
  faceshot::base::retain_freed_memory();
  cv::setNumThreads(1);
  faceshot::Bench bench;
  faceshot::add_all(bench);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
}
