#include "media/photographs/image_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/refusal.hpp"
#include "faceshot/error.hpp"
#include "media/image_fixtures.hpp"
#include "media/opencv.hpp"
#include "media/photographs/image_list.hpp"
#include "media/photographs/image_size.hpp"

namespace faceshot::media {
namespace {

using faceshot::testing::refusal;

namespace fs = std::filesystem;
using test::Bytes;
using test::encode;
using test::make_picture;
using test::make_test_folder;
using test::write_bytes;

bool same_pixels(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && a.type() == b.type() && cv::norm(a, b, cv::NORM_INF) == 0;
}

TEST(ReadImage, GivesBgrFromEveryFormat) {
  const auto folder = make_test_folder();
  const cv::Mat picture = make_picture(64, 48);
  cv::Mat grey;
  cv::cvtColor(picture, grey, cv::COLOR_BGR2GRAY);
  cv::Mat alpha;
  cv::cvtColor(picture, alpha, cv::COLOR_BGR2BGRA);
  const cv::Mat read_png = read_mat(write_bytes(folder / "a.png", encode(".png", picture)));
  EXPECT_TRUE(same_pixels(read_png, picture));
  EXPECT_TRUE(
      same_pixels(read_mat(write_bytes(folder / "a.bmp", encode(".bmp", picture))), picture));
  EXPECT_TRUE(
      same_pixels(read_mat(write_bytes(folder / "a.tif", encode(".tif", picture))), picture));
  EXPECT_TRUE(same_pixels(read_mat(write_bytes(folder / "b.png", encode(".png", alpha))), picture));
  const cv::Mat expanded = read_mat(write_bytes(folder / "g.png", encode(".png", grey)));
  cv::Mat expected;
  cv::cvtColor(grey, expected, cv::COLOR_GRAY2BGR);
  EXPECT_TRUE(same_pixels(expanded, expected));
}

// OpenCV's own reader obeys EXIF too, with independent code.
TEST(ReadImage, TurnsEveryExifOrientationAsOpenCvDoes) {
  const auto folder = make_test_folder();
  const Bytes plain = encode(".jpg", make_picture(64, 40));
  const cv::Mat stored = cv::imdecode(plain, cv::IMREAD_COLOR);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const auto tiff = test::make_tiff(orientation, orientation % 2 == 0);
    const auto file = write_bytes(folder / "turned.jpg", test::with_exif(plain, tiff));
    const cv::Mat image = read_mat(file);
    EXPECT_TRUE(same_pixels(image, cv::imread(file.string(), cv::IMREAD_COLOR))) << orientation;
    EXPECT_EQ(same_pixels(image, stored), orientation == 1) << orientation;
    EXPECT_EQ(read_image_size(file), (ImageSize{image.cols, image.rows})) << orientation;
  }
}

TEST(ReadImage, RefusesATruncatedFileAndPrintsNothing) {
  const auto folder = make_test_folder();
  for (const std::string extension : {".jpg", ".png", ".webp", ".bmp"}) {
    Bytes bytes = encode(extension, make_picture(320, 240));
    bytes.resize(bytes.size() * 2 / 3);
    const auto file = write_bytes(folder / ("cut" + extension), bytes);
    ::testing::internal::CaptureStderr();
    std::string message;
    message = refusal(ErrorCode::format, [&] { (void)read_mat(file); });
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "") << extension;
    EXPECT_NE(message.find(file.string()), std::string::npos) << message;
    EXPECT_THROW((void)read_image_size(file), Error) << extension;
  }
}

TEST(ReadImage, RefusesWhatIsNoImage) {
  const auto folder = make_test_folder();
  std::string message;
  const auto text = write_bytes(folder / "text.jpg", Bytes(200, 'x'));
  message = refusal(ErrorCode::format, [&] { (void)read_mat(text); });
  const auto other = write_bytes(folder / "other.jpg", encode(".ppm", make_picture(8, 8)));
  message = refusal(ErrorCode::format, [&] { (void)read_mat(other); });
  EXPECT_NE(message.find("TIFF"), std::string::npos) << "names the formats it reads: " << message;
  const auto empty = write_bytes(folder / "empty.jpg", {});
  message = refusal(ErrorCode::format, [&] { (void)read_mat(empty); });
  message = refusal(ErrorCode::format, [&] { (void)read_mat(folder); });
  message = refusal(ErrorCode::not_found, [&] { (void)read_mat(folder / "none.jpg"); });
  EXPECT_NE(message.find("none.jpg"), std::string::npos);
}

TEST(ReadImage, RefusesADecompressionBombBeforeDecodingIt) {
  const auto folder = make_test_folder();
  Bytes jpeg = encode(".jpg", make_picture(64, 48));
  const Bytes start_of_frame{0xFF, 0xC0};
  const auto frame =
      std::search(jpeg.begin(), jpeg.end(), start_of_frame.begin(), start_of_frame.end());
  ASSERT_NE(frame, jpeg.end());
  std::fill(frame + 5, frame + 9, std::uint8_t{0xFF});  // 65535 x 65535 pixels
  const auto file = write_bytes(folder / "bomb.jpg", jpeg);
  std::string message;
  message = refusal(ErrorCode::unsupported, [&] { (void)read_mat(file); });
  EXPECT_NE(message.find("65535x65535"), std::string::npos) << message;
}

TEST(WriteImage, FollowsTheExtensionAndLeavesNothingElse) {
  const auto folder = make_test_folder();
  const cv::Mat picture = make_picture(64, 48);
  for (const std::string name : {"a.png", "b.JPG", "c.webp"}) {
    write_mat(folder / name, picture);
    const cv::Mat read = read_mat(folder / name);
    ASSERT_EQ(read.size(), picture.size());
    EXPECT_LT(cv::norm(read, picture, cv::NORM_L1) / (64 * 48 * 3), 4.0) << name;
  }
  EXPECT_TRUE(same_pixels(read_mat(folder / "a.png"), picture));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 3);
}

TEST(EncodeImage, GivesTheBytesThatAreWritten) {
  const auto folder = make_test_folder();
  Image image(40, 30);
  for (int y = 0; y < 30; ++y)
    for (std::size_t i = 0; i < image.stride(); ++i)
      image.row(y)[i] = static_cast<std::uint8_t>(i * 7 + static_cast<std::size_t>(y) * 5);
  for (const auto& [name, format] : {std::pair("a.jpg", ImageFormat::jpeg),
                                     {"a.png", ImageFormat::png},
                                     {"a.webp", ImageFormat::webp},
                                     {"a.bmp", ImageFormat::bmp}}) {
    write_image(folder / name, image.view());
    EXPECT_EQ(encode_image(image.view(), format), read_image_bytes(folder / name).bytes) << name;
  }
  EXPECT_THROW((void)encode_image(image.view(), ImageFormat::heif), Error);
  EXPECT_THROW((void)encode_image({}, ImageFormat::jpeg), Error);
}

TEST(WriteImage, NamesWhatItCannotWrite) {
  const auto folder = make_test_folder();
  const cv::Mat picture = make_picture(8, 8);
  std::string message;
  message = refusal(ErrorCode::invalid_argument, [&] { write_mat(folder / "a.xyz", picture); });
  message = refusal(ErrorCode::invalid_argument, [&] { write_mat(folder / "a", picture); });
  message = refusal(ErrorCode::io, [&] { write_mat(folder / "none" / "a.png", picture); });
  EXPECT_NE(message.find("none/a.png"), std::string::npos) << message;
  message = refusal(ErrorCode::invalid_argument, [&] { write_mat(folder / "a.png", cv::Mat()); });
  EXPECT_TRUE(fs::is_empty(folder));
}

TEST(ViewOf, SharesPixelsAndKnowsTheStrideOfAPart) {
  const cv::Mat picture = make_picture(64, 48);
  const cv::Mat part = picture(cv::Rect(10, 5, 20, 30));
  const ImageView view = view_of(part);
  EXPECT_EQ(view.width, 20);
  EXPECT_EQ(view.height, 30);
  EXPECT_EQ(view.stride, 64 * 3);
  EXPECT_EQ(view.format, PixelFormat::bgr);
  EXPECT_EQ(view.row(7), picture.ptr(12, 10));
  EXPECT_EQ(view_of(cv::Mat(4, 4, CV_8UC1)).format, PixelFormat::gray);
  EXPECT_EQ(view_of(cv::Mat(4, 4, CV_8UC4)).format, PixelFormat::bgra);
  EXPECT_THROW((void)view_of(cv::Mat(4, 4, CV_32FC3)), Error);
  EXPECT_THROW((void)view_of(cv::Mat(4, 4, CV_8UC2)), Error);
}

TEST(ListImages, SearchesFoldersAndSorts) {
  const auto folder = make_test_folder();
  fs::create_directories(folder / "b" / "deep");
  for (const std::string name : {"b/deep/2.JPEG", "b/1.webp", "z.png", "a.jpg", "notes.txt"})
    write_bytes(folder / name, {1});
  const std::vector<fs::path> expected{folder / "a.jpg", folder / "b/1.webp",
                                       folder / "b/deep/2.JPEG", folder / "z.png"};
  EXPECT_EQ(list_images({folder}), expected);
  EXPECT_EQ(list_images({folder / "notes.txt"}), std::vector{folder / "notes.txt"});
  EXPECT_EQ(list_images({folder / "z.png", folder / "b"}),
            (std::vector{folder / "z.png", folder / "b/1.webp", folder / "b/deep/2.JPEG"}));
}

TEST(ListImages, NamesWhatIsNotThere) {
  const auto folder = make_test_folder();
  std::string message;
  message = refusal(ErrorCode::not_found, [&] { (void)list_images({folder / "none"}); });
  EXPECT_NE(message.find("none"), std::string::npos);
  message = refusal(ErrorCode::not_found, [&] { (void)list_images({folder}); });
}

// Files written by cameras and other programs.
TEST(ReadImageSize, AgreesWithTheDecoderOnRealPhotographs) {
  const fs::path data = fs::path(FACESHOT_SHARED_DIR) / "data";
  const fs::path folders[] = {data / "wider", data / "wider_reduced", data / "no_faces",
                              data / "formats"};
  for (const auto& folder : folders)
    if (!fs::exists(folder))
      GTEST_SKIP() << "SKIPPED: there is no " << folder << " (set FACESHOT_SHARED_DATA)";
  std::size_t compared = 0;
  for (const auto& folder : folders) {
    const auto images = list_images({folder});
    const std::size_t step = images.size() / 20 + 1;
    for (std::size_t i = 0; i < images.size(); i += step, ++compared) {
      const cv::Mat decoded = cv::imread(images[i].string(), cv::IMREAD_COLOR);
      EXPECT_EQ(read_image_size(images[i]), (ImageSize{decoded.cols, decoded.rows})) << images[i];
    }
  }
  EXPECT_GT(compared, 40U);
}

}  // namespace
}  // namespace faceshot::media
