#include "faceshot/network.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/simd/isa.hpp"
#include "engine/onnx/onnx_reader.hpp"
#include "engine/ops/shape_inference.hpp"
#include "engine/plan/plan.hpp"
#include "faceshot/error.hpp"

namespace faceshot {
inline namespace v0_1 {

struct Network::Impl {
  static std::shared_ptr<const Impl> read(std::span<const std::byte> onnx,
                                          const engine::OnnxOrigin& origin);

  engine::Graph graph;
  std::vector<std::string> inputs, outputs;
};

std::shared_ptr<const Network::Impl> Network::Impl::read(std::span<const std::byte> onnx,
                                                         const engine::OnnxOrigin& origin) {
  const std::string& name = origin.name;
  auto impl = std::make_shared<Impl>();
  impl->graph = engine::read_onnx(onnx, origin);
  if (impl->graph.inputs.size() != 1)
    throw Error(ErrorCode::unsupported, "'" + name + "' has " +
                                            std::to_string(impl->graph.inputs.size()) +
                                            " inputs; the engine supports networks with one");
  const auto names = [&](const std::vector<int>& tensors) {
    std::vector<std::string> result;
    for (const int t : tensors)
      result.push_back(impl->graph.tensors[static_cast<std::size_t>(t)].name);
    return result;
  };
  impl->inputs = names(impl->graph.inputs);
  impl->outputs = names(impl->graph.outputs);
  return impl;
}

Network Network::from_bytes(std::span<const std::byte> onnx, const std::string& name) {
  return Network(Impl::read(onnx, {name, std::nullopt}));
}

Network Network::load(const std::string& path) {
  if (std::filesystem::is_directory(path))
    throw Error(ErrorCode::not_found, "'" + path + "' is a folder, not a model file");
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(ErrorCode::not_found, "model file '" + path + "' cannot be read");
  const std::vector<char> bytes((std::istreambuf_iterator<char>(in)),
                                std::istreambuf_iterator<char>());
  return Network(Impl::read(std::as_bytes(std::span(bytes)),
                            {path, std::filesystem::path(path).parent_path()}));
}

const std::vector<std::string>& Network::inputs() const { return impl_->inputs; }
const std::vector<std::string>& Network::outputs() const { return impl_->outputs; }
const std::map<std::string, std::string>& Network::metadata() const {
  return impl_->graph.metadata;
}
std::vector<std::int64_t> Network::input_shape(const std::string& name) const {
  for (const int t : impl_->graph.inputs)
    if (impl_->graph.tensors[static_cast<std::size_t>(t)].name == name)
      return impl_->graph.tensors[static_cast<std::size_t>(t)].declared;
  throw Error(ErrorCode::not_found, "the network has no input '" + name + "'");
}

struct Session::Impl {
  std::shared_ptr<const Network::Impl> network;
  engine::Shape shape;                ///< of the input
  std::vector<engine::Shape> shapes;  ///< of all tensors, including those that the plan fuses away
  std::shared_ptr<ParallelRunner> runner;
  std::unique_ptr<engine::Plan> plan;
};

bool has_bf16() { return base::isa() == base::Isa::avx512_bf16; }

Session::Session(const Network& network, const std::vector<std::int64_t>& shape,
                 const SessionOptions& options)
    : impl_(std::make_unique<Impl>()) {
  if (options.threads < 1 || options.threads > most_threads)
    throw Error(ErrorCode::invalid_argument, "session: " + std::to_string(options.threads) +
                                                 " threads; must be 1 to " +
                                                 std::to_string(most_threads));
  if (shape.empty() || shape.front() != 1)
    throw Error(ErrorCode::invalid_argument, "session: one image at a time (batch size 1)");
  impl_->network = network.impl_;
  impl_->shape = shape;
  impl_->runner = options.runner;
  impl_->shapes = engine::infer_tensors(impl_->network->graph, shape).shapes;
  impl_->plan = std::make_unique<engine::Plan>(
      impl_->network->graph, shape,
      engine::RowOptions{.bfloat16 = options.precision == Precision::bf16 && has_bf16()},
      options.threads, options.runner.get());
}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

std::span<float> Session::input() {
  return {impl_->plan->input(), static_cast<std::size_t>(engine::element_count(impl_->shape))};
}

void Session::run(const InputRows& rows) { impl_->plan->run(rows); }
void Session::run() { impl_->plan->run(); }

const std::vector<PlanStep>& Session::steps() const { return impl_->plan->steps(); }

void Session::run_timed(std::span<double> milliseconds) {
  if (milliseconds.size() != steps().size())
    throw Error(ErrorCode::invalid_argument, "session: " + std::to_string(milliseconds.size()) +
                                                 " timing slots for a plan of " +
                                                 std::to_string(steps().size()) + " steps");
  impl_->plan->run_timed(milliseconds);
}

TensorView Session::output(const std::string& name) const {
  const auto& names = impl_->network->outputs;
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    throw Error(ErrorCode::not_found, "the network has no output '" + name + "'");
  const auto index = static_cast<std::size_t>(found - names.begin());
  const engine::Shape& shape = impl_->plan->output_shape(index);
  return {{impl_->plan->output(index), static_cast<std::size_t>(engine::element_count(shape))},
          shape};
}

std::vector<std::int64_t> Session::tensor_shape(const std::string& name) const {
  const auto& tensors = impl_->network->graph.tensors;
  for (std::size_t t = 0; t < tensors.size(); ++t)
    if (tensors[t].name == name) return impl_->shapes[t];
  throw Error(ErrorCode::not_found, "the network has no tensor '" + name + "'");
}

std::size_t Session::memory_bytes() const { return impl_->plan->memory_bytes(); }
double Session::flop() const { return impl_->plan->flop(); }

}  // namespace v0_1
}  // namespace faceshot
