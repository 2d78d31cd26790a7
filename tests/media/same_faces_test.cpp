// One photograph in every format, in every orientation, grey, with alpha, in CMYK: the same faces.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "faceshot/detector.hpp"
#include "media/format_fixtures.hpp"
#include "media/opencv.hpp"

namespace faceshot::media {
namespace {

namespace fs = std::filesystem;
using test::Bytes;
using test::encode;

/// Makes a file from a stored picture and the orientation that the file declares.
using Writer = std::function<Bytes(const cv::Mat& stored, int orientation)>;

struct Kind {
  std::string name;
  Writer write;
  bool grey = false;
};

cv::Mat with_alpha(const cv::Mat& bgr) {
  cv::Mat result;
  cv::cvtColor(bgr, result, cv::COLOR_BGR2BGRA);
  result(cv::Rect(0, 0, 9, 9)).setTo(cv::Scalar(0, 0, 0, 70));
  return result;
}

cv::Mat grey_of(const cv::Mat& bgr) {
  cv::Mat result;
  cv::cvtColor(bgr, result, cv::COLOR_BGR2GRAY);
  return result;
}

Bytes jpeg(const Bytes& plain, int orientation) {
  return test::with_exif(plain, test::make_tiff(orientation, orientation % 2 == 0));
}
Bytes png(const Bytes& plain, int orientation) {
  return test::png_with_exif(plain, test::make_tiff(orientation, orientation % 2 == 0));
}
Bytes webp(const Bytes& plain, int orientation) {
  return test::webp_with_exif(plain, test::make_tiff(orientation, orientation % 2 == 0));
}

std::vector<Kind> kinds() {
  const std::vector<int> fine{cv::IMWRITE_JPEG_QUALITY, 97, cv::IMWRITE_WEBP_QUALITY, 97};
  std::vector<int> progressive = fine;
  progressive.insert(progressive.end(), {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  std::vector<Kind> result{
      {"JPEG", [=](auto& m, int o) { return jpeg(encode(".jpg", m, fine), o); }},
      {"progressive JPEG", [=](auto& m, int o) { return jpeg(encode(".jpg", m, progressive), o); }},
      {"grey JPEG", [=](auto& m, int o) { return jpeg(encode(".jpg", grey_of(m), fine), o); },
       true},
      {"JPEG in inks", [](auto& m, int o) { return jpeg(test::make_inks_jpeg(m), o); }},
      {"PNG", [](auto& m, int o) { return png(encode(".png", m), o); }},
      {"grey PNG", [](auto& m, int o) { return png(encode(".png", grey_of(m)), o); }, true},
      {"PNG with alpha", [](auto& m, int o) { return png(encode(".png", with_alpha(m)), o); }},
      {"PNG of 16 bits",
       [](auto& m, int o) {
         cv::Mat deep;
         m.convertTo(deep, CV_16U, 257);
         return png(encode(".png", deep), o);
       }},
      {"WebP", [=](auto& m, int o) { return webp(encode(".webp", m, fine), o); }},
      {"WebP with alpha",
       [=](auto& m, int o) { return webp(encode(".webp", with_alpha(m), fine), o); }}};
  for (const int bits : {8, 16}) {
    const std::string name = "TIFF of " + std::to_string(bits) + " bits";
    result.push_back({name, [=](auto& m, int o) { return test::make_tiff_file(m, o, bits, 3); }});
    result.push_back({name + " with alpha",
                      [=](auto& m, int o) { return test::make_tiff_file(m, o, bits, 4); }});
  }
  result.push_back(
      {"TIFF in inks", [](auto& m, int o) { return test::make_tiff_file(m, o, 8, 4, true); }});
  for (const auto format : {heif_compression_HEVC, heif_compression_AV1})
    result.push_back({format == heif_compression_AV1 ? "AVIF" : "HEIC", [=](auto& m, int o) {
                        return test::make_heif(m, format, static_cast<heif_orientation>(o));
                      }});
  return result;
}

/// The largest distance of a box's side from that of the most similar box; an impossible number if
/// the counts differ.
float difference(const std::vector<Detection>& a, const std::vector<Detection>& b) {
  constexpr float none = 1000;
  if (a.size() != b.size()) return none;
  float largest = 0;
  for (const Detection& x : a) {
    float smallest = none;
    for (const Detection& y : b)
      smallest = std::min(smallest,
                          std::max({std::abs(x.box.x1 - y.box.x1), std::abs(x.box.y1 - y.box.y1),
                                    std::abs(x.box.x2 - y.box.x2), std::abs(x.box.y2 - y.box.y2)}));
    largest = std::max(largest, smallest);
  }
  return largest;
}

TEST(SameFaces, WhateverTheFormatAndTheTurn) {
  const fs::path source = FACESHOT_SOURCE_DIR;
  const Detector detector((source / "models/faceshot-nano.onnx").string());
  const cv::Mat picture = read_mat(source / "tests/detect/fixtures/drawn/four.jpg");
  cv::Mat grey;
  cv::cvtColor(grey_of(picture), grey, cv::COLOR_GRAY2BGR);
  const auto wanted = detector.detect(view_of(picture));
  const auto wanted_grey = detector.detect(view_of(grey));
  ASSERT_GE(wanted.size(), 2U);
  ASSERT_GE(wanted_grey.size(), 2U);
  for (const Kind& kind : kinds())
    for (int orientation = 0; orientation <= 9; ++orientation) {
      const bool known = orientation >= 1 && orientation <= 8;
      // HEIF and TIFF have no other values; EXIF's 0 and 9 mean nothing.
      if (!known && kind.name.find("JPEG") == std::string::npos) continue;
      const Bytes file = kind.write(test::stored(picture, known ? orientation : 1), orientation);
      const Photograph photograph = decode_photograph(file, kind.name);
      EXPECT_EQ(photograph.warning, "") << kind.name << ", orientation " << orientation;
      EXPECT_LE(
          difference(detector.detect(photograph.image.view()), kind.grey ? wanted_grey : wanted),
          1.5F)
          << kind.name << ", orientation " << orientation;
    }
}

}  // namespace
}  // namespace faceshot::media
