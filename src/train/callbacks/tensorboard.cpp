#include <torch/types.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <string>
#include <vector>

#include "data/stats/annotation_sheet.hpp"
#include "geometry/move_landmarks.hpp"
#include "media/drawing/draw.hpp"
#include "media/opencv.hpp"
#include "model/torch_network.hpp"
#include "network/summary.hpp"
#include "tensorboard/event_file.hpp"
#include "tensorboard/graph_event.hpp"
#include "train/callbacks/callback_table.hpp"
#include "train/record/metrics_log.hpp"
#include "train/training_run.hpp"

namespace faceshot::train {
namespace {

using tensorboard::GraphNode;
using tensorboard::scalar_summary;
using tensorboard::SummaryValue;

constexpr int sheet_columns = 4;
constexpr int detection_side = 512;  ///< longer side of the pictures with detections
constexpr float shown_score = 0.3F;  ///< weaker detections would cover the picture

/// TensorBoard's form of a name: "backbone.stem.conv" -> "backbone/stem/conv". The part before a
/// slash becomes a group, or an expandable box.
std::string scoped_name(std::string name) {
  std::replace(name.begin(), name.end(), '.', '/');
  return name;
}

/// One node per layer, and one for the image; with its operation as in `faceshot model summary`
/// ("conv 3x3 /2"), and its number of channels.
std::vector<GraphNode> network_graph(const network::NetworkSpec& spec) {
  std::vector<GraphNode> nodes{{"input", "Placeholder", {}, {}}};
  for (const network::Layer& layer : spec.layers) {
    GraphNode node{scoped_name(layer.name), network::operation_of(layer), {}, {}};
    for (const std::string& input : layer.inputs) node.inputs.push_back(scoped_name(input));
    node.attributes.emplace_back("channels", std::to_string(layer.out_channels));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

SummaryValue picture(const std::string& tag, const cv::Mat& image) {
  const std::vector<std::uint8_t> png = media::encode_png(media::view_of(image));
  return tensorboard::image_summary(tag, image.cols, image.rows,
                                    {reinterpret_cast<const char*>(png.data()), png.size()});
}

/// The samples of a batch with the faces that the network should detect.
cv::Mat batch_sheet(const loader::Batch& batch, int count) {
  std::vector<cv::Mat> samples;
  const std::size_t bytes =
      static_cast<std::size_t>(batch.size) * static_cast<std::size_t>(batch.size) * 3;
  for (std::size_t i = 0; i < static_cast<std::size_t>(std::min(count, batch.count)); ++i) {
    // OpenCV's views are never const; this draws on a copy.
    auto* const pixels = const_cast<std::uint8_t*>(batch.pixels.data() + i * bytes);
    samples.push_back(cv::Mat(batch.size, batch.size, CV_8UC3, pixels).clone());
    data::draw_annotations(samples.back(), batch.annotations[i], 1);
  }
  return media::contact_sheet(samples,
                              std::min<int>(sheet_columns, static_cast<int>(samples.size())),
                              {batch.size, batch.size});
}

/// A validation image with its detections.
cv::Mat detection_picture(const ValidationExample& example,
                          const std::vector<std::string>& classes) {
  cv::Mat image = media::read_mat(example.image);
  const double scale = static_cast<double>(detection_side) / std::max(image.cols, image.rows);
  cv::resize(image, image, {}, scale, scale, cv::INTER_AREA);
  const auto to_picture = static_cast<float>(scale);
  std::vector<Detection> shown;
  for (Detection d : example.detections) {
    if (d.score < shown_score) continue;
    d.box = {d.box.x1 * to_picture, d.box.y1 * to_picture, d.box.x2 * to_picture,
             d.box.y2 * to_picture};
    if (d.landmarks) geometry::scale(*d.landmarks, to_picture, to_picture);
    shown.push_back(d);
  }
  media::draw_detections(media::canvas_of(image), shown, classes);
  return image;
}

SummaryValue histogram(const std::string& tag, const torch::Tensor& tensor) {
  const torch::Tensor values = tensor.detach().to(torch::kFloat).contiguous();
  return tensorboard::histogram_summary(
      tag, {values.data_ptr<float>(), static_cast<std::size_t>(values.numel())});
}

tensorboard::PrCurveCounts plugin_curve(const evaluate::PrecisionRecallCurve& curve) {
  return {curve.true_positives, curve.false_positives, curve.false_negatives, curve.precision,
          curve.recall};
}

class TensorBoard : public Callback {
 public:
  void on_start(TrainingRun& run) override {
    file_.emplace(run.dir);
    // Later steps written by a killed start are void.
    file_->write_session_start(run.position.step);
    if (run.config.train.tensorboard.write_graph)
      file_->write_graph(tensorboard::graph_def(network_graph(run.spec())));
    write_hyperparameters(run);
    step_start_ = Clock::now();
    first_step_ = run.position.step;
  }

  void on_start_weights(TrainingRun& run, EpochMetrics& metrics) override {
    file_->write(run.position.step, scalars(metrics, run.data.classes));
    step_start_ = Clock::now();
  }

  void on_step(TrainingRun& run) override {
    if (run.position.step % run.config.train.tensorboard.every != 0) return;
    const std::chrono::duration<double> passed = Clock::now() - step_start_;
    const auto images = static_cast<double>((run.position.step - first_step_) * run.batch.count);
    step_start_ = Clock::now();
    first_step_ = run.position.step;
    std::vector<SummaryValue> values{
        scalar_summary("step/classification_loss", run.loss.confidence),
        scalar_summary("step/location_loss", run.loss.location),
        scalar_summary("step/negative_log_likelihood", run.loss.negative_log_likelihood),
        scalar_summary("step/total_loss", run.loss.total()),
        scalar_summary("step/learning_rate", run.learning_rate),
        scalar_summary("step/positives", static_cast<double>(run.loss.positives)),
        scalar_summary("step/images_per_second", images / passed.count())};
    if (const auto landmarks = run.landmark_metric(run.loss.landmarks))
      values.push_back(scalar_summary("step/landmark_loss", *landmarks));
    file_->write(run.position.step, values);
  }

  void on_epoch(TrainingRun& run, EpochMetrics& metrics) override {
    std::vector<SummaryValue> values = scalars(metrics, run.data.classes);
    const TensorBoardConfig& options = run.config.train.tensorboard;
    if (run.validation)
      values.push_back(tensorboard::pr_curve_summary("val/precision_recall",
                                                     plugin_curve(run.validation->curve)));
    if (options.images > 0 && (run.validation || metrics.epoch == 1))
      add_pictures(run, options.images, values);
    if (options.histograms > 0 && metrics.epoch % options.histograms == 0)
      add_histograms(*run.network, values);
    file_->write(run.position.step, values);
  }

 private:
  using Clock = std::chrono::steady_clock;

  static std::vector<SummaryValue> scalars(const EpochMetrics& m,
                                           const std::vector<std::string>& classes) {
    std::vector<SummaryValue> values;
    const auto add = [&values](const std::string& tag, const std::optional<double>& value) {
      if (value) values.push_back(scalar_summary(tag, *value));
    };
    if (!m.start) {
      add("epoch/classification_loss", m.confidence_loss);
      add("epoch/location_loss", m.location_loss);
      add("epoch/negative_log_likelihood", m.negative_log_likelihood);
      add("epoch/landmark_loss", m.landmark_loss);
      add("epoch/learning_rate", m.learning_rate);
      add("epoch/images_per_second", m.images_per_second);
      add("epoch/waiting_share", m.waiting_share);
    }
    add("val/classification_loss", m.val_confidence_loss);
    add("val/location_loss", m.val_location_loss);
    add("val/negative_log_likelihood", m.val_negative_log_likelihood);
    add("val/landmark_loss", m.val_landmark_loss);
    add("val/landmark_error", m.val_landmark_error);
    add("val/ap", m.val_ap);
    add("val/ap_mean", m.val_ap_mean);
    add("val/ap_from_50px", m.val_ap_from_50px);
    add("val/ap_from_30px", m.val_ap_from_30px);
    add("val/ap_from_10px", m.val_ap_from_10px);
    add("val/false_alarms", m.val_false_alarms);
    for (std::size_t c = 0; c < m.val_ap_by_class.size(); ++c)
      add("val/ap_by_class/" + classes.at(c), m.val_ap_by_class[c]);
    return values;
  }

  static void add_pictures(const TrainingRun& run, int count, std::vector<SummaryValue>& values) {
    if (run.batch.count > 0)  // a run may be resumed after an epoch's last step
      values.push_back(picture("train/augmented_batch", batch_sheet(run.batch, count)));
    if (!run.validation) return;
    const auto& examples = run.validation->examples;
    for (std::size_t i = 0; i < std::min(examples.size(), static_cast<std::size_t>(count)); ++i)
      values.push_back(picture("val/detections/" + std::to_string(i),
                               detection_picture(examples[i], run.data.classes)));
  }

  static void add_histograms(const model::TorchNetwork& network,
                             std::vector<SummaryValue>& values) {
    for (const auto& [name, tensor] : network.parameters()) {
      values.push_back(histogram("weights/" + scoped_name(name), tensor));
      if (tensor.grad().defined())  // from the epoch's last step, after clipping
        values.push_back(histogram("gradients/" + scoped_name(name), tensor.grad()));
    }
  }

  /// All config keys with numeric or string values.
  void write_hyperparameters(const TrainingRun& run) {
    std::map<std::string, std::string> texts;
    std::map<std::string, double> numbers;
    for (const auto& [key, value] : config_values(run.config)) {
      char* end = nullptr;
      const double number = std::strtod(value.c_str(), &end);
      if (!value.empty() && *end == '\0')
        numbers[key] = number;
      else
        texts[key] = value;
    }
    const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
    file_->write(
        run.position.step,
        tensorboard::hyperparameter_summaries(
            texts, numbers, {"val/ap_mean", "val/ap", "val/classification_loss"}, now.count()));
  }

  std::optional<tensorboard::EventFile> file_;
  Clock::time_point step_start_;
  std::int64_t first_step_ = 0;
};

}  // namespace

std::unique_ptr<Callback> make_tensorboard(const TrainingRun& run) {
  return run.config.train.tensorboard.every > 0 ? std::make_unique<TensorBoard>() : nullptr;
}

}  // namespace faceshot::train
