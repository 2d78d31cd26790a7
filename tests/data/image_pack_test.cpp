#include "data/pack/image_pack.hpp"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

#include "base/random.hpp"
#include "data/test_folder.hpp"
#include "loader/loader.hpp"
#include "media/opencv.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;
using faceshot::testing::expect_error;
using faceshot::testing::read_all;
using faceshot::testing::TestFolder;

class ImagePackTest : public ::testing::Test {
 protected:
  ImagePackTest() {
    set.images_dir = folder / "set/images";
    fs::create_directories(set.images_dir / "e");
    for (const auto& [name, width, height] :
         {std::tuple{"e/large.png", 80, 60}, {"small.png", 30, 20}, {"e/large.bmp", 60, 80}}) {
      cv::Mat image(height, width, CV_8UC3);
      base::Random random(static_cast<std::uint64_t>(width));
      for (auto* p = image.data; p != image.dataend; ++p)
        *p = static_cast<unsigned char>(random.below(256));
      cv::imwrite((set.images_dir / name).string(), image);
      geometry::Annotation face;
      face.box = {4, 4, 20, 16};
      face.landmarks = Landmarks{6, 6, 16, 6, 10, 10, 8, 14, 14, 14};
      set.records.push_back({name, width, height, {face}});
    }
  }
  TestFolder folder;
  PreparedSet set;
};

TEST_F(ImagePackTest, HoldsTheSamePixelsAsTheImages) {
  pack_set(set, "train", folder / "packed", 40);
  const PreparedSet packed = read_prepared(folder / "packed/train.csv");
  const auto pack = ImagePack::open(folder / "packed");
  ASSERT_TRUE(pack);
  ASSERT_EQ(packed.records.size(), 3U);
  for (const geometry::ImageRecord& record : packed.records) {
    const cv::Mat view = pack->find(record.image);
    ASSERT_EQ(view.size(), cv::Size(record.width, record.height)) << record.image;
    EXPECT_LE(std::max(view.cols, view.rows), 40);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(view.data) % 64, 0U);
    EXPECT_EQ(cv::norm(view, media::read_mat(packed.images_dir / record.image), cv::NORM_INF), 0);
  }
  EXPECT_TRUE(pack->find("nobody.png").empty());
}

TEST_F(ImagePackTest, ReducesWhatIsLargeAndScalesItsBoxes) {
  pack_set(set, "train", folder / "packed", 40);
  const auto records = read_prepared(folder / "packed/train.csv").records;
  EXPECT_EQ(records[0].image, "e/large.jpg");
  EXPECT_EQ(records[0].annotations[0].box, (Box{2, 2, 10, 8}));
  EXPECT_EQ((*records[0].annotations[0].landmarks)[1].x, 8);
  EXPECT_EQ(records[1].image, "small.png");
  EXPECT_EQ(records[1].annotations, set.records[1].annotations);
  EXPECT_EQ(read_all(folder / "packed/images/small.png"),
            read_all(folder / "set/images/small.png"));
  EXPECT_EQ(records[2].image, "e/large.bmp.jpg") << "e/large.jpg was taken";
}

TEST_F(ImagePackTest, AReducedImageDoesNotTakeTheNameOfALaterOne) {
  folder.write_image("set/images/e/large.jpg", 30, 20);  // small enough to keep its name
  set.records.push_back({"e/large.jpg", 30, 20, {}});
  pack_set(set, "train", folder / "packed", 40);
  const auto records = read_prepared(folder / "packed/train.csv").records;
  EXPECT_EQ(records[0].image, "e/large.png.jpg");
  EXPECT_EQ(records[3].image, "e/large.jpg");
}

TEST_F(ImagePackTest, GivesTheLoaderTheSameBatches) {
  pack_set(set, "train", folder / "packed", 0);
  loader::LoaderOptions options;
  options.batch_size = 3;
  augment::AugmentOptions augment;
  augment.size = 32;
  const auto pixels = [&] {
    loader::Loader loader({read_prepared(folder / "packed/train.csv")}, {}, options, augment);
    loader.start(0);
    loader::Batch batch;
    EXPECT_TRUE(loader.next(batch));
    return batch.pixels;
  };
  const auto packed = pixels();
  fs::remove(folder / "packed/images.json");
  EXPECT_EQ(pixels(), packed) << "from the image files";
}

TEST_F(ImagePackTest, NeedsNoImageFilesToTrain) {
  pack_set(set, "train", folder / "packed", 0);
  fs::remove_all(folder / "packed/images");
  loader::LoaderOptions options;
  options.batch_size = 3;
  loader::Loader loader({read_prepared(folder / "packed/train.csv")}, {}, options, {});
  loader.start(0);
  loader::Batch batch;
  EXPECT_TRUE(loader.next(batch));
}

TEST_F(ImagePackTest, DamageIsNoticed) {
  EXPECT_EQ(ImagePack::open(folder / "set"), nullptr) << "no pack";
  pack_set(set, "train", folder / "packed", 0);
  const std::string index = read_all(folder / "packed/images.json");
  const auto open_with = [&](const std::string& text) {
    folder.write("packed/images.json", text);
    expect_error(ErrorCode::format, "make the pack again",
                 [&] { static_cast<void>(ImagePack::open(folder / "packed")); });
  };
  open_with("{");
  open_with(R"({"format": 2, "images": []})");
  open_with(R"({"format": 1, "images": [["a", 0, 0, 5]]})");
  open_with(R"({"format": 1, "images": [["a", -1, 5, 5]]})");
  open_with(R"({"format": 1, "images": [["a", 0, 1000000, 1000000]]})");
  folder.write("packed/images.json", index);
  fs::resize_file(folder / "packed/images.pack", 100);
  expect_error(ErrorCode::format, "make the pack again",
               [&] { static_cast<void>(ImagePack::open(folder / "packed")); });
}

TEST_F(ImagePackTest, AFailureLeavesNothing) {
  fs::remove(set.images_dir / "small.png");
  expect_error(ErrorCode::not_found, "small.png",
               [&] { pack_set(set, "train", folder / "packed", 40); });
  EXPECT_EQ(folder.list(), std::vector<std::string>{"set"});
  expect_error(ErrorCode::invalid_argument, "is not empty",
               [&] { pack_set(set, "train", folder / "set", 40); });
}

}  // namespace
}  // namespace faceshot::data
