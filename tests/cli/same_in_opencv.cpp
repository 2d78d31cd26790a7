// Tests whether OpenCV's DNN finds the same boxes, scores and classes with a model file as our
// detector:
//
//   same_in_opencv MODEL.onnx THRESHOLD IMAGE...
//
// The file is one for a fixed input size (faceshot export --size), no smaller than the images,
// which are not scaled. OpenCV's outputs are decoded here as docs/onnx_metadata.md says, with
// OpenCV's own non-maximum suppression. Exit status 1 if they differ or nothing was found.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <opencv2/dnn.hpp>
#include <string>
#include <vector>

#include "faceshot/box_coding.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/nms.hpp"
#include "media/opencv.hpp"

namespace {

using namespace faceshot;

constexpr double iou_limit = 0.45;

struct Model {
  ModelInfo info;
  int width, height;
  std::vector<Prior> priors;
  cv::dnn::Net net;
};

Model load(const std::string& path) {
  const Network network = Network::load(path);
  const auto shape = network.input_shape(network.inputs().front());
  const auto width = static_cast<int>(shape.at(3)), height = static_cast<int>(shape.at(2));
  if (width <= 0 || height <= 0)
    throw Error(ErrorCode::invalid_argument, path + ": export it for a fixed size");
  ModelInfo info = ModelInfo::from_metadata(network.metadata());
  info.box_voting = false;  // OpenCV's NMS does not have it
  const Session session(network, {1, 3, height, width});
  std::vector<FeatureSize> features;
  for (const std::string& name : info.features) {
    const auto map = session.tensor_shape(name);
    features.push_back({static_cast<int>(map[3]), static_cast<int>(map[2])});
  }
  std::vector<Prior> priors = make_priors(info.priors, width, height, features);
  return {std::move(info), width, height, std::move(priors), cv::dnn::readNetFromONNX(path)};
}

/// The picture at the top left, the mean colour around it.
cv::Mat input_of(const Model& model, const cv::Mat& image) {
  cv::Mat input({1, 3, model.height, model.width}, CV_32F, cv::Scalar(0));
  for (int plane = 0; plane < 3; ++plane) {
    const bool bgr = model.info.channel_order == PixelFormat::bgr;
    const auto c = static_cast<std::size_t>(plane);
    for (int y = 0; y < image.rows; ++y)
      for (int x = 0; x < image.cols; ++x)
        input.ptr<float>(0, plane, y)[x] =
            (static_cast<float>(image.at<cv::Vec3b>(y, x)[bgr ? plane : 2 - plane]) -
             model.info.mean[c]) *
            model.info.scale[c];
  }
  return input;
}

/// What is left of `all` when boxes suppress only their own class, or any class.
std::vector<Detection> suppressed(const std::vector<Detection>& all, float threshold) {
  std::vector<cv::Rect2d> boxes;
  std::vector<float> scores;
  for (const Detection& d : all) {
    boxes.emplace_back(cv::Point2d(d.box.x1, d.box.y1), cv::Point2d(d.box.x2, d.box.y2));
    scores.push_back(d.score);
  }
  std::vector<int> kept;
  cv::dnn::NMSBoxes(boxes, scores, threshold, static_cast<float>(iou_limit), kept);
  std::vector<Detection> left;
  for (const int i : kept) left.push_back(all[static_cast<std::size_t>(i)]);
  return left;
}

std::vector<Detection> found_by_opencv(Model& model, const cv::Mat& image, float threshold) {
  model.net.setInput(input_of(model, image));
  std::vector<cv::Mat> outputs;
  model.net.forward(outputs,
                    std::vector<cv::String>{model.info.loc_output, model.info.conf_output});
  const std::size_t classes = model.info.classes.size();
  std::vector<std::vector<Detection>> by_class(classes);
  for (std::size_t p = 0; p < model.priors.size(); ++p) {
    const float* const l = outputs[0].ptr<float>() + 4 * p;
    const float* const logits = outputs[1].ptr<float>() + (classes + 1) * p;
    double sum = 0;
    for (std::size_t c = 0; c <= classes; ++c) sum += std::exp(static_cast<double>(logits[c]));
    for (std::size_t c = 0; c < classes; ++c) {
      const auto score = static_cast<float>(std::exp(static_cast<double>(logits[c + 1])) / sum);
      if (score < threshold) continue;
      const Box box =
          decode({l[0], l[1], l[2], l[3]}, model.priors[p], model.info.priors.variances);
      by_class[c].push_back({.box = box, .score = score, .label = static_cast<int>(c)});
    }
  }
  std::vector<Detection> found;
  for (const auto& of_class : by_class) {
    const auto left = model.info.one_label ? of_class : suppressed(of_class, threshold);
    found.insert(found.end(), left.begin(), left.end());
  }
  if (model.info.one_label) found = suppressed(found, threshold);
  for (Detection& d : found) {
    d.box.x1 = std::clamp(d.box.x1, 0.0F, static_cast<float>(image.cols));
    d.box.x2 = std::clamp(d.box.x2, 0.0F, static_cast<float>(image.cols));
    d.box.y1 = std::clamp(d.box.y1, 0.0F, static_cast<float>(image.rows));
    d.box.y2 = std::clamp(d.box.y2, 0.0F, static_cast<float>(image.rows));
  }
  return found;
}

/// How many of `wanted` have no equal in `found`; one barely above the threshold may be missing.
int missing(const std::vector<Detection>& wanted, const std::vector<Detection>& found,
            float threshold, const char* who) {
  int count = 0;
  for (const Detection& w : wanted) {
    const bool there = std::any_of(found.begin(), found.end(), [&](const Detection& f) {
      return f.label == w.label && std::abs(f.score - w.score) < 1e-3F && iou(f.box, w.box) > 0.99F;
    });
    if (there || w.score < threshold + 1e-3F) continue;
    ++count;
    std::cerr << "only " << who << " finds class " << w.label << " with " << w.score << " at "
              << w.box.x1 << ' ' << w.box.y1 << ' ' << w.box.x2 << ' ' << w.box.y2 << '\n';
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 4) return 2;
  const float threshold = std::strtof(argv[2], nullptr);
  Model model = load(argv[1]);
  const Detector detector(Network::load(argv[1]), model.info,
                          {.score_threshold = threshold,
                           .nms_threshold = static_cast<float>(iou_limit),
                           .max_side = 0,
                           .keep_top = 0});
  std::vector<int> boxes(model.info.classes.size());
  int differences = 0;
  for (int i = 3; i < argc; ++i) {
    const cv::Mat image = media::read_mat(argv[i]);
    if (image.cols > model.width || image.rows > model.height)
      throw Error(ErrorCode::invalid_argument, std::string(argv[i]) + " is larger than the input");
    const auto ours = detector.detect(media::view_of(image));
    const auto theirs = found_by_opencv(model, image, threshold);
    for (const Detection& d : ours) ++boxes[static_cast<std::size_t>(d.label)];
    differences += missing(ours, theirs, threshold, "FaceShot");
    differences += missing(theirs, ours, threshold, "OpenCV");
  }
  for (std::size_t c = 0; c < boxes.size(); ++c)
    std::cout << model.info.classes[c] << ": " << boxes[c] << " boxes\n";
  std::cout << differences << " differences\n";
  return differences == 0 && std::count(boxes.begin(), boxes.end(), 0) == 0 ? 0 : 1;
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
