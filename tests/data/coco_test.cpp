#include "data/import/coco.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "data/test_folder.hpp"

namespace faceshot::data::coco_test {
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

// Two records of COCO 2017's own instances_val2017.json (annotations: CC BY 4.0), with the members
// that the official file has and we do not read. The polygon's extent is an independent proof of
// what bbox means.
TEST(Coco, ReadsRecordsOfTheOfficialFile) {
  const TestFolder folder;
  const std::string text = R"({
    "info": {"description": "COCO 2017 Dataset", "version": "1.0", "year": 2017,
             "contributor": "COCO Consortium", "date_created": "2017/09/01"},
    "licenses": [{"id": 4, "name": "Attribution License",
                  "url": "http://creativecommons.org/licenses/by/2.0/"}],
    "images": [{"license": 4, "file_name": "000000397133.jpg", "height": 427, "width": 640,
                "coco_url": "http://images.cocodataset.org/val2017/000000397133.jpg",
                "date_captured": "2013-11-14 17:02:52", "id": 397133}],
    "annotations": [
      {"segmentation": [[224.24,297.18,228.29,297.18,234.91,298.29,243.0,297.55,249.25,296.45,
                         252.19,294.98,256.61,292.4,254.4,264.08,251.83,262.61,241.53,260.04,
                         235.27,259.67,230.49,259.67,233.44,255.25,237.48,250.47,237.85,243.85,
                         237.11,240.54,234.17,242.01,228.65,249.37,224.24,255.62,220.93,262.61,
                         218.36,267.39,217.62,268.5,218.72,295.71,225.34,297.55]],
       "area": 1481.3806499999994, "iscrowd": 0, "image_id": 397133,
       "bbox": [217.62, 240.54, 38.99, 57.75], "category_id": 44, "id": 82445},
      {"area": 17376.91885, "iscrowd": 0, "image_id": 397133,
       "bbox": [388.66, 69.92, 109.41, 277.62], "category_id": 1, "id": 200887}],
    "categories": [{"supercategory": "person", "id": 1, "name": "person"},
                   {"supercategory": "kitchen", "id": 44, "name": "bottle"}]})";
  const LabelledSet set = read_coco(folder.write("instances_val2017.json", text));
  EXPECT_EQ(set.classes, (std::vector<std::string>{"person", "bottle"}));
  ASSERT_EQ(set.images.size(), 1U);
  EXPECT_EQ(set.images[0].image, "000000397133.jpg");
  EXPECT_EQ(set.images[0].width, 640);
  EXPECT_EQ(set.images[0].height, 427);
  ASSERT_EQ(set.images[0].annotations.size(), 2U);
  EXPECT_EQ(set.images[0].annotations[0].class_id, 1);
  EXPECT_EQ(set.images[0].annotations[1].class_id, 0);

  const Json document = Json::parse(text);
  const Json& polygon = document["annotations"][0]["segmentation"][0];
  Box extent{1e9F, 1e9F, 0, 0};
  for (std::size_t i = 0; i < polygon.size(); i += 2) {
    extent.x1 = std::min(extent.x1, polygon[i].get<float>());
    extent.y1 = std::min(extent.y1, polygon[i + 1].get<float>());
    extent.x2 = std::max(extent.x2, polygon[i].get<float>());
    extent.y2 = std::max(extent.y2, polygon[i + 1].get<float>());
  }
  const Box box = set.images[0].annotations[0].box;
  EXPECT_NEAR(box.x1, extent.x1, 1e-3);
  EXPECT_NEAR(box.y1, extent.y1, 1e-3);
  EXPECT_NEAR(box.x2, extent.x2, 1e-3);
  EXPECT_NEAR(box.y2, extent.y2, 1e-3);
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
}  // namespace faceshot::data::coco_test
