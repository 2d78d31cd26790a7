// The meaning of each member: labelme's README and labelme/utils/shape.py (circles, masks).
#include "data/import/labelme.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "data/import/import.hpp"
#include "data/import/shapes.hpp"
#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

using faceshot::testing::expect_error;
using faceshot::testing::TestFolder;
using Json = nlohmann::json;

Json shape(const std::string& label, const std::string& type, const Json& points,
           const Json& group = nullptr) {
  return {{"label", label},     {"points", points},        {"group_id", group}, {"description", ""},
          {"shape_type", type}, {"flags", Json::object()}, {"mask", nullptr}};
}

Json document(const std::string& image_path, const Json& shapes) {
  return {{"version", "5.5.0"},      {"flags", Json::object()}, {"shapes", shapes},
          {"imagePath", image_path}, {"imageData", nullptr},    {"imageHeight", 48},
          {"imageWidth", 64}};
}

Json five_points(const Json& group) {
  return {shape("left_eye", "point", Json::array({Json{12, 20}}), group),
          shape("right_eye", "point", Json::array({Json{20, 20}}), group),
          shape("nose_tip", "point", Json::array({Json{16, 25}}), group),
          shape("left_mouth_corner", "point", Json::array({Json{13, 30.5}}), group),
          shape("right_mouth_corner", "point", Json::array({Json{19, 30}}), group)};
}

constexpr Landmarks five_landmarks{12, 20, 20, 20, 16, 25, 13, 30.5F, 19, 30};

/// The boxes of one file with these shapes.
std::vector<geometry::Annotation> boxes_of(const TestFolder& folder, const Json& shapes,
                                           FlawLog& flaws) {
  const auto path = folder.write("j/a.json", document("a.png", shapes).dump());
  const LabelledSet set = read_labelme(path.parent_path(), folder / "j", flaws);
  return set.images.size() == 1 ? set.images[0].annotations : std::vector<geometry::Annotation>{};
}

TEST(Labelme, TheBoxOfAShapeIsItsExtent) {
  const TestFolder folder;
  FlawLog flaws(true);
  const auto boxes = boxes_of(
      folder,
      {shape("face", "rectangle", {{30.5, 40}, {10, 20.25}}),
       shape("face", "rectangle", {{1, 2}, {9, 2}, {9, 8}, {1, 8}}),
       shape("face", "polygon", {{5, 1}, {2, 7.5}, {9, 3}}),
       shape("face", "circle", {{10, 10}, {13, 14}}), shape("face", "mask", {{3, 4}, {9, 8}})},
      flaws);
  ASSERT_EQ(boxes.size(), 5U);
  EXPECT_EQ(boxes[0].box, (Box{10, 20.25F, 30.5F, 40})) << "corners in any order";
  EXPECT_EQ(boxes[1].box, (Box{1, 2, 9, 8})) << "four corners, as X-AnyLabeling writes them";
  EXPECT_EQ(boxes[2].box, (Box{2, 1, 9, 7.5F}));
  EXPECT_EQ(boxes[3].box, (Box{5, 5, 15, 15})) << "3, 4, 5";
  EXPECT_EQ(boxes[4].box, (Box{3, 4, 10, 9})) << "its points are pixels, the last one included";
  EXPECT_EQ(boxes[0].occlusion, -1);
  EXPECT_EQ(flaws.count(flaw::polygon), 3U) << "rectangles are taken as they are";
}

TEST(Labelme, FlagsClassesAndSize) {
  const TestFolder folder;
  Json hard = shape("mask", "rectangle", {{0, 0}, {9, 9}});
  hard["flags"] = {{"difficult", true}, {"occluded", false}};
  Json foreign = shape("face", "rectangle", {{0, 0}, {9, 9}});
  foreign["difficult"] = true;
  foreign["flags"] = {{"difficult", false}, {"occluded", true}};
  const auto path = folder.write("a.json", document("a.png", {hard, foreign}).dump());
  FlawLog flaws(true);
  const LabelledSet set = read_labelme(path, folder / "", flaws);
  EXPECT_EQ(set.classes, (std::vector<std::string>{"face", "mask"})) << "by name";
  ASSERT_EQ(set.images.size(), 1U);
  EXPECT_EQ(set.images[0].width, 64);
  EXPECT_EQ(set.images[0].height, 48);
  EXPECT_EQ(set.images[0].file, path.string());
  ASSERT_EQ(set.images[0].annotations.size(), 2U);
  EXPECT_EQ(set.images[0].annotations[0].class_id, 1);
  EXPECT_TRUE(set.images[0].annotations[0].ignore);
  EXPECT_EQ(set.images[0].annotations[0].occlusion, 0);
  EXPECT_EQ(set.images[0].annotations[1].class_id, 0);
  EXPECT_TRUE(set.images[0].annotations[1].ignore) << "X-AnyLabeling has it beside the flags";
  EXPECT_EQ(set.images[0].annotations[1].occlusion, 1);
}

TEST(Labelme, FilesFromBeforeTheseMembersExisted) {
  const TestFolder folder;
  const std::string old =
      R"({"shapes": [{"label": "face", "points": [[1, 2], [5, 2], [5, 9]]}], "imagePath": "a.png"})";
  FlawLog flaws(true);
  const LabelledSet set = read_labelme(folder.write("a.json", old), folder / "", flaws);
  ASSERT_EQ(set.images.size(), 1U);
  EXPECT_EQ(set.images[0].width, 0);
  EXPECT_EQ(set.images[0].annotations.at(0).box, (Box{1, 2, 5, 9})) << "a polygon";
}

TEST(Labelme, PointsOfABoxAreItsLandmarks) {
  const TestFolder folder;
  Json shapes = five_points(7);
  shapes.push_back(shape("face", "rectangle", {{10, 10}, {30, 40}}, 7));
  shapes.push_back(shape("face", "rectangle", {{40, 10}, {60, 40}}, 8));
  FlawLog flaws(true);
  const auto boxes = boxes_of(folder, shapes, flaws);
  ASSERT_EQ(boxes.size(), 2U);
  EXPECT_EQ(boxes[0].landmarks, five_landmarks);
  EXPECT_FALSE(boxes[1].landmarks);
  EXPECT_TRUE(flaws.kinds().empty());
}

TEST(Labelme, PointsThatAreNoLandmarksAreCounted) {
  const TestFolder folder;
  const Json box = shape("face", "rectangle", {{10, 10}, {30, 40}}, 7);
  const auto left_out = [&](Json shapes) {
    FlawLog flaws;
    for (const auto& a : boxes_of(folder, shapes, flaws)) EXPECT_FALSE(a.landmarks);
    return flaws.count(flaw::lone_point);
  };
  Json four = five_points(7), of_nobody = five_points(nullptr), doubled = five_points(7),
       of_two = five_points(7);
  four.erase(2);
  doubled[1]["label"] = "left_eye";
  of_two.push_back(box);
  four.push_back(box);
  EXPECT_EQ(left_out(four), 4U);
  of_nobody.push_back(box);
  EXPECT_EQ(left_out(of_nobody), 5U);
  doubled.push_back(box);
  EXPECT_EQ(left_out(doubled), 5U);
  of_two.push_back(box);
  EXPECT_EQ(left_out(of_two), 5U);
}

TEST(Labelme, FindsTheImage) {
  const TestFolder folder;
  folder.write_image("set/img/sub/a.png", 64, 48);
  folder.write_image("set/img/sub/b.png", 64, 48);
  const auto image_of = [&](const std::string& json, const std::string& image_path,
                            const std::string& annotations, const std::string& images) {
    const auto path = folder.write(json, document(image_path, Json::array()).dump());
    FlawLog flaws(true);
    const LabelledSet set = read_labelme(folder / annotations, folder / images, flaws);
    std::filesystem::remove(path);
    return set.images.at(0).image;
  };
  // Next to its file, or where the file says.
  EXPECT_EQ(image_of("set/img/sub/a.json", "a.png", "set", "set"), "img/sub/a.png");
  EXPECT_EQ(image_of("set/img/sub/a.json", "a.png", "set/img", "set/img"), "sub/a.png");
  EXPECT_EQ(image_of("set/ann/a.json", "../img/sub/a.png", "set", "set"), "img/sub/a.png");
  EXPECT_EQ(image_of("set/ann/a.json", "..\\img\\sub\\a.png", "set", "set"), "img/sub/a.png");
  EXPECT_EQ(image_of("set/ann/a.json", "..\\img\\sub\\a.png", "set/ann", "set/img"), "sub/a.png");
  // Files that were moved away from their images.
  EXPECT_EQ(image_of("ann/sub/b.json", "b.png", "ann", "set/img"), "sub/b.png");
  EXPECT_EQ(image_of("ann/b.json", "sub/b.png", "ann", "set/img"), "sub/b.png");
  EXPECT_EQ(image_of("ann/sub/b.json", "C:\\Users\\me\\b.png", "ann", "set/img"), "sub/b.png");
  EXPECT_EQ(image_of("ann/sub/c.json", "../c.png", "ann", "set/img"), "sub/c.png") << "missing";
}

TEST(Labelme, FlawsAreLeftOutAndNamed) {
  const TestFolder folder;
  Json unlabelled = shape("", "rectangle", {{0, 0}, {9, 9}});
  Json no_points = shape("face", "rectangle", "none");
  Json not_a_number = shape("face", "rectangle", {{0, "1"}, {9, 9}});
  Json one_corner = shape("face", "rectangle", Json::array({Json{0, 1}}));
  Json vast = shape("face", "rectangle", {{0, 1e30}, {9, 9}});
  Json line = shape("face", "line", {{0, 0}, {9, 9}});
  Json good = shape("face", "rectangle", {{0, 0}, {9, 9}});
  const Json shapes{unlabelled, no_points, not_a_number, one_corner, vast, line, 5, good};
  FlawLog flaws;
  EXPECT_EQ(boxes_of(folder, shapes, flaws).size(), 1U);
  EXPECT_EQ(flaws.count(flaw::no_label), 2U);
  EXPECT_EQ(flaws.count(flaw::unreadable_box), 4U);
  EXPECT_EQ(flaws.count(flaw::no_box), 1U);
  EXPECT_EQ(flaws.count(FlawEffect::left_out), 7U);
  EXPECT_NE(flaws.first_left_out().find("a.json: shapes[0]: has no label"), std::string::npos);
  expect_error(ErrorCode::format, "shapes[0]: shape_type \"line\" is not a box", [&] {
    FlawLog strict(true);
    static_cast<void>(boxes_of(folder, Json::array({line}), strict));
  });
  EXPECT_TRUE(boxes_of(folder, Json::array({line}), flaws).empty());
  EXPECT_EQ(flaws.count(flaw::no_box_left), 1U) << "not an image without faces";
  const auto turned = boxes_of(
      folder, Json::array({shape("face", "rotation", {{5, 0}, {10, 5}, {5, 10}, {0, 5}})}), flaws);
  EXPECT_EQ(turned.at(0).box, (Box{0, 0, 10, 10}));
  EXPECT_EQ(flaws.count(flaw::rotated), 1U);
}

TEST(Labelme, ADeepValueDoesNotUseUpTheStack) {
  const TestFolder folder;
  constexpr std::size_t depth = 1'000'000;
  const std::string deep = std::string(depth, '[') + std::string(depth, ']');
  const auto path = folder.write(
      "a.json", R"({"imagePath": "a.png", "imageData": )" + deep +
                    R"(, "shapes": [{"label": "face", "shape_type": "rectangle", "group_id": )" +
                    deep + R"(, "points": [[1, 2], [3, 4]], "flags": )" + deep +
                    R"(}, {"label": "face", "points": )" + deep + "}]}");
  FlawLog flaws;
  const LabelledSet set = read_labelme(path, folder / "", flaws);
  EXPECT_EQ(set.images.at(0).annotations.size(), 1U);
  EXPECT_EQ(flaws.count(FlawEffect::left_out), 1U);
}

TEST(Labelme, FilesThatAreNoneAreLeftOut) {
  const TestFolder folder;
  folder.write("s/damaged.json", "{\"shapes\": [");
  folder.write("s/coco.json", R"({"images": [], "annotations": []})");
  folder.write("s/list.json", "[]");
  folder.write("s/size.json", R"({"shapes": [], "imagePath": "a.png", "imageWidth": -5})");
  folder.write("s/nul.json", R"({"shapes": [], "imagePath": "a\u0000.png"})");
  folder.write("s/._a.json", "what Apple's tar leaves");
  folder.write("s/a.json", document("a.png", Json::array()).dump());
  FlawLog flaws;
  EXPECT_EQ(read_labelme(folder / "s", folder / "s", flaws).images.size(), 1U);
  EXPECT_EQ(flaws.count("label files that cannot be used"), 5U);
  EXPECT_EQ(flaws.count(FlawEffect::left_out), 5U);
  FlawLog strict(true);
  expect_error(ErrorCode::format, "coco.json: damaged, or not a LabelMe JSON file",
               [&] { static_cast<void>(read_labelme(folder / "s", folder / "s", strict)); });
  std::filesystem::create_directory(folder / "empty");
  expect_error(ErrorCode::not_found, "there is no .json file",
               [&] { static_cast<void>(read_labelme(folder / "empty", folder / "s", flaws)); });
  expect_error(ErrorCode::not_found, "neither a folder nor a file",
               [&] { static_cast<void>(read_labelme(folder / "nowhere", folder / "s", flaws)); });
}

}  // namespace
}  // namespace faceshot::data
