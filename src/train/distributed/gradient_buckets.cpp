#include "train/distributed/gradient_buckets.hpp"

#include <torch/autograd.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <torch/csrc/autograd/functions/accumulate_grad.h>
#include <torch/csrc/autograd/utils/lambda_post_hook.h>
#include <utility>
#include <vector>

#include "faceshot/error.hpp"
#include "model/torch_network.hpp"

namespace faceshot::train {

struct GradientBuckets::Impl {
  struct Member {
    torch::Tensor parameter;
    torch::Tensor place;  ///< a view of the bucket in the parameter's shape and strides
    bool ready = false;
    /// Makes the hook live as long as this object: the parameter keeps its accumulator.
    std::shared_ptr<torch::autograd::Node> accumulator;
    std::uintptr_t hook = 0;
  };
  struct Bucket {
    torch::Tensor values;
    std::vector<Member> members;
    std::size_t ready = 0;
    ProcessGroup::Pending sum;
  };

  ProcessGroup& group;
  std::vector<Bucket> buckets;
  std::size_t next = 0;  ///< the first unsent bucket

  Impl(const model::TorchNetwork& network, ProcessGroup& g, std::size_t bucket_bytes) : group(g) {
    const auto& parameters = network.parameters();
    std::size_t bytes = bucket_bytes;  // initially full, so that the first parameter opens a bucket
    for (auto it = parameters.rbegin(); it != parameters.rend(); ++it) {
      if (!it->second.requires_grad()) continue;
      if (bytes >= bucket_bytes) {
        buckets.emplace_back();
        bytes = 0;
      }
      buckets.back().members.push_back({it->second, {}, false, {}, 0});
      bytes += static_cast<std::size_t>(it->second.numel()) * sizeof(float);
    }
    for (std::size_t b = 0; b < buckets.size(); ++b) open(b);
  }

  ~Impl() {
    for (Bucket& bucket : buckets)
      for (Member& member : bucket.members)
        if (member.accumulator) member.accumulator->del_post_hook(member.hook);
  }

  void open(std::size_t index) {
    Bucket& bucket = buckets[index];
    std::int64_t size = 0;
    for (const Member& member : bucket.members) size += member.parameter.numel();
    bucket.values = torch::zeros({size});
    std::int64_t offset = 0;
    for (std::size_t m = 0; m < bucket.members.size(); ++m) {
      Member& member = bucket.members[m];
      const torch::Tensor& p = member.parameter;
      member.place = bucket.values.as_strided(p.sizes(), p.strides(), offset);
      offset += p.numel();
      member.accumulator = torch::autograd::impl::grad_accumulator(p);
      member.hook = member.accumulator->add_post_hook(
          std::make_unique<torch::autograd::utils::LambdaPostHook>(
              [this, index, m](const torch::autograd::variable_list& outputs,
                               const torch::autograd::variable_list&) {
                collect(index, m);
                return outputs;
              }));
    }
  }

  /// Called when a gradient is complete.
  void collect(std::size_t index, std::size_t m) {
    const torch::NoGradGuard no_grad;
    Bucket& bucket = buckets[index];
    Member& member = bucket.members[m];
    if (member.ready)
      throw Error(ErrorCode::invalid_argument,
                  "distributed gradients: two backward passes without finish()");
    member.place.copy_(member.parameter.grad());
    member.ready = true;
    ++bucket.ready;
    // In order, whatever the order of the gradients: all processes must sum the same buckets.
    while (next < buckets.size() && buckets[next].ready == buckets[next].members.size()) send();
  }

  void send() {
    Bucket& bucket = buckets[next++];
    bucket.sum = group.start_sum(
        {bucket.values.data_ptr<float>(), static_cast<std::size_t>(bucket.values.numel())});
  }

  void finish() {
    const torch::NoGradGuard no_grad;
    while (next < buckets.size()) send();  // parameters that the backward pass did not reach
    for (Bucket& bucket : buckets) {
      bucket.sum.wait();
      for (Member& member : bucket.members) {
        if (member.ready) member.parameter.mutable_grad().copy_(member.place);
        member.ready = false;
      }
      bucket.ready = 0;
    }
    next = 0;
  }
};

GradientBuckets::GradientBuckets(const model::TorchNetwork& network, ProcessGroup& group,
                                 std::size_t bucket_bytes)
    : impl_(std::make_unique<Impl>(network, group, bucket_bytes)) {}
GradientBuckets::~GradientBuckets() = default;

std::size_t GradientBuckets::count() const { return impl_->buckets.size(); }

void GradientBuckets::finish() { impl_->finish(); }

}  // namespace faceshot::train
