#include "train/distributed/shared_loss.hpp"

#include <algorithm>
#include <array>

namespace faceshot::train {
namespace {

/// The divisor in multibox_loss().
double divisor(std::int64_t positives) {
  return static_cast<double>(std::max<std::int64_t>(positives, 1));
}

void scale(std::vector<float>& gradient, double factor) {
  const auto f = static_cast<float>(factor);
  for (float& g : gradient) g *= f;
}

}  // namespace

bool share_loss(loss::MultiboxResult& loss, ProcessGroup& group, bool flag) {
  const double own = divisor(loss.positives);
  const double own_marked = divisor(loss.landmark_positives);
  const double own_counted = divisor(loss.positives + loss.negatives);
  // Counts are integers below 2^53, hence exact.
  std::array<double, 8> sums{static_cast<double>(loss.positives),
                             static_cast<double>(loss.landmark_positives),
                             static_cast<double>(loss.negatives),
                             loss.confidence * own,
                             loss.location * own,
                             loss.landmarks * own_marked,
                             loss.negative_log_likelihood * own_counted,
                             flag ? 1.0 : 0.0};
  group.sum(sums);
  loss.positives = static_cast<std::int64_t>(sums[0]);
  loss.landmark_positives = static_cast<std::int64_t>(sums[1]);
  loss.negatives = static_cast<std::int64_t>(sums[2]);
  const double all = divisor(loss.positives);
  const double all_marked = divisor(loss.landmark_positives);
  loss.confidence = sums[3] / all;
  loss.location = sums[4] / all;
  loss.landmarks = sums[5] / all_marked;
  loss.negative_log_likelihood = sums[6] / divisor(loss.positives + loss.negatives);
  scale(loss.loc_gradient, own / all);
  scale(loss.conf_gradient, own / all);
  scale(loss.landmark_gradient, own_marked / all_marked);
  return sums[7] > 0;
}

}  // namespace faceshot::train
