#include "engine/plan/plan.hpp"

#include <dnnl.hpp>

#include <cassert>
#include <chrono>

#include "engine/plan/plan_builder.hpp"
#include "engine/plan/thread_count.hpp"
#include "faceshot/error.hpp"
#include "faceshot/input_rows.hpp"

namespace faceshot::engine {
namespace {

/// The plan reads from rows that somebody else owns, and no longer than this lives.
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

Plan::Plan(const Graph& graph, const Shape& input_shape, const RowOptions& options) {
  try {
    built_ = std::make_unique<PlanBuilder>(graph, input_shape, options);
  } catch (const dnnl::error& e) {
    if (e.status == dnnl_out_of_memory)
      throw Error(ErrorCode::resource_exhausted, "engine: out of memory");
    throw Error(ErrorCode::unsupported, std::string("engine: oneDNN refuses a layer: ") + e.what());
  }
}
Plan::~Plan() = default;

float* Plan::input() { return built_->input(); }

void Plan::run_parts(int part) {
  const auto& steps = built_->actions();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    failure_.guard([&] {
      // After a failure all go on to the end, so that nobody waits in vain.
      if (failure_.failed()) return;
      if (steps[i].part)
        steps[i].part(part);
      else if (part == 0)
        steps[i].all();
    });
    const bool last = i + 1 == steps.size();
    // One thread's steps behind one another need nobody to wait.
    if (!last && (steps[i].part || steps[i + 1].part)) built_->team()->barrier();
  }
}

void Plan::run() {
  if (built_->team() == nullptr) {
    for (const PlannedStep& step : built_->actions()) step.all();
    return;
  }
  const ThreadCount for_onednn(1);
  built_->team()->run(parts_);
  failure_.rethrow();
}

void Plan::run(const InputRows& rows) {
  const LentRows lent(*built_, rows);
  if (lent.taken()) return run();
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
  assert(milliseconds.size() == steps().size());
  const ThreadCount for_onednn(built_->team() != nullptr ? 1 : omp_get_max_threads());
  using Clock = std::chrono::steady_clock;
  auto before = Clock::now();
  for (std::size_t i = 0; i < milliseconds.size(); ++i) {
    const PlannedStep& step = built_->actions()[i];
    if (built_->team() != nullptr && step.part)
      built_->team()->run(step.part);
    else
      step.all();
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
