#include "engine/plan/peak.hpp"

#include <algorithm>
#include <chrono>
#include <dnnl.hpp>
#include <memory>
#include <vector>

#include "base/executor.hpp"
#include "base/single_openmp_thread.hpp"
#include "engine/plan/dnnl_primitive.hpp"

namespace faceshot::engine {

namespace {

using tag = dnnl::memory::format_tag;
constexpr auto f32 = dnnl::memory::data_type::f32;
constexpr int channels = 128;
constexpr int side = 56;

/// A convolution for one thread.
struct Work {
  explicit Work(const dnnl::convolution_forward::primitive_desc& chosen)
      : source(chosen.src_desc(), cpu()),
        weights(chosen.weights_desc(), cpu()),
        result(chosen.dst_desc(), cpu()),
        convolution(chosen, dnnl::stream(cpu()),
                    {{DNNL_ARG_SRC, source}, {DNNL_ARG_WEIGHTS, weights}, {DNNL_ARG_DST, result}}) {
    // Uninitialised memory might contain denormals, which are slow.
    std::fill_n(static_cast<float*>(source.get_data_handle()), source.get_desc().get_size() / 4,
                0.5F);
    std::fill_n(static_cast<float*>(weights.get_data_handle()), weights.get_desc().get_size() / 4,
                0.01F);
  }
  dnnl::memory source, weights, result;
  PreparedPrimitive convolution;
};

}  // namespace

double measure_peak_gflops(int threads) {
  const base::SingleOpenMpThread for_onednn;
  const dnnl::memory::dims map{1, channels, side, side};
  const dnnl::convolution_forward::desc desc(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
      dnnl::memory::desc(map, f32, tag::any),
      dnnl::memory::desc({channels, channels, 3, 3}, f32, tag::any),
      dnnl::memory::desc(map, f32, tag::any), {1, 1}, {1, 1}, {1, 1});
  const dnnl::convolution_forward::primitive_desc chosen(desc, cpu());
  std::vector<std::unique_ptr<Work>> work;
  for (int t = 0; t < threads; ++t) work.push_back(std::make_unique<Work>(chosen));
  const base::Stage all{work.size(), [&](std::size_t piece, int) { work[piece]->convolution(); }};
  using Clock = std::chrono::steady_clock;
  double best = 1e9;
  const auto start = Clock::now();
  while (std::chrono::duration<double>(Clock::now() - start).count() < 0.2) {
    const auto before = Clock::now();
    base::Executor::shared().run({&all, 1}, threads);
    best = std::min(best, std::chrono::duration<double>(Clock::now() - before).count());
  }
  return 2.0 * threads * channels * channels * 9 * side * side / best * 1e-9;
}

}  // namespace faceshot::engine
