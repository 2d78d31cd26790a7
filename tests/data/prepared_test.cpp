#include "data/prepared/prepared.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

using geometry::Annotation;
using geometry::ImageRecord;
using testing::expect_error;
using testing::read_all;
using testing::TestFolder;

const std::string plain_header = "image,width,height,x1,y1,x2,y2\n";

Annotation full_annotation() {
  Annotation a;
  a.box = {0.1F, 1.0F / 3, 99.99999F, 50};
  a.ignore = true;
  a.blur = 2;
  a.expression = 1;
  a.illumination = 0;
  a.occlusion = 2;
  a.pose = 1;
  a.landmarks = Landmarks{1, 2.5F, 3, 4, 1e-7F, 6, 7, 8, 9, -3.25F};
  return a;
}

TEST(Prepared, WhatIsWrittenIsReadBitForBit) {
  const TestFolder folder;
  Annotation bare;
  bare.box = {std::nextafter(0.0F, 1.0F), 1e-5F, 100, std::nextafter(80.0F, 0.0F)};
  bare.class_id = 1;
  PreparedSet set;
  set.classes = {"face", "face with mask, \"medical\""};
  set.records = {{"plain.jpg", 100, 80, {full_annotation(), bare}},
                 {"empty/no, face.jpg", 7, 9, {}},
                 {"say \"cheese\".png", 100, 80, {bare}},
                 {"\xE4\xBA\xBA\xE7\xBE\xA4/caf\xC3\xA9.webp", 100, 80, {full_annotation()}},
                 {"line\nbreak.jpg", 1, 1, {}}};
  write_prepared(folder / "set", "train", set, "by hand");
  const PreparedSet read = read_prepared(folder / "set/train.csv");
  EXPECT_EQ(read.records, set.records);
  EXPECT_EQ(read.classes, set.classes);
  EXPECT_EQ(read.images_dir, folder / "set/images");
}

TEST(Prepared, ARegionWithoutAClassIsOfAnyWhereThereAreSeveral) {
  const TestFolder folder;
  const auto read = [&](const std::string& classes) {
    folder.write("label.json", R"({"classes": )" + classes + "}");
    const auto csv = folder.write("train.csv",
                                  "image,width,height,x1,y1,x2,y2,class,ignore\n"
                                  "a.jpg,9,9,1,2,3,4,,1\na.jpg,9,9,1,2,3,4,,0\n");
    return read_prepared(csv);
  };
  const auto one = read(R"({"0": "face"})").records[0].annotations;
  EXPECT_EQ(one[0].class_id, 0);
  const PreparedSet two = read(R"({"0": "face", "1": "mask"})");
  EXPECT_EQ(two.records[0].annotations[0].class_id, geometry::any_class);
  EXPECT_EQ(two.records[0].annotations[1].class_id, 0);
  EXPECT_TRUE(two.records[0].annotations[0].concerns(1));
  EXPECT_FALSE(two.records[0].annotations[1].concerns(1));
  write_prepared(folder / "again", "train", two, "test");
  EXPECT_EQ(read_prepared(folder / "again/train.csv").records, two.records);
}

TEST(Prepared, FileLooksAsDocumented) {
  const TestFolder folder;
  PreparedSet set;
  Annotation a;
  a.box = {1, 2.5F, 3, 100000};
  set.records = {{"a.jpg", 10, 100000, {a}}, {"b.jpg", 4, 5, {}}};
  write_prepared(folder / "set", "val", set, "by hand");
  EXPECT_EQ(read_all(folder / "set/val.csv"),
            "image,width,height,x1,y1,x2,y2,class,ignore,blur,expression,illumination,occlusion,"
            "pose,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,mouth_left_x,"
            "mouth_left_y,mouth_right_x,mouth_right_y\n"
            "a.jpg,10,100000,1,2.5,3,100000,0,0,,,,,,,,,,,,,,,\n"
            "b.jpg,4,5,,,,,,,,,,,,,,,,,,,,,\n");
  const auto label = nlohmann::json::parse(read_all(folder / "set/label.json"));
  EXPECT_EQ(label["classes"], (nlohmann::json{{"0", "face"}}));
  EXPECT_EQ(label["columns"].size(), 25U);
  EXPECT_EQ(label["splits"]["val"], (nlohmann::json{{"source", "by hand"},
                                                    {"images", 2},
                                                    {"images_without_boxes", 1},
                                                    {"boxes", 1},
                                                    {"ignored_boxes", 0}}));
}

TEST(Prepared, WhoLabelledABoxIsWrittenOnlyWhereItIsKnown) {
  const TestFolder folder;
  PreparedSet set;
  Annotation unknown, person, detector;
  unknown.box = person.box = detector.box = {1, 2, 3, 4};
  person.source = geometry::source_person;
  detector.source = geometry::source_detector;
  set.records = {{"a.jpg", 9, 9, {unknown, person, detector}}, {"b.jpg", 4, 5, {}}};
  write_prepared(folder / "set", "val", set, "by hand");
  EXPECT_EQ(read_all(folder / "set/val.csv"),
            "image,width,height,x1,y1,x2,y2,class,ignore,blur,expression,illumination,occlusion,"
            "pose,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,mouth_left_x,"
            "mouth_left_y,mouth_right_x,mouth_right_y,source\n"
            "a.jpg,9,9,1,2,3,4,0,0,,,,,,,,,,,,,,,,\n"
            "a.jpg,9,9,1,2,3,4,0,0,,,,,,,,,,,,,,,,0\n"
            "a.jpg,9,9,1,2,3,4,0,0,,,,,,,,,,,,,,,,1\n"
            "b.jpg,4,5,,,,,,,,,,,,,,,,,,,,,,\n");
  EXPECT_EQ(read_prepared(folder / "set/val.csv").records, set.records);
  EXPECT_EQ(source_of(folder / "set/val.csv"), "by hand");
  EXPECT_EQ(source_of(folder / "set/train.csv"), "");
  EXPECT_EQ(source_of(folder / "elsewhere/train.csv"), "");

  set.records[0].annotations[0].source = 2;
  expect_error(ErrorCode::invalid_argument, "column 'source' cannot hold 2",
               [&] { write_prepared(folder / "set", "val", set, "by hand"); });
}

TEST(Prepared, ColumnsAreFoundByNameAndOnlySevenAreNeeded) {
  const TestFolder folder;
  const auto csv = folder.write("train.csv",
                                "y2,x2,y1,x1,height,width,image,pose\r\n"
                                "40,30,20,10,100,200,a.jpg,1\r\n");
  const PreparedSet set = read_prepared(csv);
  ASSERT_EQ(set.records.size(), 1U);
  Annotation expected;
  expected.box = {10, 20, 30, 40};
  expected.pose = 1;
  EXPECT_EQ(set.records[0], (ImageRecord{"a.jpg", 200, 100, {expected}}));
  EXPECT_EQ(set.classes, std::vector<std::string>{"face"});
}

TEST(Prepared, RoundingBeyondTheEdgeIsClipped) {
  const TestFolder folder;
  const auto csv = folder.write("train.csv", plain_header + "a.jpg,20,10,-0.009,0,20.009,10.001\n");
  EXPECT_EQ(read_prepared(csv).records[0].annotations[0].box, (Box{0, 0, 20, 10}));
}

TEST(Prepared, SplitsAreAddedAndOtherClassesRefused) {
  const TestFolder folder;
  PreparedSet set;
  set.records = {{"a.jpg", 4, 5, {}}};
  write_prepared(folder / "set", "train", set, "first");
  write_prepared(folder / "set", "val", set, "second");
  const auto label = nlohmann::json::parse(read_all(folder / "set/label.json"));
  EXPECT_EQ(label["splits"]["train"]["source"], "first");
  EXPECT_EQ(label["splits"]["val"]["source"], "second");
  set.classes = {"cat"};
  expect_error(ErrorCode::invalid_argument, "different classes",
               [&] { write_prepared(folder / "set", "test", set, "third"); });
  EXPECT_FALSE(std::filesystem::exists(folder / "set/test.csv"));
}

struct BadRow {
  const char* text;  ///< after the header
  const char* message;
};

TEST(Prepared, DamagedRowsNameFileAndLine) {
  const TestFolder folder;
  const BadRow rows[] = {
      {"a.jpg,20,10,1,1,2,2\na.jpg,20,10,5,1,5,2\n", "bad.csv:3: the box 5"},
      {"a.jpg,20,10,5,1,4,2\n",
       "bad.csv:2: the box 5.000000,1.000000 - 4.000000,2.000000 has x1 >="},
      {"a.jpg,20,10,1,2,3,2\n", "has y1 >= y2"},
      {"a.jpg,20,10,1,1,20.02,2\n", "bad.csv:2: the box 1.000000,1.000000 - 20.02"},
      {"a.jpg,20,10,-0.02,1,5,2\n", "outside the image (20x10)"},
      {"a.jpg,20,10,1,one,5,2\n", "bad.csv:2: column 'y1': 'one' is not a number"},
      {"a.jpg,20,10,1,nan,5,2\n", "column 'y1': 'nan' is not a number"},
      {"a.jpg,0,10,1,1,5,2\n", "bad.csv:2: column 'width': '0'"},
      {"a.jpg,20,x,1,1,5,2\n", "column 'height': 'x'"},
      {"a.jpg,20,10,1,1,5\n", "bad.csv:2: 6 fields where the header has 7"},
      {"a.jpg,20,10,1,,5,2\n", "bad.csv:2: a box needs all of"},
      {"a.jpg,20,10,,,,\na.jpg,20,10,1,1,5,2\n",
       "bad.csv:3: a box for an image that an earlier row"},
      {"a.jpg,20,10,1,1,5,2\na.jpg,20,10,,,,\n", "bad.csv:3: an empty box"},
      {"a.jpg,20,10,1,1,5,2\na.jpg,20,11,1,1,5,2\n", "bad.csv:3: 'a.jpg' has a different size"},
      {"a.jpg,20,10,,,,\nb.jpg,20,10,,,,\na.jpg,20,10,,,,\n",
       "bad.csv:4: 'a.jpg' appears again after line 2"},
      {",20,10,,,,\n", "bad.csv:2: the image has no name"},
      {"/etc/a.jpg,20,10,,,,\n", "is absolute"},
      {"x/../../a.jpg,20,10,,,,\n", "leads out of images/"},
  };
  for (const BadRow& row : rows)
    expect_error(ErrorCode::format, row.message, [&] {
      static_cast<void>(read_prepared(folder.write("bad.csv", plain_header + row.text)));
    });
}

TEST(Prepared, DamagedAttributesNameFileAndLine) {
  const TestFolder folder;
  const std::string start = "image,width,height,x1,y1,x2,y2,class,ignore,blur,nose_x\n";
  const BadRow rows[] = {
      {"a.jpg,20,10,1,1,5,2,1,0,,\n",
       "bad.csv:2: column 'class': '1' is not a whole number from 0"},
      {"a.jpg,20,10,1,1,5,2,0,2,,\n", "column 'ignore': '2'"},
      {"a.jpg,20,10,1,1,5,2,0,0,3,\n", "column 'blur': '3' is not a whole number from 0 to 2"},
      {"a.jpg,20,10,1,1,5,2,0,0,-1,\n", "column 'blur': '-1'"},
      {"a.jpg,20,10,1,1,5,2,0,0,1,4\n", "bad.csv:2: landmarks need all ten"},
      {"a.jpg,20,10,,,,,0,,,\n", "bad.csv:2: attributes without a box"},
  };
  for (const BadRow& row : rows)
    expect_error(ErrorCode::format, row.message, [&] {
      static_cast<void>(read_prepared(folder.write("bad.csv", start + row.text)));
    });
}

TEST(Prepared, DamagedHeadersNameFileAndLine) {
  const TestFolder folder;
  const BadRow headers[] = {
      {"image,width,height,x1,y1,x2\n", "bad.csv:1: column 'y2' is missing"},
      {"image,width,height,x1,y1,x2,y2,colour\n", "bad.csv:1: unknown column 'colour'"},
      {"image,width,height,x1,y1,x2,y2,x1\n", "bad.csv:1: column 'x1' appears twice"},
      {"", "bad.csv:1: the file is empty"},
  };
  for (const BadRow& header : headers)
    expect_error(ErrorCode::format, header.message,
                 [&] { static_cast<void>(read_prepared(folder.write("bad.csv", header.text))); });
  expect_error(ErrorCode::not_found, "none.csv",
               [&] { static_cast<void>(read_prepared(folder / "none.csv")); });
}

TEST(Prepared, DamagedLabelsAreRefused) {
  const TestFolder folder;
  const auto csv = folder.write("train.csv", plain_header);
  for (const char* label : {"{", "[]", R"({"classes": {}})", R"({"classes": ["face"]})"}) {
    folder.write("label.json", label);
    expect_error(ErrorCode::format, "label.json: it must be JSON",
                 [&] { static_cast<void>(read_prepared(csv)); });
  }
  folder.write("label.json", R"({"classes": {"0": "face", "2": "cat"}})");
  expect_error(ErrorCode::format, "class 1 has no name",
               [&] { static_cast<void>(read_prepared(csv)); });
}

TEST(Prepared, WriterRefusesWhatTheReaderWould) {
  const TestFolder folder;
  const auto refuse = [&](const std::vector<ImageRecord>& records, const std::string& message) {
    PreparedSet set;
    set.records = records;
    expect_error(ErrorCode::invalid_argument, message,
                 [&] { write_prepared(folder / "set", "train", set, "x"); });
    EXPECT_FALSE(std::filesystem::exists(folder / "set"));
  };
  const auto with = [](auto change) {
    Annotation a;
    a.box = {1, 1, 5, 5};
    change(a);
    return std::vector<ImageRecord>{{"a.jpg", 20, 10, {a}}};
  };
  refuse(with([](Annotation& a) { a.box.x2 = 1; }), "x1 >= x2");
  refuse(with([](Annotation& a) { a.box.y2 = 11; }), "outside the image");
  refuse(with([](Annotation& a) { a.box.x1 = std::numeric_limits<float>::quiet_NaN(); }),
         "not finite");
  refuse(with([](Annotation& a) { a.class_id = 1; }), "no class 1");
  refuse(with([](Annotation& a) { a.class_id = geometry::any_class; }), "no class -1");
  refuse(with([](Annotation& a) { a.blur = 3; }), "column 'blur' cannot hold 3");
  refuse(with([](Annotation& a) { a.landmarks.emplace()[1].y = INFINITY; }), "landmark");
  refuse({{"a.jpg", 2, 2, {}}, {"a.jpg", 2, 2, {}}}, "another record");
  refuse({{"a.jpg", 0, 2, {}}}, "no width");
  refuse({{"../a.jpg", 2, 2, {}}}, "leads out");
}

}  // namespace
}  // namespace faceshot::data
