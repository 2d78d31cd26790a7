#include "train/step/train_step.hpp"

#include <torch/autograd.h>
#include <torch/types.h>

#include <vector>

#include "faceshot/error.hpp"
#include "model/torch_arrays.hpp"
#include "model/torch_network.hpp"
#include "train/config/input.hpp"
#include "train/distributed/gradient_buckets.hpp"
#include "train/distributed/shared_loss.hpp"
#include "train/step/gradient_clipping.hpp"
#include "train/step/optimizer.hpp"
#include "train/training_run.hpp"

namespace faceshot::train {
namespace {

using model::values_of;

struct Outputs {
  torch::Tensor loc, conf, landmarks;  ///< landmarks may be undefined
};

Outputs forward(TrainingRun& run) {
  const AutocastGuard autocast(run.config.train.precision);
  const model::NetworkOutput output = run.network->forward(
      make_input(run.batch.pixels.data(), run.batch.count, run.batch.size, run.batch.size,
                 run.spec().input, run.config.train.precision));
  return {output.loc.contiguous(), output.conf.contiguous(),
          output.landmarks.defined() ? output.landmarks.contiguous() : output.landmarks};
}

bool all_finite(const Outputs& outputs) {
  for (const torch::Tensor& part : {outputs.loc, outputs.conf, outputs.landmarks})
    if (part.defined() && !torch::isfinite(part).all().item<bool>()) return false;
  return true;
}

/// The loss has computed its gradients already: autograd starts at the network's outputs.
void backward(const Outputs& outputs, loss::MultiboxResult& loss) {
  std::vector<torch::Tensor> tensors{outputs.loc, outputs.conf};
  std::vector<torch::Tensor> gradients{
      torch::from_blob(loss.loc_gradient.data(), outputs.loc.sizes()),
      torch::from_blob(loss.conf_gradient.data(), outputs.conf.sizes())};
  if (outputs.landmarks.defined()) {
    tensors.push_back(outputs.landmarks);
    gradients.push_back(torch::from_blob(loss.landmark_gradient.data(), outputs.landmarks.sizes()));
  }
  torch::autograd::backward(tensors, gradients);
}

}  // namespace

bool train_step(TrainingRun& run) {
  if (!run.loader.next(run.batch))
    throw Error(ErrorCode::format, "the loader ran out of batches before the epoch's end");
  const Outputs outputs = forward(run);
  try {
    loss::multibox_loss(values_of(outputs.loc), values_of(outputs.conf),
                        values_of(outputs.landmarks), run.priors_of(run.batch.size),
                        run.spec().priors.variances, run.batch.annotations,
                        run.spec().classes.size(), run.config.loss, run.threads, run.loss);
  } catch (const Error&) {
    // The loss rejected a non-finite number. Only now is it worth checking whether the outputs are
    // the cause.
    if (!all_finite(outputs)) return false;
    throw;
  }
  run.all_stop = run.group ? share_loss(run.loss, *run.group, run.stop) : run.stop;
  run.optimizer->zero_grad();
  backward(outputs, run.loss);
  if (run.buckets) run.buckets->finish();
  if (run.config.train.clip_norm > 0)
    clip_gradients(*run.network, static_cast<double>(run.config.train.clip_norm));
  run.optimizer->step(run.learning_rate);
  ++run.position.step;
  ++run.position.batch;
  run.position.confidence_sum += run.loss.confidence;
  run.position.location_sum += run.loss.location;
  run.position.landmark_sum += run.loss.landmarks;
  run.position.likelihood_sum += run.loss.negative_log_likelihood;
  return true;
}

}  // namespace faceshot::train
