// Every kind of damage is planted in a good set, found there and nowhere else, and repaired.
#include "data/check/check_set.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "base/random.hpp"
#include "data/check/check_report.hpp"
#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;
using faceshot::testing::expect_error;
using faceshot::testing::read_all;
using faceshot::testing::TestFolder;

const std::string header = "image,width,height,x1,y1,x2,y2,class\n";

void write_picture(const fs::path& path, std::uint32_t seed, int width = 160, int height = 120) {
  cv::Mat noise(9, 12, CV_8UC3), image;
  base::Random random(seed);
  for (auto* p = noise.data; p != noise.dataend; ++p)
    *p = static_cast<unsigned char>(random.below(256));
  cv::resize(noise, image, {width, height}, 0, 0, cv::INTER_CUBIC);
  fs::create_directories(path.parent_path());
  cv::imwrite(path.string(), image);
}

/// Three images with two faces each in train.csv, one in val.csv.
class CheckSet : public ::testing::Test {
 protected:
  CheckSet() {
    for (int i = 0; i < 4; ++i) write_picture(image(i), static_cast<std::uint32_t>(i));
    folder.write("set/label.json", R"({"classes": {"0": "face", "1": "mask"}})");
    for (int i = 0; i < 3; ++i) {
      rows.push_back(std::to_string(i) + ".png,160,120,10,10,40,50,0");
      rows.push_back(std::to_string(i) + ".png,160,120,60.5,20,100,70,1");
    }
    write();
    folder.write("set/val.csv", header + "3.png,160,120,10,10,40,50,0\n");
  }
  [[nodiscard]] fs::path image(int i) const {
    return folder / ("set/images/" + std::to_string(i) + ".png");
  }
  void write() const {
    std::string text = header;
    for (const std::string& row : rows) text += row + "\n";
    folder.write("set/train.csv", text);
  }
  [[nodiscard]] CheckReport check(const Repairs& repairs = {}) const {
    return check_sets({folder / "set/train.csv", folder / "set/val.csv"}, {}, repairs);
  }

  /// Expects to find `problem` exactly `times` times and, after repair, nothing worse than a note.
  CheckReport expect_found_and_repaired(Problem problem, std::size_t times = 1) const {
    const CheckReport report = check();
    for (const Finding& f : report.findings) {
      if (info(f.problem).severity == Severity::note) continue;
      EXPECT_EQ(info(f.problem).name, info(problem).name) << f.place << ": " << f.detail;
    }
    EXPECT_EQ(report.counts()[static_cast<std::size_t>(problem)], times);
    Repairs repairs{};
    EXPECT_EQ(unrepaired_errors(report, repairs) > 0, info(problem).severity == Severity::error);
    repairs[static_cast<std::size_t>(problem)] = true;
    const CheckReport repaired = check(repairs);
    EXPECT_EQ(unrepaired_errors(repaired, repairs), 0U);
    for (const CheckedSplit& split : repaired.splits)
      write_prepared(split.csv.parent_path(), split.csv.stem().string(), split.repaired, "test");
    for (const Finding& f : check().findings)
      EXPECT_EQ(info(f.problem).severity, Severity::note)
          << "left: " << info(f.problem).name << " " << f.detail;
    return report;
  }
  [[nodiscard]] std::vector<geometry::ImageRecord> records() const {
    return read_prepared(folder / "set/train.csv").records;
  }

  TestFolder folder;
  std::vector<std::string> rows;
};

TEST_F(CheckSet, NothingIsFoundInAGoodSet) {
  const CheckReport report = check();
  for (const Finding& f : report.findings) ADD_FAILURE() << info(f.problem).name << f.detail;
  ASSERT_EQ(report.splits.size(), 2U);
  EXPECT_EQ(report.splits[0].images, 3U);
  EXPECT_EQ(report.splits[0].boxes, 6U);
  EXPECT_EQ(report.splits[0].repaired.records, records());
}

TEST_F(CheckSet, BadRow) {
  rows[1] = "0.png,160,120,sixty,20,100,70,1";
  write();
  const CheckReport report = expect_found_and_repaired(Problem::bad_row);
  EXPECT_NE(report.findings[0].place.find("train.csv:3"), std::string::npos);
  EXPECT_NE(report.findings[0].detail.find("sixty"), std::string::npos);
  EXPECT_EQ(records()[0].annotations.size(), 1U);
}

TEST_F(CheckSet, RowsOfTheWrongLengthAndOpenQuotes) {
  rows[1] = "0.png,160,120";
  rows[3] = "\"1.png,160,120,60,20,100,70,1";
  write();
  expect_found_and_repaired(Problem::bad_row, 2);
  EXPECT_EQ(records().size(), 3U) << "what comes after an open quote is not lost";
}

TEST_F(CheckSet, UnknownClass) {
  rows[1].back() = '7';
  write();
  expect_found_and_repaired(Problem::unknown_class);
  EXPECT_EQ(records()[0].annotations.size(), 1U);
}

TEST_F(CheckSet, ARegionWithoutAClassIsNoFault) {
  folder.write("set/train.csv",
               "image,width,height,x1,y1,x2,y2,class,ignore\n"
               "0.png,160,120,10,10,40,50,0,0\n0.png,160,120,60,20,100,70,,1\n");
  const CheckReport report = check();
  EXPECT_EQ(report.counts()[static_cast<std::size_t>(Problem::unknown_class)], 0U);
  ASSERT_FALSE(report.splits.empty());
  EXPECT_EQ(report.splits[0].repaired.records[0].annotations.at(1).class_id, geometry::any_class);
}

TEST_F(CheckSet, BadPath) {
  rows.push_back("../3.png,160,120,10,10,40,50,0");
  write();
  expect_found_and_repaired(Problem::bad_path);
}

TEST_F(CheckSet, ScatteredRows) {
  std::swap(rows[1], rows[2]);
  write();
  expect_found_and_repaired(Problem::scattered_rows, 2);  // both 0.png and 1.png come back
  EXPECT_EQ(records().size(), 3U);
  EXPECT_EQ(records()[0].annotations.size(), 2U);
}

TEST_F(CheckSet, MissingImage) {
  fs::remove(image(1));
  expect_found_and_repaired(Problem::missing_image);
  EXPECT_EQ(records().size(), 2U);
}

TEST_F(CheckSet, TruncatedImage) {
  const std::string whole = read_all(image(1));
  folder.write("set/images/1.png", whole.substr(0, whole.size() / 2));
  expect_found_and_repaired(Problem::damaged_image);
  EXPECT_EQ(records().size(), 2U);
}

TEST_F(CheckSet, NoImageAtAll) {
  folder.write("set/images/1.png", "a text");
  expect_found_and_repaired(Problem::damaged_image);
}

TEST_F(CheckSet, SizeOfAnotherScale) {
  rows[0] = "0.png,320,240,20,20,80,100,0";
  rows[1] = "0.png,320,240,121,40,200,140,1";
  write();
  const auto wanted = records()[1].annotations;
  expect_found_and_repaired(Problem::wrong_size);
  EXPECT_EQ(records()[0].annotations, wanted);
}

TEST_F(CheckSet, SizeOfAnotherShape) {
  rows[0] = "0.png,120,160,20,20,80,100,0";
  rows.erase(rows.begin() + 1);
  write();
  expect_found_and_repaired(Problem::wrong_size);
  EXPECT_EQ(records().size(), 2U) << "where its boxes are cannot be told";
}

TEST_F(CheckSet, WidthAndHeightReadAsCorners) {
  rows.clear();
  for (int i = 0; i < 3; ++i) {
    rows.push_back(std::to_string(i) + ".png,160,120,10,10,30,40,0");
    rows.push_back(std::to_string(i) + ".png,160,120,60.5,20,39.5,50,1");
  }
  write();
  const CheckReport report = expect_found_and_repaired(Problem::xywh_boxes);
  EXPECT_EQ(records()[0].annotations[1].box, (Box{60.5F, 20, 100, 70}));
}

TEST_F(CheckSet, NormalisedBoxes) {
  rows[0] = "0.png,160,120,0.0625,0.25,0.25,0.5,0";
  rows[1] = "0.png,160,120,0.5,0.25,1,1,1";
  write();
  expect_found_and_repaired(Problem::normalised_boxes);
  EXPECT_EQ(records()[0].annotations[0].box, (Box{10, 30, 40, 60}));
}

TEST_F(CheckSet, SwappedCorners) {
  rows[0] = "0.png,160,120,40,50,10,10,0";
  write();
  const CheckReport report = expect_found_and_repaired(Problem::swapped_corners);
  EXPECT_EQ(report.findings[0].box, (Box{40, 50, 10, 10}));
  EXPECT_EQ(records()[0].annotations[0].box, (Box{10, 10, 40, 50}));
}

TEST_F(CheckSet, EmptyBox) {
  rows[0] = "0.png,160,120,40,50,40,60,0";
  write();
  expect_found_and_repaired(Problem::empty_box);
}

TEST_F(CheckSet, BoxOutside) {
  rows[0] = "0.png,160,120,170,50,190,60,0";
  write();
  expect_found_and_repaired(Problem::box_outside);
}

TEST_F(CheckSet, BoxBeyondEdge) {
  rows[0] = "0.png,160,120,-5,50,190,60,0";
  write();
  expect_found_and_repaired(Problem::box_beyond_edge);
  EXPECT_EQ(records()[0].annotations[0].box, (Box{0, 50, 160, 60}));
}

TEST_F(CheckSet, DoubledBox) {
  rows.insert(rows.begin(), rows[0]);
  write();
  expect_found_and_repaired(Problem::doubled_box);
  EXPECT_EQ(records()[0].annotations.size(), 2U);
}

TEST_F(CheckSet, TinyFace) {
  rows[0] = "0.png,160,120,10,10,13,30,0";
  write();
  expect_found_and_repaired(Problem::tiny_face);
  EXPECT_TRUE(records()[0].annotations[0].ignore);
}

TEST_F(CheckSet, FarLandmarks) {
  const std::string columns =
      "left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,mouth_left_x,mouth_left_y,"
      "mouth_right_x,mouth_right_y\n";
  folder.write("set/train.csv", header.substr(0, header.size() - 1) + "," + columns +
                                    "0.png,160,120,10,10,40,50,0,15,20,30,20,22,30,16,40,30,40\n"
                                    "1.png,160,120,10,10,40,50,0,115,20,30,20,22,30,16,40,30,40\n");
  expect_found_and_repaired(Problem::far_landmarks);
  EXPECT_TRUE(records()[0].annotations[0].landmarks);
  EXPECT_FALSE(records()[1].annotations[0].landmarks);
}

TEST_F(CheckSet, DuplicateImage) {
  fs::copy_file(image(0), folder / "set/images/copy.png");
  rows.push_back("copy.png,160,120,10,10,40,50,0");
  write();
  const CheckReport report = expect_found_and_repaired(Problem::duplicate_image);
  EXPECT_EQ(report.findings[0].image, "copy.png");
  EXPECT_EQ(records().size(), 3U);
}

TEST_F(CheckSet, NearDuplicate) {
  cv::Mat smaller;
  cv::resize(cv::imread(image(0).string()), smaller, {80, 60}, 0, 0, cv::INTER_AREA);
  cv::imwrite((folder / "set/images/small.jpg").string(), smaller);
  rows.push_back("small.jpg,80,60,5,5,20,25,0");
  write();
  const CheckReport report = expect_found_and_repaired(Problem::near_duplicate);
  EXPECT_EQ(report.findings[0].image, "small.jpg");
}

TEST_F(CheckSet, AnImageInTwoSplits) {
  rows.push_back("3.png,160,120,10,10,40,50,0");
  write();
  const CheckReport report = expect_found_and_repaired(Problem::leaked_image);
  EXPECT_NE(report.findings[0].place.find("train.csv:8"), std::string::npos);
  EXPECT_EQ(records().size(), 3U);
  EXPECT_EQ(read_prepared(folder / "set/val.csv").records.size(), 1U);
}

TEST_F(CheckSet, ATurnedImageAndOneWithoutFacesAreNoted) {
  // A JPEG with EXIF orientation 6: the marker segment of a little-endian TIFF with one entry.
  std::vector<std::uint8_t> jpeg;
  cv::imencode(".jpg", cv::imread(image(0).string()), jpeg);
  const std::string exif(
      "\xFF\xE1\x00\x22"
      "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0",
      36);
  folder.write("set/images/2.jpg", std::string(jpeg.begin(), jpeg.begin() + 2) + exif +
                                       std::string(jpeg.begin() + 2, jpeg.end()));
  rows[4] = "2.jpg,120,160,,,,,";
  rows.pop_back();
  write();
  const CheckReport report = check();
  const auto counts = report.counts();
  EXPECT_EQ(counts[static_cast<std::size_t>(Problem::turned_image)], 1U);
  EXPECT_EQ(counts[static_cast<std::size_t>(Problem::no_faces)], 1U);
  EXPECT_EQ(unrepaired_errors(report, {}), 0U);
}

TEST_F(CheckSet, ThePageShowsWhatWasFound) {
  rows[0] = "0.png,160,120,40,50,10,10,0";
  fs::remove(image(1));
  write();
  const std::string html = check_report_html(check());
  for (const char* part : {"swapped-corners", "missing-image", "train.csv:2",
                           "data:image/jpeg;base64", "40,50 - 10,10", "</html>"})
    EXPECT_NE(html.find(part), std::string::npos) << part;
  EXPECT_EQ(html.find("empty-box"), std::string::npos) << "only what was found";
}

TEST(Problems, HaveNamesThatCanBeGiven) {
  for (const ProblemInfo& p : problems()) {
    EXPECT_EQ(problem_of(p.name), p.problem);
    EXPECT_EQ(&info(p.problem), &p);
  }
  expect_error(ErrorCode::invalid_argument, "unknown problem 'clip'; known problems: bad-row,",
               [] { static_cast<void>(problem_of("clip")); });
}

}  // namespace
}  // namespace faceshot::data
