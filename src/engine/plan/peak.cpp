#include "engine/plan/peak.hpp"

#include <algorithm>
#include <chrono>
#include <dnnl.hpp>

#include "engine/plan/dnnl_primitive.hpp"
#include "engine/plan/thread_count.hpp"

namespace faceshot::engine {

double measure_peak_gflops(int threads) {
  const ThreadCount team(threads);
  using tag = dnnl::memory::format_tag;
  constexpr auto f32 = dnnl::memory::data_type::f32;
  constexpr int channels = 128;
  constexpr int side = 56;
  dnnl::stream stream(cpu());
  const dnnl::memory::dims map{1, channels, side, side};
  const dnnl::convolution_forward::desc desc(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
      dnnl::memory::desc(map, f32, tag::any),
      dnnl::memory::desc({channels, channels, 3, 3}, f32, tag::any),
      dnnl::memory::desc(map, f32, tag::any), {1, 1}, {1, 1}, {1, 1});
  const dnnl::convolution_forward::primitive_desc chosen(desc, cpu());
  dnnl::memory source(chosen.src_desc(), cpu());
  dnnl::memory weights(chosen.weights_desc(), cpu());
  dnnl::memory result(chosen.dst_desc(), cpu());
  // Denormal garbage would be slow.
  std::fill_n(static_cast<float*>(source.get_data_handle()), source.get_desc().get_size() / 4,
              0.5F);
  std::fill_n(static_cast<float*>(weights.get_data_handle()), weights.get_desc().get_size() / 4,
              0.01F);
  const dnnl::convolution_forward convolution(chosen);
  using Clock = std::chrono::steady_clock;
  double best = 1e9;
  const auto start = Clock::now();
  while (std::chrono::duration<double>(Clock::now() - start).count() < 0.2) {
    const auto before = Clock::now();
    convolution.execute(
        stream, {{DNNL_ARG_SRC, source}, {DNNL_ARG_WEIGHTS, weights}, {DNNL_ARG_DST, result}});
    stream.wait();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - before).count());
  }
  return 2.0 * channels * channels * 9 * side * side / best * 1e-9;
}

}  // namespace faceshot::engine
