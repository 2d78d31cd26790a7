#include "dataset/coco.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dataset/test_folder.hpp"

namespace faceshot {
namespace {

using faceshot::testing::expect_error;
using faceshot::testing::TestFolder;
using Json = nlohmann::json;

Json example() {
  return Json::parse(R"({
    "info": {"year": 2017}, "licenses": [],
    "images": [{"id": 9, "file_name": "a.jpg", "width": 640, "height": 480, "license": 1},
               {"id": 4, "file_name": "e/b.jpg", "width": 10, "height": 20}],
    "categories": [{"id": 3, "name": "mask", "supercategory": "x"}, {"id": 1, "name": "face"}],
    "annotations": [
      {"id": 1, "image_id": 9, "category_id": 1, "bbox": [10, 20.5, 30, 40], "area": 9, "iscrowd": 0},
      {"id": 2, "image_id": 9, "category_id": 3, "bbox": [0, 0, 5, 5], "iscrowd": 1,
       "segmentation": {"counts": [1], "size": [2, 2]}}]})");
}

TEST(Coco, ReadsTheOfficialLayout) {
  const TestFolder folder;
  const LabelledSet set = read_coco(folder.write("a.json", example().dump()));
  EXPECT_EQ(set.classes, (std::vector<std::string>{"face", "mask"})) << "by id";
  ASSERT_EQ(set.images.size(), 2U);
  EXPECT_EQ(set.images[0].image, "a.jpg");
  EXPECT_EQ(set.images[0].width, 640);
  EXPECT_EQ(set.images[0].height, 480);
  ASSERT_EQ(set.images[0].annotations.size(), 2U);
  EXPECT_EQ(set.images[0].annotations[0].box, (Box{10, 20.5F, 40, 60.5F}));
  EXPECT_EQ(set.images[0].annotations[0].class_id, 0);
  EXPECT_FALSE(set.images[0].annotations[0].ignore);
  EXPECT_EQ(set.images[0].annotations[1].class_id, 1);
  EXPECT_TRUE(set.images[0].annotations[1].ignore) << "a crowd";
  EXPECT_TRUE(set.images[1].annotations.empty());
}

TEST(Coco, ErrorsNameFileAndPlace) {
  const TestFolder folder;
  const auto error_of = [&](const std::string& pointer, const Json& value,
                            const std::string& part) {
    Json document = example();
    document[Json::json_pointer(pointer)] = value;
    expect_error(ErrorCode::format, part,
                 [&] { static_cast<void>(read_coco(folder.write("a.json", document.dump()))); });
  };
  error_of("/images", 3, "a.json: images must be a list");
  error_of("/images/1/id", 9, "images[1]: another image has the id 9");
  error_of("/images/0/width", 0, "images[0]: width cannot be 0");
  error_of("/images/0/width", "640", "images[0]: width must be a whole number");
  error_of("/images/0/file_name", 5, "images[0]: file_name must be a text");
  error_of("/images/0", 5, "images[0] has no id");
  error_of("/categories", Json::array(), "names no category");
  error_of("/categories/0/id", 1, "categories[1]: another category has the id 1");
  error_of("/annotations/1/image_id", 5, "annotations[1]: no image has the id 5");
  error_of("/annotations/1/category_id", 5, "annotations[1]: no category has the id 5");
  error_of("/annotations/0/bbox", {1, 2, 3}, "annotations[0]: bbox must be four numbers");
  error_of("/annotations/0/bbox", {1, 2, 3, "4"}, "annotations[0]: bbox must be four numbers");
  const auto damaged = [&](const std::string& text, const std::string& part) {
    expect_error(ErrorCode::format, part,
                 [&] { static_cast<void>(read_coco(folder.write("a.json", text))); });
  };
  const std::string whole = example().dump();
  damaged(whole.substr(0, whole.size() / 2), "is not a JSON object, or damaged");
  damaged("[]", "is not a JSON object");
  damaged("{}", "the document has no categories");
}

}  // namespace
}  // namespace faceshot
