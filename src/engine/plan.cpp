#include "engine/plan.hpp"

#include <dnnl.hpp>

#include <chrono>

#include "engine/plan_builder.hpp"
#include "faceshot/error.hpp"
#include "faceshot/input_rows.hpp"

namespace faceshot::engine {

Plan::Plan(const Graph& graph, const Shape& input_shape, const RowOptions& options) {
  try {
    built_ = std::make_unique<PlanBuilder>(graph, input_shape, options);
  } catch (const dnnl::error& e) {
    throw Error(ErrorCode::unsupported, std::string("engine: oneDNN refuses a layer: ") + e.what());
  }
}
Plan::~Plan() = default;

float* Plan::input() { return built_->input(); }

void Plan::run() {
  for (const Action& action : built_->actions()) action();
}

void Plan::run(const InputRows& rows) {
  if (built_->take_rows(&rows)) {
    run();
    built_->take_rows(nullptr);
    return;
  }
  const Shape& shape = built_->input_shape();
  const auto width = static_cast<std::size_t>(shape[3]);
  const std::size_t plane = static_cast<std::size_t>(shape[2]) * width;
  for (std::size_t y = 0; y < static_cast<std::size_t>(shape[2]); ++y) {
    float* const row = input() + y * width;
    rows.row(static_cast<int>(y), 0, {row, row + plane, row + 2 * plane});
  }
  run();
}

void Plan::run_timed(std::span<double> milliseconds) {
  using Clock = std::chrono::steady_clock;
  auto before = Clock::now();
  for (std::size_t i = 0; i < milliseconds.size(); ++i) {
    built_->actions()[i]();
    const auto after = Clock::now();
    milliseconds[i] = std::chrono::duration<double, std::milli>(after - before).count();
    before = after;
  }
}

const std::vector<PlanStep>& Plan::steps() const { return built_->steps(); }
const float* Plan::output(std::size_t index) const { return built_->output(index); }
const Shape& Plan::output_shape(std::size_t index) const { return built_->output_shape(index); }
std::size_t Plan::memory_bytes() const { return built_->memory_bytes(); }
double Plan::flop() const {
  double sum = 0;
  for (const PlanStep& step : built_->steps()) sum += step.flop;
  return sum;
}

}  // namespace faceshot::engine
