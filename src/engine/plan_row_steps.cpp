// Convolutions on kernels of our own.
#include <omp.h>

#include <algorithm>
#include <utility>

#include "engine/kernels/packed_weights.hpp"
#include "engine/plan_builder.hpp"

namespace faceshot::engine {

void PlanBuilder::draft_step(ConvolutionStepPtr step, const Place& in, const Place* addend,
                             const Place& out) {
  // Each thread's part starts on a cache line of its own.
  const std::size_t scratch_floats = (step->scratch_floats() + 15) / 16 * 16;
  scratch_bytes_ =
      std::max(scratch_bytes_, scratch_floats * sizeof(float) * static_cast<std::size_t>(threads_));
  weight_bytes_ += step->weight_bytes();
  std::vector<int> touched{in.storage};
  if (addend != nullptr) touched.push_back(addend->storage);
  touched.push_back(out.storage);
  const std::size_t weight_bytes = step->weight_bytes();
  std::string kernel = step->kernel();
  draft(touched, [this, touched, scratch_floats, adds = addend != nullptr,
                  step = std::shared_ptr<const ConvolutionStep>(std::move(step))] {
    ConvolutionStep::Buffers buffers;
    buffers.in = memory_.address(touched.front());
    if (adds) buffers.addend = memory_.address(touched[1]);
    buffers.out = memory_.address(touched.back());
    buffers.scratch = scratch_.get();
    if (threads_ == 1) return Action([step, buffers] { step->run(buffers, 0, 1); });
    return Action([step, buffers, scratch_floats, threads = threads_] {
#pragma omp parallel num_threads(threads)
      {
        const int part = omp_get_thread_num();
        ConvolutionStep::Buffers own = buffers;
        own.scratch += static_cast<std::size_t>(part) * scratch_floats;
        step->run(own, part, omp_get_num_threads());
      }
    });
  });
  drafts_.back().step.kernel = std::move(kernel);
  drafts_.back().step.bytes_read += weight_bytes;
}

bool PlanBuilder::add_row_convolution(const Node& node) {
  const Place given = input_of(node);
  if (given.shape[0] != 1) return false;
  if (is_first_convolution(node) && !given.channels_last) {
    const Place out = define(node, true);
    draft_step(first_convolution_step(node, given.shape, out.shape, step_options_), given, nullptr,
               out);
    return true;
  }
  if (!is_pointwise(node)) return false;
  const Place in = in_layout(given, true);
  if (!node.adds_input) {
    const Place out = define(node, true);
    draft_step(pointwise_step(node, in.shape, step_options_), in, nullptr, out);
    return true;
  }
  // In place: nobody reads the addend afterwards.
  const Place out = define(node, true, in_layout(input_of(node, 1), true).storage);
  draft_step(pointwise_step(node, in.shape, step_options_), in, &out, out);
  return true;
}

void PlanBuilder::add_separable_convolution(const Node& node) {
  const Place in = in_layout(input_of(node), true);
  if (in.shape[0] != 1) {
    // Kernels of our own take one image at a time.
    for (const Node& stage : node.stages) add_convolution(stage);
    return;
  }
  const Node &first = node.stages[0], &second = node.stages[1];
  Place addend;
  if (node.adds_input) addend = in_layout(input_of(node, 1), true);
  // Not onto the addend: that may be the input too, of which neighbouring pixels are still needed.
  const Place out = define(node, true);
  draft_step(is_depthwise(first)
                 ? depthwise_pointwise_step(first, second, in.shape, out.shape, step_options_)
                 : pointwise_depthwise_step(first, second, in.shape, out.shape, step_options_),
             in, node.adds_input ? &addend : nullptr, out);
}

}  // namespace faceshot::engine
