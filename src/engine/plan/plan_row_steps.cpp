// Layers on our own kernels.
#include <algorithm>
#include <memory>
#include <utility>

#include "engine/kernels/row_kernels.hpp"
#include "engine/plan/plan_builder.hpp"

namespace faceshot::engine {
namespace {

/// Pieces of a chain: several per thread, so that a preempted thread causes little delay; but only
/// one per thread if each piece recomputes rows at its border.
int pieces_of(std::size_t links, std::int64_t height, int threads) {
  constexpr std::int64_t least_rows = 4;
  if (threads == 1 || links > 1) return threads;
  return static_cast<int>(
      std::max<std::int64_t>(threads, std::min(std::int64_t{4} * threads, height / least_rows)));
}

}  // namespace

void PlanBuilder::draft_chain(const std::vector<const Node*>& nodes, const Place& in,
                              const Place& out) {
  using Adds = RowChain::Link::Adds;
  std::vector<RowChain::Link> links;
  std::vector<int> touched{in.storage};
  std::vector<std::pair<std::size_t, int>> outside;  // link and storage of its addend
  Shape shape = in.shape;
  for (const Node* const node : nodes) {
    const Shape& result = shape_of(node->output);
    RowChain::Link link;
    link.stage = row_stage(*node, shape, result, row_options_);
    link.out_row_floats = result[1] * result[3];
    if (node->adds_input) {
      link.adds = node->inputs[1] == node->inputs[0] ? Adds::input : Adds::outside;
      if (link.adds == Adds::outside) {
        const Place addend = in_layout(input_of(*node, 1), true);
        link.addend_row_floats = addend.shape[1] * addend.shape[3];
        link.addend_height = addend.shape[2];
        outside.emplace_back(links.size(), addend.storage);
        touched.push_back(addend.storage);
      }
    }
    links.push_back(std::move(link));
    shape = result;
  }
  touched.push_back(out.storage);
  const int pieces = pieces_of(links.size(), shape[2], threads_);
  const auto chain = std::make_shared<const RowChain>(std::move(links), in.shape[1] * in.shape[3],
                                                      pieces, row_options_.level);
  const std::size_t scratch = chain->scratch_floats() * sizeof(float);
  scratch_bytes_ = std::max(scratch_bytes_, scratch * static_cast<std::size_t>(threads_));
  weight_bytes_ += chain->weight_bytes();
  // The image itself, if it has no other reader, may come row by row.
  const auto image = static_cast<std::size_t>(graph_.inputs.front());
  const bool rows = in.storage == places_[image].storage && readers_[image] == 1 &&
                    is_first_convolution(*nodes.front());
  takes_rows_ = takes_rows_ || rows;
  draft(touched, [this, chain, outside, rows, pieces, from = in.storage, to = out.storage,
                  count = nodes.size()] {
    RowChain::Buffers buffers;
    buffers.in = memory_.address(from);
    buffers.addends.resize(count, nullptr);
    for (const auto& [link, storage] : outside) buffers.addends[link] = memory_.address(storage);
    buffers.out = memory_.address(to);
    buffers.scratch = scratch_.get();
    if (rows) buffers.rows = &rows_;
    return PlannedStep(static_cast<std::size_t>(pieces),
                       [chain, buffers](std::size_t piece, int worker) {
                         chain->run(buffers, static_cast<int>(piece), worker);
                       });
  });
  drafts_.back().step.kernel = chain->kernel();
  drafts_.back().step.bytes_read += chain->weight_bytes();
}

bool PlanBuilder::add_row_layer(const Node& node) {
  const Place given = input_of(node);
  if (!row_kernels_pay() || given.shape.size() != 4 || given.shape[0] != 1 || !has_row_stage(node))
    return false;
  const bool first = is_first_convolution(node);
  if (first && given.channels_last) return false;
  const Place in = in_layout(given, !first);
  // In place if a single convolution adds something: nobody reads that afterwards.
  const bool in_place = node.op == Op::conv && node.adds_input;
  const Place out = in_place ? define(node, true, in_layout(input_of(node, 1), true).storage)
                             : define(node, true);
  draft_chain({&node}, in, out);
  return true;
}

void PlanBuilder::add_separable_convolution(const Node& node) {
  if (add_row_layer(node)) return;
  // Several images: our own kernels process only one.
  for (const Node& stage : node.stages) add_convolution(stage);
}

void PlanBuilder::add_row_chain(const Node& node) {
  const Place in = in_layout(input_of(node), !is_first_convolution(node.stages.front()));
  std::vector<const Node*> nodes;
  for (const Node& stage : node.stages) nodes.push_back(&stage);
  draft_chain(nodes, in, define(node, true));
}

}  // namespace faceshot::engine
