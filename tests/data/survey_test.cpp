#include "data/import/survey.hpp"

#include <gtest/gtest.h>

#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;
using testing::TestFolder;

// Beginnings of files as the formats' own pages and tools write them: COCO's "data format" page,
// LabelMe 5 and CVAT 1.1 exports, VOC2012, the readmes of WIDER FACE and FDDB, labels of RetinaFace
// and libfacedetection.
constexpr const char* coco =
    R"({"info": {"images": 1}, "images": [], "annotations": [], "categories": []})";
constexpr const char* labelme =
    R"({"version": "5.2.1", "flags": {}, "shapes": [], "imagePath": "a.jpg", "imageData": null})";
constexpr const char* voc =
    "<?xml version=\"1.0\"?>\n<!-- by hand -->\n<annotation>\n  <folder>VOC2012";
constexpr const char* cvat =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n  <version>1.1</version>";
constexpr const char* wider =
    "0--Parade/0_Parade_marchingband_1_849.jpg\n1\n449 330 122 149 0 0 0 0 0 0 \n";
constexpr const char* fddb =
    "2002/08/11/big/img_591\n1\n123.583300 85.549500 1.265839 269.693400 161.781200  1\n";
constexpr const char* retinaface =
    "# 0--Parade/0_Parade_marchingband_1_849.jpg\n449 330 122 149 0.8\n";
constexpr const char* labelv2 =
    "# 0--Parade/0_Parade_marchingband_1_849.jpg 1024 1385\n449 330 571 479\n";

TEST(Survey, TheContentTellsTheKindOfAFile) {
  const TestFolder folder;
  const auto kind = [&](const char* name, const std::string& text) {
    return kind_of_file(folder.write(name, text));
  };
  EXPECT_EQ(kind("x.json", coco), "coco");
  EXPECT_EQ(kind("x.json", std::string(coco).substr(0, 72)), "coco") << "cut off";
  EXPECT_EQ(kind("x.json", "\xEF\xBB\xBF" + std::string(labelme)), "labelme");
  EXPECT_EQ(kind("x.json", R"({"data": {"images": 1, "annotations": 2, "categories": 3}})"), "");
  EXPECT_EQ(kind("x.json", "[1, 2"), "");
  EXPECT_EQ(kind("x.xml", voc), "voc");
  EXPECT_EQ(kind("x.xml", cvat), "cvat");
  EXPECT_EQ(kind("x.xml", "<gpx version='1.1'/>"), "");
  EXPECT_EQ(kind("x.xml", ""), "");
  EXPECT_EQ(kind("x.txt", wider), "widerface");
  EXPECT_EQ(kind("x.txt", "0--Parade/a.jpg\n0\n0 0 0 0 0 0 0 0 0 0\n"), "widerface");
  EXPECT_EQ(kind("x.txt", fddb), "fddb");
  EXPECT_EQ(kind("x.txt", "img_591.jpg\n1\n123.5 85.5 1.26 269.6 161.7 1\n"), "fddb");
  EXPECT_EQ(kind("x.txt", retinaface), "retinaface");
  EXPECT_EQ(kind("x.txt", labelv2), "retinaface");
  EXPECT_EQ(kind("x.txt", "0 0.5 0.25 0.1 0.2\n1 0.5 0.25 0.1 0.2\n"), "yolo");
  EXPECT_EQ(kind("x.txt", "0 0.5 0.25 0.1 0.2\n0 0.5 nan 0.1\n"), "yolo") << "damaged in part";
  EXPECT_EQ(kind("x.txt", "images/a.jpg\nimages/b.jpg\n"), "list");
  EXPECT_EQ(kind("x.txt", "face\nmask\n"), "");
  EXPECT_EQ(kind("x.txt", "Provided by a person\n2024\n"), "");
  EXPECT_EQ(kind("x.yaml", "names: [face]\n"), "yolo.places");
  EXPECT_EQ(kind("x.yaml", "name: face\n"), "");
  EXPECT_EQ(kind("x.data", "classes = 1\ntrain = train.txt\nnames=obj.names\n"), "yolo.places");
  EXPECT_EQ(kind("x.data", "5.1,3.5,1.4,0.2,Iris-setosa\n"), "");
  EXPECT_EQ(kind("x.csv", "image,x1,y1,x2,y2\na.jpg,1,1,2,2\n"), "csv");
  EXPECT_EQ(kind("x.csv", "a,b,c\n1,2,3\n"), "");
  EXPECT_EQ(kind("x.mat", "MATLAB 5.0 MAT-file, Platform: GLNXA64"), "widerface");
  EXPECT_EQ(kind("x.md", coco), "");
}

TEST(Survey, SplitsAreWordsInNames) {
  EXPECT_EQ(split_in_name("instances_train2017"), "train");
  EXPECT_EQ(split_in_name("wider_face_val_bbx_gt"), "val");
  EXPECT_EQ(split_in_name("Valid"), "val");
  EXPECT_EQ(split_in_name("trainer"), "");
  EXPECT_EQ(split_in_name("latest"), "");
}

/// "kind path files split" of each source.
std::vector<std::string> lines_of(const FolderSurvey& survey, const fs::path& dir) {
  std::vector<std::string> lines;
  for (const FoundSource& s : survey.sources)
    lines.push_back(s.kind + " " + s.annotations.lexically_relative(dir).generic_string() + " " +
                    std::to_string(s.files) + (s.split.empty() ? "" : " " + s.split));
  return lines;
}

TEST(Survey, AFolderOfEverything) {
  const TestFolder folder;
  folder.write("d/c/annotations/instances_train.json", coco);
  folder.write("d/c/annotations/instances_val.json", coco);
  folder.write("d/cv/annotations.xml", cvat);
  folder.write("d/f/FDDB-fold-01-ellipseList.txt", fddb);
  folder.write("d/f/FDDB-fold-01.txt", "2002/08/11/big/img_591\n");
  folder.write("d/l/one/a.json", labelme);
  folder.write("d/l/one/b.json", labelme);
  folder.write("d/r/valid/label.txt", retinaface);
  folder.write("d/t/boxes.csv", "image,x1,y1,x2,y2\na.jpg,1,1,2,2\n");
  folder.write("d/v/Annotations/a.xml", voc);
  folder.write("d/v/Annotations/more/b.xml", voc);
  folder.write("d/v/Annotations/empty.xml", "");
  folder.write("d/w/wider_face_train.mat", "MATLAB 5.0 MAT-file");
  folder.write("d/w/wider_face_train_bbx_gt.txt", wider);
  folder.write("d/y1/data.yaml", "train: images/train\nnames: [face]\n");
  folder.write("d/y1/labels/train/a.txt", "0 0.5 0.5 0.1 0.1\n");
  folder.write("d/y2/labels/a.txt", "0 0.5 0.5 0.1 0.1\n");
  folder.write("d/y3/train/labels/a.txt", "0 0.5 0.5 0.1 0.1\n");
  folder.write("d/y3/valid/labels/a.txt", "0 0.5 0.5 0.1 0.1\n");
  folder.write("d/._a.json", "\0\5\x16\7");
  folder.write("d/odd.json", "{}");
  folder.write("d/p/label.json", "{}");
  folder.write("d/p/train.csv", "image,width,height,x1,y1,x2,y2\n");
  folder.write_image("d/c/images/a.png", 4, 4);
  folder.write_image("d/p/images/a.png", 4, 4);
  fs::create_directory_symlink("..", folder / "d/c/circle");
  const FolderSurvey survey = survey_folder(folder / "d/");
  EXPECT_EQ(lines_of(survey, folder / "d"),
            (std::vector<std::string>{
                "coco c/annotations/instances_train.json 1 train",
                "coco c/annotations/instances_val.json 1 val", "cvat cv/annotations.xml 1",
                "fddb f/FDDB-fold-01-ellipseList.txt 1", "labelme l/one 2",
                "retinaface r/valid/label.txt 1 val", "csv t/boxes.csv 1", "voc v/Annotations 2",
                "widerface w/wider_face_train_bbx_gt.txt 1 train", "yolo y1/data.yaml 1",
                "yolo y2 1", "yolo y3 2"}));
  EXPECT_EQ(survey.images, std::vector<fs::path>{folder / "d/c/images/a.png"});
  ASSERT_EQ(survey.doubts.size(), 3U);
  EXPECT_NE(survey.doubts[0].find("is a prepared set"), std::string::npos);
  EXPECT_NE(survey.doubts[1].find("wider_face_train.mat"), std::string::npos);
  EXPECT_NE(survey.doubts[2].find("odd.json' has an unknown format"), std::string::npos);
  expect_error(ErrorCode::invalid_argument, "prepared set",
               [&] { (void)survey_folder(folder / "d/p"); });
  expect_error(ErrorCode::not_found, "not a folder", [&] { (void)survey_folder(folder / "none"); });
}

TEST(Survey, ImagesAreWhereTheirNamesLead) {
  const TestFolder folder;
  for (const char* name : {"train/images/e/a.png", "train/images/e/b.png", "val/images/e/a.png",
                           "val/images/e/b.png", "other/x.png"})
    folder.write_image(name, 4, 4);
  const fs::path train = folder.write("train/label.txt", ""), top = folder.write("label.txt", "");
  std::vector<fs::path> folders{top.parent_path()};
  for (const auto& entry : fs::recursive_directory_iterator(top.parent_path()))
    if (entry.is_directory()) folders.push_back(entry.path());
  const std::vector<std::string> names{"e/a.png", "e/gone.png"};
  EXPECT_TRUE(
      fs::equivalent(find_image_root(names, train, folders).folder, folder / "train/images"));
  EXPECT_TRUE(find_image_root(names, train, folders).rival.empty());
  EXPECT_FALSE(find_image_root(names, top, folders).rival.empty()) << "two are as near";
  EXPECT_TRUE(find_image_root({"nowhere.png"}, top, folders).folder.empty());
  EXPECT_TRUE(fs::equivalent(find_image_root({"C:\\photos\\x.png"}, top, folders).folder,
                             folder / "other"));
}

}  // namespace
}  // namespace faceshot::data
