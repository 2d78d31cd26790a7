// Breaks down the time of a training step: milliseconds by part, and by operator with --operators.
// Pixels and faces are random; the loader is not used.
//   bench_train_step CONFIG.toml [--steps N] [--operators] [--processor-time] [key=value...]
// --processor-time measures this program's processor time instead of elapsed time: with
// train.threads=1 its figures are valid even on a busy machine.
#include <ATen/record_function.h>
#include <sys/resource.h>
#include <torch/autograd.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "base/memory.hpp"
#include "base/random.hpp"
#include "faceshot/error.hpp"
#include "loss/multibox_loss.hpp"
#include "model/reuse_tensor_memory.hpp"
#include "model/torch_arrays.hpp"
#include "model/torch_network.hpp"
#include "network/registry.hpp"
#include "train/config/config.hpp"
#include "train/config/input.hpp"
#include "train/step/ema.hpp"
#include "train/step/gradient_clipping.hpp"
#include "train/step/optimizer.hpp"

namespace faceshot {
namespace {

using train::Config;

/// Of all threads of the process: other programs do not count.
double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

bool processor_time = false;

double now() {
  if (processor_time) return processor_seconds();
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::int64_t page_faults() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

/// Time of each operator without that of the operators it calls, over all steps.
class OperatorTimes {
 public:
  OperatorTimes() {
    current = this;
    handle_ = at::addGlobalCallback(
        at::RecordFunctionCallback(&OperatorTimes::enter, &OperatorTimes::leave)
            .scopes({at::RecordScope::FUNCTION, at::RecordScope::BACKWARD_FUNCTION}));
  }
  ~OperatorTimes() { at::removeCallback(handle_); }
  OperatorTimes(const OperatorTimes&) = delete;
  OperatorTimes& operator=(const OperatorTimes&) = delete;

  void print(int steps) const {
    std::vector<std::pair<std::string, Sum>> rows(sums_.begin(), sums_.end());
    std::sort(rows.begin(), rows.end(),
              [](const auto& a, const auto& b) { return a.second.seconds > b.second.seconds; });
    std::printf("\n%-60s %9s %7s\n", "operator, alone", "ms a step", "calls");
    for (std::size_t i = 0; i < std::min<std::size_t>(rows.size(), 40); ++i)
      std::printf("%-60.60s %9.2f %7.1f\n", rows[i].first.c_str(),
                  1000 * rows[i].second.seconds / steps,
                  static_cast<double>(rows[i].second.calls) / steps);
  }

 private:
  struct Sum {
    double seconds = 0;
    std::int64_t calls = 0;
  };
  struct Open {
    double start;
    double inside = 0;
  };

  static std::unique_ptr<at::ObserverContext> enter(const at::RecordFunction&) {
    if (std::this_thread::get_id() != current->thread_) return nullptr;
    current->open_.push_back({now()});
    return nullptr;
  }
  static void leave(const at::RecordFunction& function, at::ObserverContext*) {
    if (std::this_thread::get_id() != current->thread_) return;
    const Open open = current->open_.back();
    current->open_.pop_back();
    const double seconds = now() - open.start;
    Sum& sum = current->sums_[function.name()];
    sum.seconds += seconds - open.inside;
    ++sum.calls;
    if (!current->open_.empty()) current->open_.back().inside += seconds;
  }

  static inline OperatorTimes* current = nullptr;
  // Work of its helper threads is included in this one's operators, or negligible.
  std::thread::id thread_ = std::this_thread::get_id();
  at::CallbackHandle handle_;
  std::vector<Open> open_;
  std::map<std::string, Sum> sums_;
};

/// The content of a batch: noise, and up to ten faces per image of sizes that the priors have.
struct Samples {
  std::vector<std::uint8_t> pixels;
  std::vector<std::vector<geometry::Annotation>> annotations;

  Samples(int count, int size) {
    base::Random random(1, 0, 0, 0);
    pixels.resize(static_cast<std::size_t>(count) * static_cast<std::size_t>(size * size) * 3);
    for (std::uint8_t& value : pixels) value = static_cast<std::uint8_t>(random.below(256));
    annotations.resize(static_cast<std::size_t>(count));
    const auto side = static_cast<float>(size);
    for (auto& faces : annotations) {
      faces.resize(random.below(10));
      for (geometry::Annotation& face : faces) {
        const float length = 8 * std::exp(random.uniform(0, std::log(side / 16)));
        const float x = random.uniform(0, side - length);
        const float y = random.uniform(0, side - length);
        face.box = {x, y, x + length, y + length};
      }
    }
  }
};

class Bench {
 public:
  explicit Bench(const Config& config)
      : config_(config),
        samples_(config.train.batch_size, config.augment.size),
        network_(network::make_network(config.model), 1),
        optimizer_(network_, config.train),
        ema_(network_, config.train.ema_decay) {
    const int size = config_.augment.size;
    priors_ = loss::make_prior_grid(network_.spec().priors, size, size,
                                    network::feature_sizes(network_.spec(), size, size));
  }

  void run(int steps, bool operators) {
    for (int i = 0; i < 5; ++i) step();
    parts_.clear();
    const std::int64_t faults = page_faults();
    const double processor = processor_seconds();
    std::vector<double> whole;
    for (int i = 0; i < steps; ++i) {
      const double start = now();
      step();
      whole.push_back(now() - start);
    }
    const double all = median(whole);
    std::printf("%-12s %9s %7s\n", "part", "ms", "share");
    for (const auto& [name, seconds] : parts_)
      std::printf("%-12s %9.2f %6.1f%%\n", name.c_str(), 1000 * median(seconds),
                  100 * median(seconds) / all);
    const double multiply_adds = static_cast<double>(
        network::multiply_accumulates(network_.spec(), config_.augment.size, config_.augment.size));
    const double images = static_cast<double>(config_.train.batch_size) / all;
    const double mean = std::accumulate(whole.begin(), whole.end(), 0.0) / steps;
    std::printf("%-12s %9.2f  best %.2f, mean %.2f, processor time %.2f, %.0f page faults\n",
                "step", 1000 * all, 1000 * *std::min_element(whole.begin(), whole.end()),
                1000 * mean, 1000 * (processor_seconds() - processor) / steps,
                static_cast<double>(page_faults() - faults) / steps);
    std::printf("%.1f images/s, %.0f GFLOP/s (a step counts as three times its forward pass)\n",
                images, images * 6 * multiply_adds / 1e9);
    std::printf("%.1f images/s in all, the slow steps too\n",
                static_cast<double>(config_.train.batch_size) / mean);
    if (!operators) return;
    const OperatorTimes times;
    for (int i = 0; i < steps; ++i) step();
    times.print(steps);
  }

 private:
  /// Attributes the time since the last mark to a part.
  void mark(const char* part) {
    const double time = now();
    const auto row =
        std::find_if(parts_.begin(), parts_.end(), [&](const auto& p) { return p.first == part; });
    if (row == parts_.end())
      parts_.push_back({part, {time - last_}});
    else
      row->second.push_back(time - last_);
    last_ = time;
  }

  /// The same as the trainer's.
  void step() {
    last_ = now();
    const int size = config_.augment.size;
    model::NetworkOutput output;
    {
      const train::AutocastGuard autocast(config_.train.precision);
      const torch::Tensor input =
          train::make_input(samples_.pixels.data(), config_.train.batch_size, size, size,
                            network_.spec().input, config_.train.precision);
      mark("input");
      output = network_.forward(input);
    }
    const torch::Tensor loc = output.loc.contiguous();
    const torch::Tensor conf = output.conf.contiguous();
    mark("forward");
    loss::multibox_loss(model::values_of(loc), model::values_of(conf), {}, priors_,
                        network_.spec().priors.variances, samples_.annotations,
                        network_.spec().classes.size(), config_.loss, torch::get_num_threads(),
                        loss_);
    mark("loss");
    optimizer_.zero_grad();
    torch::autograd::backward({loc, conf},
                              {torch::from_blob(loss_.loc_gradient.data(), loc.sizes()),
                               torch::from_blob(loss_.conf_gradient.data(), conf.sizes())});
    mark("backward");
    train::clip_gradients(network_, static_cast<double>(config_.train.clip_norm));
    mark("clip");
    optimizer_.step(1e-4);
    mark("optimizer");
    ema_.update(network_, step_++);
    mark("average");
  }

  Config config_;
  Samples samples_;
  model::TorchNetwork network_;
  train::Optimizer optimizer_;
  train::Ema ema_;
  loss::PriorGrid priors_;
  loss::MultiboxResult loss_;
  std::vector<std::pair<std::string, std::vector<double>>> parts_;
  double last_ = 0;
  std::int64_t step_ = 0;
};

int bench_train_step(int argc, char** argv) {
  std::vector<std::string> overrides{"data.train=none"};
  std::string file;
  int steps = 20;
  bool operators = false;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--operators")
      operators = true;
    else if (argument == "--processor-time")
      processor_time = true;
    else if (argument == "--steps" && i + 1 < argc)
      steps = std::atoi(argv[++i]);
    else if (argument.find('=') != std::string::npos)
      overrides.push_back(argument);
    else
      file = argument;
  }
  if (file.empty() || steps < 1) {
    std::fprintf(stderr,
                 "usage: bench_train_step CONFIG.toml [--steps N] [--operators] "
                 "[--processor-time] [key=value...]\n");
    return 2;
  }
  const Config config = train::read_config(file, overrides);
  torch::set_num_threads(config.train.threads > 0 ? config.train.threads : 2);
  Bench(config).run(steps, operators);
  return 0;
}

}  // namespace
}  // namespace faceshot

int main(int argc, char** argv) {
  faceshot::base::retain_freed_memory();
  faceshot::model::reuse_tensor_memory();
  try {
    return faceshot::bench_train_step(argc, argv);
  } catch (const faceshot::Error& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}
