#include "engine/plan/plan.hpp"

#include <dnnl.hpp>

#include <cassert>
#include <chrono>

#include "base/executor.hpp"
#include "engine/plan/plan_builder.hpp"
#include "faceshot/error.hpp"
#include "faceshot/input_rows.hpp"

namespace faceshot::engine {
namespace {

/// Makes the plan read from the caller's rows as long as this object lives.
class LentRows {
 public:
  LentRows(PlanBuilder& plan, const InputRows& rows) : plan_(plan), taken_(plan.take_rows(&rows)) {}
  ~LentRows() {
    if (taken_) plan_.take_rows(nullptr);
  }
  LentRows(const LentRows&) = delete;
  LentRows& operator=(const LentRows&) = delete;

  /// False if the plan cannot read rows.
  [[nodiscard]] bool taken() const { return taken_; }

 private:
  PlanBuilder& plan_;
  bool taken_;
};

}  // namespace

Plan::Plan(const Graph& graph, const Shape& input_shape, const RowOptions& options, int threads,
           ParallelRunner* runner)
    : runner_(runner) {
  try {
    built_ = std::make_unique<PlanBuilder>(graph, input_shape, options, threads);
  } catch (const dnnl::error& e) {
    if (e.status == dnnl_out_of_memory)
      throw Error(ErrorCode::resource_exhausted, "engine: out of memory");
    throw Error(ErrorCode::unsupported, std::string("engine: oneDNN rejects a layer: ") + e.what());
  }
}
Plan::~Plan() = default;

float* Plan::input() { return built_->input(); }

void Plan::run() { base::run_stages(built_->actions(), built_->threads(), runner_); }

void Plan::run(const InputRows& rows) {
  const LentRows lent(*built_, rows);
  if (lent.taken()) return run();
  const Shape& shape = built_->input_shape();
  for (std::int64_t y = 0; y < shape[2]; ++y)
    rows.row(static_cast<int>(y), 0,
             row_of_planes(input() + y * shape[3], shape[2] * shape[3], shape[3]));
  run();
}

void Plan::run_timed(std::span<double> milliseconds) {
  assert(milliseconds.size() == steps().size());
  using Clock = std::chrono::steady_clock;
  auto before = Clock::now();
  for (std::size_t i = 0; i < milliseconds.size(); ++i) {
    base::run_stages({&built_->actions()[i], 1}, built_->threads(), runner_);
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
