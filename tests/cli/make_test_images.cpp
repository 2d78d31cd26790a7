// Fills a folder with the inputs of the program's shell tests: model.onnx, which finds bright 8x8
// cells (detect/tiny_model.hpp); points.onnx, which gives landmarks too; classes.onnx, which finds
// the same cells as each of two classes, with a lower threshold for the first; batch.onnx, which
// takes four pictures at a time; foreign.onnx, which is not a detector and takes only 32x16 pixels;
// and photos/ with one such cell in each of two pictures.
#include <filesystem>
#include <fstream>
#include <opencv2/core.hpp>

#include "detect/tiny_model.hpp"
#include "engine/onnx_builder.hpp"
#include "media/opencv.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder / "photos/more");
  std::ofstream(folder / "model.onnx", std::ios::binary)
      << faceshot::testing::tiny_onnx(faceshot::testing::tiny_info());
  faceshot::ModelInfo with_landmarks = faceshot::testing::tiny_info();
  with_landmarks.landmark_output = "points";
  std::ofstream(folder / "points.onnx", std::ios::binary)
      << faceshot::testing::tiny_onnx(with_landmarks);
  faceshot::ModelInfo of_two = faceshot::testing::tiny_info();
  of_two.classes = {"bright, \"white\"", "cell"};
  of_two.class_thresholds = {0.3F, 0.6F};
  std::ofstream(folder / "classes.onnx", std::ios::binary) << faceshot::testing::tiny_onnx(of_two);
  onnx::ModelProto four;
  four.ParseFromString(faceshot::testing::tiny_onnx(faceshot::testing::tiny_info()));
  auto& shape = *four.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type();
  shape.mutable_shape()->mutable_dim(0)->set_dim_value(4);
  std::ofstream(folder / "batch.onnx", std::ios::binary) << four.SerializeAsString();
  faceshot::testing::OnnxBuilder foreign;
  foreign.input("image", {"1", "3", "16", "32"});
  foreign.node("Relu", {"image"}, "result");
  foreign.output("result");
  std::ofstream(folder / "foreign.onnx", std::ios::binary) << foreign.bytes();
  cv::Mat image(48, 64, CV_8UC3, cv::Scalar::all(0));
  image(cv::Rect(16, 8, 8, 8)).setTo(cv::Scalar::all(255));
  faceshot::media::write_mat(folder / "photos/cell.png", image);
  faceshot::media::write_mat(folder / "photos/more/cell.png", image);
  faceshot::media::write_mat(folder / "photos/cell.jpg", image);
  return 0;
}
