#include "data/import/coco.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "data/import/import.hpp"
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
  FlawLog strict(true);
  const LabelledSet set = read_coco(folder.write("a.json", example().dump()), strict);
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
// of the official file that we do not read. The polygon's extent is independent proof of what bbox
// means.
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
  FlawLog strict(true);
  const LabelledSet set = read_coco(folder.write("instances_val2017.json", text), strict);
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

/// A set of one image of 80x120 and one category, as an exporter writes it.
std::string document(const std::string& annotations,
                     const std::string& categories = R"([{"id": 1, "name": "face"}])",
                     const std::string& images =
                         R"([{"id": 1, "file_name": "a.jpg", "width": 80, "height": 120}])") {
  return R"({"images": )" + images + R"(, "categories": )" + categories + R"(, "annotations": )" +
         annotations + "}";
}

const std::string one_box =
    R"([{"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 40, 50], "iscrowd": 0}])";

/// The set read from a document, and its flaws.
struct Read {
  LabelledSet set;
  FlawLog flaws;

  explicit Read(const std::string& text) {
    const TestFolder folder;
    set = read_coco(folder.write("a.json", text), flaws);
  }
  /// The only flaw.
  [[nodiscard]] std::string flaw() const {
    EXPECT_EQ(flaws.kinds().size(), 1U);
    if (flaws.kinds().empty()) return {};
    EXPECT_EQ(flaws.kinds()[0].count, 1U);
    const std::string& place = flaws.kinds()[0].places.at(0);
    return place.substr(place.find("a.json"));
  }
};

// Roboflow's exports begin with a category that is named after the project and has no boxes.
TEST(Coco, ACategoryThatNothingUsesIsNoClass) {
  const Read read(document(one_box,
                           R"([{"id": 0, "name": "faces", "supercategory": "none"},
                               {"id": 1, "name": "face", "supercategory": "faces"}])"));
  EXPECT_EQ(read.set.classes, std::vector<std::string>{"face"});
  EXPECT_EQ(read.set.unused, std::vector<std::string>{"faces"});
  EXPECT_EQ(read.set.images.at(0).annotations.at(0).class_id, 0);
  EXPECT_TRUE(read.flaws.kinds().empty());
}

TEST(Coco, CategoriesOfOneNameAreOneClass) {
  const Read read(document(one_box,
                           R"([{"id": 0, "name": "face", "supercategory": "none"},
                               {"id": 1, "name": "face", "supercategory": "face"}])"));
  EXPECT_EQ(read.set.classes, std::vector<std::string>{"face"});
  EXPECT_TRUE(read.set.unused.empty());
  EXPECT_EQ(read.set.images.at(0).annotations.at(0).class_id, 0);
  EXPECT_EQ(read.flaw(), "a.json:categories[1]: 'face' was already defined");
}

TEST(Coco, SetsWithoutAnnotationsKeepTheirCategories) {
  const Read read(document("[]", R"([{"id": 2, "name": "b"}, {"id": 1, "name": "a"}])"));
  EXPECT_EQ(read.set.classes, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(read.set.images.size(), 1U);
}

TEST(Coco, IdsMayBeTextsOrFractionsOrZero) {
  const Read read(document(R"([{"image_id": 12.0, "category_id": "0", "bbox": [1, 2, 3, 4]},
                               {"image_id": "12", "category_id": 0.0, "bbox": [2, 2, 3, 4]},
                               {"image_id": "b", "category_id": 0, "bbox": [3, 2, 3, 4]}])",
                           R"([{"id": 0, "name": "face"}])",
                           R"([{"id": "0012", "file_name": "a.jpg", "width": 80, "height": 120},
                               {"id": "b", "file_name": "b.jpg", "width": 80.0, "height": 120}])"));
  EXPECT_TRUE(read.flaws.kinds().empty()) << read.flaws.first_left_out();
  ASSERT_EQ(read.set.images.size(), 2U);
  EXPECT_EQ(read.set.images[0].annotations.size(), 2U);
  EXPECT_EQ(read.set.images[1].annotations.at(0).box, (Box{3, 2, 6, 6}));
}

TEST(Coco, CrowdsMayBeTrue) {
  const Read read(
      document(R"([{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "iscrowd": true},
                   {"image_id": 1, "category_id": 1, "bbox": [2, 2, 3, 4], "iscrowd": false},
                   {"image_id": 1, "category_id": 1, "bbox": [3, 2, 3, 4], "iscrowd": null}])"));
  const auto& boxes = read.set.images.at(0).annotations;
  ASSERT_EQ(boxes.size(), 3U);
  EXPECT_TRUE(boxes[0].ignore);
  EXPECT_FALSE(boxes[1].ignore);
  EXPECT_FALSE(boxes[2].ignore);
}

TEST(Coco, ThePolygonsExtentIsTheBoxWhereThereIsNone) {
  const std::string polygon = R"("segmentation": [[10, 10, 50, 10, 50, 60, 10, 60]])";
  for (const std::string bbox : {"", "\"bbox\": [], ", "\"bbox\": null, "}) {
    const Read read(document(R"([{"image_id": 1, "category_id": 1, )" + bbox + polygon + "}]"));
    EXPECT_EQ(read.set.images.at(0).annotations.at(0).box, (Box{10, 10, 50, 60})) << bbox;
    EXPECT_EQ(read.flaw(),
              "a.json:annotations[0]: has no bbox; the bounding box of its polygon is used");
    EXPECT_EQ(read.flaws.count(FlawEffect::changed), 1U);
  }
  const Read two(document(R"([{"image_id": 1, "category_id": 1,
                               "segmentation": [[5, 5, 9, 5, 9, 8], [1, 6, 3, 6, 3, 20]]}])"));
  EXPECT_EQ(two.set.images.at(0).annotations.at(0).box, (Box{1, 5, 9, 20}));
}

/// Each is left out, and the image's other box stays.
TEST(Coco, RecordsThatCannotBeUsedAreLeftOutAndNamed) {
  const auto flaw_of = [](const std::string& members) {
    const Read read(
        document(R"([{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}, )" + members + "]"));
    EXPECT_EQ(read.set.images.at(0).annotations.size(), 1U) << members;
    EXPECT_EQ(read.flaws.count(FlawEffect::left_out), 1U) << members;
    return read.flaw();
  };
  const std::string place = "a.json:annotations[1]: ";
  const std::string ids = R"({"image_id": 1, "category_id": 1, )";
  EXPECT_EQ(flaw_of(ids + R"("bbox": [NaN, 1, 2, 3]})"),
            place + "bbox must be four numbers, not [null,1,2,3]");
  EXPECT_EQ(flaw_of(ids + R"("bbox": [1, 1, Infinity, -Infinity], "text": "a \"NaN"})"),
            place + "bbox must be four numbers, not [1,1,null,null]");
  EXPECT_EQ(flaw_of(ids + R"("bbox": [1, 1, 1e300, 1]})"),
            place + "bbox must be four numbers, not [1,1,1e+300,1]");
  // At this depth, serialising it would exhaust the stack.
  const std::string deep(200'000, '['), end(200'000, ']');
  EXPECT_EQ(flaw_of(ids + R"("bbox": )" + deep + end + "}"),
            place + "bbox must be four numbers, not a list of lists");
  EXPECT_EQ(flaw_of(ids + R"("bbox": [1, 2, 3]})"),
            place + "bbox must be four numbers, not [1,2,3]");
  EXPECT_EQ(flaw_of(ids + R"("bbox": [1, 2, 3, "4"]})"),
            place + "bbox must be four numbers, not [1,2,3,\"4\"]");
  EXPECT_EQ(flaw_of(ids + R"("segmentation": {"counts": [1], "size": [2, 2]}})"),
            place + "has no bbox, and its segmentation is a mask (RLE), which is not read");
  EXPECT_EQ(flaw_of(ids + R"("segmentation": []})"), place + "has no bbox");
  EXPECT_EQ(flaw_of(ids + R"("segmentation": [[1, 2, 3, 4, NaN, 6]]})"),
            place + "has no bbox, and its segmentation is not a polygon of x, y, x, y, ...");
  EXPECT_EQ(flaw_of(R"({"image_id": 7, "category_id": 1, "bbox": [1, 2, 3, 4]})"),
            place + "no image has the id 7");
  EXPECT_EQ(flaw_of(R"({"image_id": 1, "category_id": "x", "bbox": [1, 2, 3, 4]})"),
            place + "no category, or more than one, has the id \"x\"");
  EXPECT_EQ(flaw_of(R"({"image_id": 1.5, "category_id": 1, "bbox": [1, 2, 3, 4]})"),
            place + "image_id must be a whole number or a text, not 1.5");
  EXPECT_EQ(flaw_of(ids + R"("bbox": [1, 2, 3, 4], "iscrowd": "yes"})"),
            place + "iscrowd must be 0 or 1, not \"yes\"");
  EXPECT_EQ(flaw_of("5"), place + "has no image_id");
}

TEST(Coco, AnImageOfWhichNoBoxCanBeReadIsNotBackground) {
  const Read read(document(R"([{"image_id": 1, "category_id": 1, "bbox": [NaN, 1, 2, 3]}])"));
  EXPECT_TRUE(read.set.images.empty());
  EXPECT_EQ(read.flaws.count(flaw::no_box_left), 1U);
  EXPECT_EQ(read.flaws.count(flaw::unreadable_box), 1U);
}

TEST(Coco, ImagesThatCannotBeUsedAreLeftOutWithTheirBoxes) {
  const auto flaw_of = [](const std::string& image) {
    const Read read(document(
        R"([{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]},
            {"image_id": 2, "category_id": 1, "bbox": [1, 2, 3, 4]}])",
        R"([{"id": 1, "name": "face"}])",
        R"([{"id": 2, "file_name": "b.jpg", "width": 8, "height": 8}, )" + image + "]"));
    EXPECT_EQ(read.set.images.size(), 1U) << image;
    EXPECT_EQ(read.set.images.at(0).annotations.size(), 1U) << image;
    return read.flaw();
  };
  const std::string place = "a.json:images[1]: ";
  const std::string advice = "; correct it, or remove width and height if the boxes fit";
  EXPECT_EQ(flaw_of(R"({"id": 1, "file_name": "a.jpg", "width": 0, "height": 0})"),
            place + "width cannot be 0" + advice);
  EXPECT_EQ(flaw_of(R"({"id": 1, "file_name": "a.jpg", "width": 8, "height": "8"})"),
            place + "height cannot be \"8\"" + advice);
  EXPECT_EQ(flaw_of(R"({"id": 1, "file_name": 5, "width": 8, "height": 8})"),
            place + "file_name must be a text, not 5");
}

TEST(Coco, ASizeThatIsNotSaidIsNotChecked) {
  const Read read(document(one_box, R"([{"id": 1, "name": "face"}])",
                           R"([{"id": 1, "file_name": "a.jpg", "height": null}])"));
  EXPECT_EQ(read.set.images.at(0).width, 0);
  EXPECT_EQ(read.set.images.at(0).annotations.size(), 1U);
  EXPECT_EQ(read.flaw(), "a.json:images[0]: 'a.jpg' has no width and height to check");
}

TEST(Coco, TwoImagesOfOneIdAreLeftOutWithTheirBoxes) {
  const Read read(document(one_box, R"([{"id": 1, "name": "face"}])",
                           R"([{"id": 1, "file_name": "a.jpg", "width": 80, "height": 120},
                               {"id": 1, "file_name": "b.jpg", "width": 80, "height": 120}])"));
  EXPECT_TRUE(read.set.images.empty());
  EXPECT_EQ(read.flaw(),
            "a.json:images[1]: 'b.jpg' has the id of images[0], 'a.jpg'; both are left out");
  const Read same(document(one_box, R"([{"id": 1, "name": "face"}])",
                           R"([{"id": 1, "file_name": "a.jpg", "width": 80, "height": 120},
                               {"id": 1, "file_name": "./a.jpg", "width": 80, "height": 120}])"));
  EXPECT_EQ(same.set.images.size(), 1U);
  EXPECT_EQ(same.set.images.at(0).annotations.size(), 1U);
  EXPECT_EQ(same.flaws.count(FlawEffect::left_out), 0U);
}

// Some exporters list a picture once for each of its tasks.
TEST(Coco, AnImageThatIsThereTwiceIsJoined) {
  const TestFolder folder;
  folder.write_image("img/a.png", 80, 120);
  const std::string text = document(R"([{"image_id": 1, "category_id": 1, "bbox": [10, 10, 40, 50]},
                   {"image_id": 2, "category_id": 1, "bbox": [10, 10, 40, 50]},
                   {"image_id": 2, "category_id": 1, "bbox": [20, 10, 40, 50]}])",
                                    R"([{"id": 1, "name": "face"}])",
                                    R"([{"id": 1, "file_name": "a.png", "width": 80, "height": 120},
                   {"id": 2, "file_name": "a.png", "width": 80, "height": 120}])");
  FlawLog flaws;
  LabelledSet set = read_coco(folder.write("a.json", text), flaws);
  const auto records = import_images(set.images, folder / "img", "a.json", flaws).records;
  ASSERT_EQ(records.size(), 1U);
  ASSERT_EQ(records[0].annotations.size(), 2U);
  EXPECT_EQ(records[0].annotations[1].box, (Box{20, 10, 60, 60}));
  EXPECT_EQ(flaws.kinds().at(0).places.at(0),
            "a.json:images[1]: 'a.png' was already given (a.json:images[0])");
  EXPECT_EQ(flaws.count(flaw::double_box), 1U);
}

// The entry that disagrees with its photograph is left out; the import does not fail.
TEST(Coco, SwappedSidesAreAFlawOfTheImage) {
  const TestFolder folder;
  folder.write_image("img/a.png", 80, 120);
  folder.write_image("img/b.png", 80, 120);
  const std::string text = document(R"([{"image_id": 1, "category_id": 1, "bbox": [10, 10, 40, 50]},
                   {"image_id": 2, "category_id": 1, "bbox": [20, 10, 40, 50]}])",
                                    R"([{"id": 1, "name": "face"}])",
                                    R"([{"id": 1, "file_name": "a.png", "width": 120, "height": 80},
                   {"id": 2, "file_name": "b.png", "width": 80, "height": 120}])");
  FlawLog flaws;
  LabelledSet set = read_coco(folder.write("a.json", text), flaws);
  const auto records = import_images(set.images, folder / "img", "a.json", flaws).records;
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].image, "b.png");
  EXPECT_EQ(flaws.count(flaw::other_size), 1U);
  EXPECT_EQ(flaws.first_left_out().find("a.json:images[0]: 'a.png' claims to be 120x80"), 0U);
}

TEST(Coco, BoxesOfAnIdThatTwoCategoriesHaveAreLeftOut) {
  const Read read(document(R"([{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]},
                               {"image_id": 1, "category_id": 2, "bbox": [1, 2, 3, 4]}])",
                           R"([{"id": 1, "name": "face"}, {"id": 1, "name": "mask"},
                               {"id": 2, "name": "hat"}])"));
  EXPECT_EQ(read.set.classes, std::vector<std::string>{"hat"});
  EXPECT_EQ(read.set.images.at(0).annotations.size(), 1U);
  EXPECT_EQ(read.flaws.count(FlawEffect::left_out), 2U);
  EXPECT_NE(read.flaws.first_left_out().find("a.json:categories[1]: another category, 'face'"),
            std::string::npos);
}

TEST(Coco, AFileThatCannotBeUsedIsAnErrorThatNamesTheLine) {
  const TestFolder folder;
  const auto error_of = [&](const std::string& text, const std::string& part) {
    expect_error(ErrorCode::format, part, [&] {
      FlawLog flaws;
      static_cast<void>(read_coco(folder.write("a.json", text), flaws));
    });
  };
  const std::string whole = example().dump();
  error_of(whole.substr(0, whole.size() / 2), "a.json:1: is not JSON, or damaged, at byte");
  error_of("{\n\"a\": 1,\n]", "a.json:3: is not JSON, or damaged, at byte 11");
  error_of("{\n\"a\": NaN,\n]", "a.json:3: is not JSON, or damaged, here");
  error_of("[]", "a.json: is not a JSON object");
  error_of("{}", "a.json: the document has no categories");
  error_of(document("5"), "a.json: annotations must be a list");
  error_of(document("[]", "[]"), "a.json: has no category");
  expect_error(ErrorCode::format, "a.json:annotations[0]: has no bbox (without --strict", [&] {
    FlawLog strict(true);
    static_cast<void>(read_coco(
        folder.write("a.json", document(R"([{"image_id": 1, "category_id": 1}])")), strict));
  });
}

}  // namespace
}  // namespace faceshot::data::coco_test
