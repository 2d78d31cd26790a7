// Makes a data set in Pascal VOC's layout whose classes are coloured drawn shapes, for tests that
// train detectors of several classes:
//
//   make_shape_set DIR IMAGES CLASSES     up to 20 classes: shape by shape, each in four colours
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "media/opencv.hpp"

namespace {

namespace fs = std::filesystem;

const char* const shapes[] = {"disc", "triangle", "cross", "ring", "square"};
const char* const colours[] = {"", "_red", "_green", "_blue"};

std::string class_name(int id) { return std::string(shapes[id % 5]) + colours[id / 5]; }

void draw(cv::Mat& image, int id, int x, int y, int side, faceshot::base::Random& random) {
  const int shade = 150 + static_cast<int>(random.below(100));
  const cv::Scalar paints[] = {{1.0 * shade, 1.0 * shade, 1.0 * shade},
                               {30, 30, 1.0 * shade},
                               {30, 1.0 * shade, 30},
                               {1.0 * shade, 30, 30}};
  const cv::Scalar paint = paints[id / 5];
  const cv::Point centre(x + side / 2, y + side / 2);
  const int third = side / 3;
  switch (id % 5) {
    case 0:
      cv::circle(image, centre, side / 2, paint, cv::FILLED, cv::LINE_AA);
      break;
    case 1: {
      const std::vector<cv::Point> corners{
          {x, y + side - 1}, {x + side - 1, y + side - 1}, {centre.x, y}};
      cv::fillConvexPoly(image, corners, paint, cv::LINE_AA);
      break;
    }
    case 2:
      image(cv::Rect(x + third, y, side - 2 * third, side)).setTo(paint);
      image(cv::Rect(x, y + third, side, side - 2 * third)).setTo(paint);
      break;
    case 3:
      cv::circle(image, centre, side / 2 - side / 10, paint, side / 5, cv::LINE_AA);
      break;
    default:
      image(cv::Rect(x, y, side, side)).setTo(paint);
  }
}

void write_mat(const fs::path& dir, std::uint32_t number, int classes) {
  constexpr int width = 256, height = 192;
  faceshot::base::Random random(20, 0, number);
  cv::Mat image(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width * 3; ++x)
      image.ptr(y)[x] = static_cast<unsigned char>(random.below(110));
  const std::string name = std::to_string(number);
  std::ofstream xml(dir / "Annotations" / (name + ".xml"));
  xml << "<annotation><filename>" << name << ".png</filename><size><width>" << width
      << "</width><height>" << height << "</height><depth>3</depth></size>\n";
  // One in each third, so that none covers another.
  for (int column = 0; column < 3; ++column) {
    if (random.chance(0.25F)) continue;
    const int id = static_cast<int>(random.below(static_cast<std::uint32_t>(classes)));
    const int side = 24 + static_cast<int>(random.below(50));
    const int x =
        column * 84 + static_cast<int>(random.below(static_cast<std::uint32_t>(84 - side)));
    const int y = static_cast<int>(random.below(static_cast<std::uint32_t>(height - side)));
    draw(image, id, x, y, side, random);
    xml << "<object><name>" << class_name(id) << "</name><difficult>0</difficult><bndbox><xmin>"
        << x + 1 << "</xmin><ymin>" << y + 1 << "</ymin><xmax>" << x + side << "</xmax><ymax>"
        << y + side << "</ymax></bndbox></object>\n";
  }
  xml << "</annotation>\n";
  faceshot::media::write_mat(dir / "JPEGImages" / (name + ".png"), image);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const fs::path dir = argv[1];
  const int classes = std::atoi(argv[3]);
  if (classes < 1 || classes > 20) return 2;
  fs::create_directories(dir / "Annotations");
  fs::create_directories(dir / "JPEGImages");
  for (int i = 0; i < std::atoi(argv[2]); ++i)
    write_mat(dir, static_cast<std::uint32_t>(i), classes);
  return 0;
}
