#include "engine/plan/dnnl_primitive.hpp"

#include <cstddef>
#include <optional>

#include "base/simd/isa.hpp"
#include "base/single_openmp_thread.hpp"
#include "faceshot/error.hpp"

namespace faceshot::engine {

namespace {

/// oneDNN accepts a cap only before its first use.
void cap_instructions() {
  const std::optional<base::Isa> cap = base::isa_cap();
  if (!cap) return;
  constexpr dnnl::cpu_isa levels[] = {dnnl::cpu_isa::sse41, dnnl::cpu_isa::avx2,
                                      dnnl::cpu_isa::avx512_core, dnnl::cpu_isa::avx512_core_bf16};
  dnnl::set_max_cpu_isa(levels[static_cast<std::size_t>(*cap)]);
}

}  // namespace

const dnnl::engine& cpu() {
  static const dnnl::engine engine = [] {
    cap_instructions();
    return dnnl::engine(dnnl::engine::kind::cpu, 0);
  }();
  return engine;
}

dnnl::memory::desc describe(const Place& place) {
  const auto tag =
      place.channels_last ? dnnl::memory::format_tag::nhwc : dnnl::memory::format_tag::nchw;
  return {place.shape, dnnl::memory::data_type::f32, tag};
}

PreparedPrimitive::PreparedPrimitive(dnnl::primitive primitive, dnnl::stream stream,
                                     std::vector<std::pair<int, dnnl::memory>> arguments)
    : primitive_(std::move(primitive)), stream_(std::move(stream)) {
  for (auto& [index, memory] : arguments) {
    arguments_.push_back({index, memory.get()});
    memories_.push_back(std::move(memory));
  }
}

void PreparedPrimitive::operator()() const {
  const base::SingleOpenMpThread alone;
  const dnnl_status_t status = dnnl_primitive_execute(
      primitive_.get(), stream_.get(), static_cast<int>(arguments_.size()), arguments_.data());
  if (status != dnnl_success) throw Error(ErrorCode::unsupported, "engine: a primitive failed");
}

}  // namespace faceshot::engine
