#include "faceshot/detector.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iterator>
#include <mutex>
#include <utility>

#include "base/executor.hpp"
#include "detect/heads/finish_detections.hpp"
#include "detect/heads/head_decoder.hpp"
#include "detect/input/letterbox.hpp"
#include "detect/tiling/merge_tiles.hpp"
#include "detect/tiling/tile_grid.hpp"
#include "faceshot/error.hpp"
#include "geometry/move_landmarks.hpp"

namespace faceshot {
inline namespace v0_1 {
namespace {

using detect::LetterboxSize;

/// Sessions kept for reuse; each owns the memory of one input size.
constexpr std::size_t idle_sessions = 8;

/// @param o with a score threshold
void check(const DetectorOptions& o) {
  const auto fail = [](const std::string& what) {
    throw Error(ErrorCode::invalid_argument, "detector: " + what);
  };
  if (!(*o.score_threshold > 0 && *o.score_threshold < 1))
    fail("the score threshold must be above 0 and below 1");
  if (!(o.nms_threshold >= 0 && o.nms_threshold <= 1)) fail("the NMS IoU threshold must be 0 to 1");
  if (o.max_side < 0 || o.max_side > 16384) fail("max_side must be 0 (native) to 16384");
  if (o.keep_top < 0) fail("keep_top must not be negative");
  if (o.threads < 1 || o.threads > most_threads)
    fail("threads must be 1 to " + std::to_string(most_threads));
}

void check(const ImageView& image) {
  const auto fail = [](const std::string& what) {
    throw Error(ErrorCode::invalid_argument, "detector: " + what);
  };
  if (image.empty()) fail("the image is empty");
  const auto row_bytes = std::ptrdiff_t{image.width} * bytes_per_pixel(image.format);
  // A negative stride means a picture stored bottom up.
  if (image.height > 1 && std::abs(image.stride) < row_bytes)
    fail("the image's stride, " + std::to_string(image.stride) + " bytes, is shorter than a row, " +
         std::to_string(row_bytes));
  const bool planar = image.format == PixelFormat::i420;
  const int chroma_bytes = (image.width + 1) / 2 * (planar ? 1 : 2);
  if ((planar || image.format == PixelFormat::nv12) && image.height > 2 &&
      std::abs(image.chroma_stride) < chroma_bytes)
    fail("the chroma's stride, " + std::to_string(image.chroma_stride) +
         " bytes, is shorter than a row, " + std::to_string(chroma_bytes));
}

void check(const TileOptions& o) {
  const auto fail = [](const std::string& what) {
    throw Error(ErrorCode::invalid_argument, "detector: " + what);
  };
  if (o.size < 64 || o.size > 16384) fail("tiles must be 64 to 16384 pixels");
  if (!(o.overlap >= 0 && o.overlap <= 0.75)) fail("the overlap of tiles must be 0 to 0.75");
}

/// Where boxes of an image may be, in its pixels.
Box bounds_of(const ImageView& image) {
  return {0, 0, static_cast<float>(image.width), static_cast<float>(image.height)};
}

/// Everything that one call needs for one input size.
struct Worker {
  Worker(const Network& network, const ModelInfo& info, int width, int height, int threads,
         const DetectorOptions& o)
      : session(network, {1, 3, height, width},
                {.threads = threads, .precision = o.precision, .runner = o.runner}),
        head(detect::make_head(info, session, width, height)) {}

  Session session;
  std::unique_ptr<detect::HeadDecoder> head;
  detect::Letterbox letterbox;
  std::vector<Detection> candidates;
  detect::FinishBuffers finish;
};

/// The network's fixed input size; 0 if it is free.
InputSize fixed_size(const Network& network) {
  const auto shape = network.input_shape(network.inputs().front());
  if (shape.size() != 4 || (shape[1] > 0 && shape[1] != 3))
    throw Error(ErrorCode::unsupported, "detector: the network's input '" +
                                            network.inputs().front() +
                                            "' is not a three-channel image [1, 3, height, width]");
  if (shape[0] > 1)
    throw Error(ErrorCode::unsupported,
                "detector: the network was exported for " + std::to_string(shape[0]) +
                    " images at a time; export it with a batch size of one, or a dynamic one");
  if (shape[2] <= 0 || shape[3] <= 0) return {};
  return {static_cast<int>(shape[3]), static_cast<int>(shape[2])};
}

}  // namespace

struct Detector::Impl {
  Network network;
  ModelInfo info;
  DetectorOptions options;
  InputSize fixed;
  std::vector<float> thresholds;  ///< by class, or one for all
  detect::Finish finish;

  /// The parameters of a worker.
  struct Plan {
    int width, height, threads;
    friend bool operator==(const Plan&, const Plan&) = default;
  };
  struct Idle {
    Plan plan;
    std::unique_ptr<Worker> worker;
  };
  std::mutex mutex;
  std::vector<Idle> idle;  ///< most recently used last; never grows beyond its reserve

  Impl(Network n, ModelInfo i, const DetectorOptions& o)
      : network(std::move(n)), info(std::move(i)), options(o), fixed(fixed_size(network)) {
    if (!options.score_threshold) thresholds = info.class_thresholds;
    if (!thresholds.empty())
      options.score_threshold = *std::min_element(thresholds.begin(), thresholds.end());
    if (!options.score_threshold)
      options.score_threshold = info.default_threshold.value_or(default_score_threshold);
    if (!options.suppression)
      options.suppression =
          info.one_label ? Suppression::across_classes : Suppression::within_classes;
    check(options);
    if (thresholds.empty()) thresholds = {*options.score_threshold};
    finish = {options.nms_threshold, static_cast<std::size_t>(options.keep_top),
              *options.suppression, info.box_voting};
    idle.reserve(idle_sessions + 1);
  }

  [[nodiscard]] LetterboxSize letterbox(int image_width, int image_height) const {
    if (fixed.width > 0)
      return detect::letterbox_into(image_width, image_height, fixed.width, fixed.height,
                                    options.upscale);
    return detect::letterbox_size(image_width, image_height, options.max_side, options.upscale,
                                  info.size_divisor);
  }

  std::unique_ptr<Worker> take(const Plan& plan) {
    {
      const std::lock_guard lock(mutex);
      const auto it = std::find_if(idle.rbegin(), idle.rend(),
                                   [&](const Idle& each) { return each.plan == plan; });
      if (it != idle.rend()) {
        auto worker = std::move(it->worker);
        idle.erase(std::next(it).base());
        return worker;
      }
    }
    return std::make_unique<Worker>(network, info, plan.width, plan.height, plan.threads, options);
  }

  void give_back(const Plan& plan, std::unique_ptr<Worker> worker) {
    std::unique_ptr<Worker> oldest;  // freed after the lock
    const std::lock_guard lock(mutex);
    idle.push_back({plan, std::move(worker)});
    if (idle.size() <= idle_sessions) return;
    oldest = std::move(idle.front().worker);
    idle.erase(idle.begin());
  }

  /// @param image checked
  /// @param threads for the network
  /// @param bounds to which boxes are clipped, in pixels of the image, which they contain
  void run(const ImageView& image, const LetterboxSize& size, int threads, const Box& bounds,
           std::vector<Detection>& found, DetectTimings* timings);

  /// A loop on our threads or the host's.
  void share_out(std::size_t count, int threads, base::Body body) const {
    const base::Stage loop{count, std::move(body)};
    base::run_stages({&loop, 1}, threads, options.runner.get());
  }

  /// Boxes in the photograph's pixels.
  std::vector<Detection> run_tile(const ImageView& photograph, const detect::Tile& tile);
};

void Detector::Impl::run(const ImageView& image, const LetterboxSize& size, int threads,
                         const Box& bounds, std::vector<Detection>& found, DetectTimings* timings) {
  using Clock = std::chrono::steady_clock;
  const auto milliseconds = [](Clock::time_point from, Clock::time_point to) {
    return std::chrono::duration<double, std::milli>(to - from).count();
  };
  const Plan plan{size.width, size.height, threads};
  auto worker = take(plan);

  const auto start = Clock::now();
  worker->letterbox.start(image, size, info, threads);
  const auto prepared = Clock::now();
  worker->session.run(worker->letterbox);
  const auto computed = Clock::now();
  worker->head->decode(finish.candidate_score(*options.score_threshold), detect::nms_candidates,
                       worker->candidates);
  detect::finish_detections(worker->candidates, {size, image.width, image.height}, bounds,
                            thresholds, finish, worker->finish, found);
  const auto finished = Clock::now();
  if (timings != nullptr)
    *timings = {milliseconds(start, prepared), milliseconds(prepared, computed),
                milliseconds(computed, finished)};
  give_back(plan, std::move(worker));
}

std::vector<Detection> Detector::Impl::run_tile(const ImageView& photograph,
                                                const detect::Tile& tile) {
  const LetterboxSize size =
      fixed.width > 0
          ? detect::letterbox_into(tile.width, tile.height, fixed.width, fixed.height, false)
          : detect::letterbox_size(tile.width, tile.height, 0, false, info.size_divisor);
  const auto x = static_cast<float>(tile.x), y = static_cast<float>(tile.y);
  const Box whole = bounds_of(photograph);
  std::vector<Detection> found;
  // A box may extend beyond its tile: the network extrapolates a face that is cut.
  run(detect::view_of_tile(photograph, tile), size, 1,
      {whole.x1 - x, whole.y1 - y, whole.x2 - x, whole.y2 - y}, found, nullptr);
  for (Detection& d : found) {
    d.box = {d.box.x1 + x, d.box.y1 + y, d.box.x2 + x, d.box.y2 + y};
    if (d.landmarks) geometry::shift(*d.landmarks, x, y);
  }
  return found;
}

namespace {

Detector open(const std::string& path, const DetectorOptions& options) {
  Network network = Network::load(path);
  ModelInfo info = ModelInfo::of(network, path);
  return {std::move(network), std::move(info), options};
}

}  // namespace

Detector::Detector(const std::string& model_path, const DetectorOptions& options)
    : Detector(open(model_path, options)) {}
Detector::Detector(Network network, const DetectorOptions& options) {
  ModelInfo info = ModelInfo::of(network, "");
  impl_ = std::make_unique<Impl>(std::move(network), std::move(info), options);
}
Detector::Detector(Network network, ModelInfo info, const DetectorOptions& options)
    : impl_(std::make_unique<Impl>(std::move(network), std::move(info), options)) {}
Detector::~Detector() = default;
Detector::Detector(Detector&&) noexcept = default;
Detector& Detector::operator=(Detector&&) noexcept = default;

std::vector<Detection> Detector::detect(const ImageView& image, DetectTimings* timings) const {
  std::vector<Detection> found;
  detect(image, found, timings);
  return found;
}

void Detector::detect(const ImageView& image, std::vector<Detection>& found,
                      DetectTimings* timings) const {
  check(image);
  impl_->run(image, impl_->letterbox(image.width, image.height), impl_->options.threads,
             bounds_of(image), found, timings);
}

std::vector<std::vector<Detection>> Detector::detect_batch(std::span<const ImageView> images,
                                                           int threads) const {
  if (threads < 1 || threads > most_threads)
    throw Error(ErrorCode::invalid_argument,
                "detector: a batch must have 1 to " + std::to_string(most_threads) + " threads");
  const auto naming = [](std::size_t i, const auto& body) {
    try {
      body();
    } catch (const Error& e) {
      throw Error(e.code(), "image " + std::to_string(i) + ": " + e.what());
    }
  };
  for (std::size_t i = 0; i < images.size(); ++i) naming(i, [&] { check(images[i]); });
  std::vector<std::vector<Detection>> found(images.size());
  impl_->share_out(images.size(), threads, [&](std::size_t i, int) {
    naming(i, [&] {
      impl_->run(images[i], impl_->letterbox(images[i].width, images[i].height), 1,
                 bounds_of(images[i]), found[i], nullptr);
    });
  });
  return found;
}

std::vector<Detection> Detector::detect_tiled(const ImageView& image,
                                              const TileOptions& tiles) const {
  check(image);
  check(tiles);
  const LetterboxSize reduced = impl_->letterbox(image.width, image.height);
  if (reduced.content_width >= image.width && reduced.content_height >= image.height)
    return detect(image);
  // With a fixed input size, that is the largest tile that needs no scaling; sides are even.
  const auto side = [&](int network) {
    return (network > 0 ? std::min(network, tiles.size) : tiles.size) / 2 * 2;
  };
  const int width = side(impl_->fixed.width), height = side(impl_->fixed.height);
  const auto grid = detect::tile_grid(image.width, image.height, width, height, tiles.overlap);
  std::vector<detect::TileDetections> passes(grid.size() + 1);
  passes[0].tile = {0, 0, image.width, image.height};
  std::mutex progress_mutex;
  std::size_t done = 0;
  impl_->share_out(passes.size(), impl_->options.threads, [&](std::size_t i, int) {
    if (i == 0) {
      impl_->run(image, reduced, 1, bounds_of(image), passes[0].found, nullptr);
    } else {
      passes[i].tile = grid[i - 1];
      passes[i].found = impl_->run_tile(image, grid[i - 1]);
    }
    if (!tiles.progress) return;
    const std::lock_guard lock(progress_mutex);
    tiles.progress(++done, passes.size());
  });
  const auto overlap = static_cast<float>(tiles.overlap * std::min(width, height));
  return detect::merge_tiles(
      passes, image.width, image.height, overlap, impl_->options.nms_threshold,
      static_cast<std::size_t>(impl_->options.keep_top), *impl_->options.suppression);
}

InputSize Detector::input_size(int image_width, int image_height) const {
  const LetterboxSize size = impl_->letterbox(image_width, image_height);
  return {size.width, size.height};
}
const ModelInfo& Detector::info() const { return impl_->info; }
const DetectorOptions& Detector::options() const { return impl_->options; }
const Network& Detector::network() const { return impl_->network; }

}  // namespace v0_1
}  // namespace faceshot
