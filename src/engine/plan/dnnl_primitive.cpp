#include "engine/plan/dnnl_primitive.hpp"

#include "faceshot/error.hpp"

namespace faceshot::engine {

const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
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
  const dnnl_status_t status = dnnl_primitive_execute(
      primitive_.get(), stream_.get(), static_cast<int>(arguments_.size()), arguments_.data());
  if (status != dnnl_success) throw Error(ErrorCode::unsupported, "engine: a primitive failed");
}

}  // namespace faceshot::engine
