#include "evaluate/coco/coco_protocol.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "evaluate/average_precision.hpp"
#include "evaluate/coco/coco_files.hpp"
#include "faceshot/error.hpp"

namespace faceshot::evaluate::coco_protocol_test {
namespace {

namespace fs = std::filesystem;

const fs::path fixtures = fs::path(FACESHOT_SOURCE_DIR) / "tests/evaluate/fixtures/coco";

nlohmann::json expected() {
  return nlohmann::json::parse(std::ifstream(fixtures / "expected.json"));
}

CocoTruth read(const std::string& kind) {
  CocoTruth truth = read_coco_truth(fixtures / "truth.json");
  read_coco_results(fixtures / (kind + ".json"), truth);
  return truth;
}

CocoTruth of_one_class(CocoTruth truth) {
  for (CocoImage& image : truth.images) {
    for (CocoFace& face : image.faces) face.category = 0;
    for (CocoFound& found : image.found) found.category = 0;
  }
  return truth;
}

void expect_figures(const CocoResult& result, const nlohmann::json& figures) {
  for (std::size_t i = 0; i < coco_names.size(); ++i) {
    SCOPED_TRACE(coco_names[i]);
    const auto& wanted = figures.at(std::string(coco_names[i]));
    ASSERT_EQ(result.figures[i].has_value(), !wanted.is_null());
    if (result.figures[i]) {
      EXPECT_NEAR(*result.figures[i], wanted.get<double>(), 1e-9);
    }
  }
}

// expected.json is pycocotools' result (fixtures/make_protocol_fixtures.py).
TEST(CocoProtocol, AgreesWithPycocotools) {
  const nlohmann::json figures = expected();
  for (const std::string kind : {"fine", "coarse"}) {
    SCOPED_TRACE(kind);
    const CocoTruth truth = read(kind);
    EXPECT_EQ(truth.names, (std::vector<std::string>{"face", "mask", "hat"}));
    expect_figures(evaluate_coco(truth.images, truth.names.size()), figures.at(kind));
    expect_figures(evaluate_coco(of_one_class(truth).images), figures.at(kind + "_one_class"));
  }
}

// By scripts/check_protocols.py; a COCO crowd corresponds to an ignored box in PASCAL VOC.
TEST(VocProtocol, AgreesWithPython) {
  const nlohmann::json figures = expected();
  for (const std::string kind : {"fine", "coarse"}) {
    SCOPED_TRACE(kind);
    const CocoTruth truth = read(kind);
    std::vector<std::vector<Detection>> detections;
    std::vector<std::vector<GroundTruthBox>> faces;
    for (const CocoImage& image : truth.images) {
      const auto box = [](double x, double y, double w, double h) {
        return Box{static_cast<float>(x), static_cast<float>(y), static_cast<float>(x + w),
                   static_cast<float>(y + h)};
      };
      detections.emplace_back();
      faces.emplace_back();
      for (const CocoFace& f : image.faces)
        faces.back().push_back({box(f.x, f.y, f.w, f.h), f.crowd});
      for (const CocoFound& d : image.found)
        detections.back().push_back(
            {box(d.box.x, d.box.y, d.box.w, d.box.h), static_cast<float>(d.box.score)});
    }
    std::vector<ImageEvaluation> images;
    for (std::size_t i = 0; i < faces.size(); ++i) images.push_back({detections[i], faces[i]});
    const nlohmann::json& wanted = figures.at(kind + "_one_class");
    EXPECT_NEAR(average_precision(images), wanted.at("ap").get<double>(), 1e-6);
    EXPECT_NEAR(eleven_point_precision(images), wanted.at("ap_11_points").get<double>(), 1e-6);
  }
}

TEST(VocProtocol, ElevenPointsByHand) {
  // Four faces; found, false positive, found: recall .25 at precision 1, .5 at 2/3.
  const std::vector<GroundTruthBox> faces{
      {{0, 0, 10, 10}}, {{20, 0, 30, 10}}, {{40, 0, 50, 10}}, {{60, 0, 70, 10}}};
  const std::vector<Detection> found{
      {{0, 0, 10, 10}, 0.9F}, {{80, 0, 90, 10}, 0.8F}, {{20, 0, 30, 10}, 0.7F}};
  const std::vector<ImageEvaluation> images{{found, faces}};
  // 0, .1, .2 at 1; .3, .4, .5 at 2/3; nothing beyond.
  EXPECT_NEAR(eleven_point_precision(images), (3 + 3 * 2.0 / 3) / 11, 1e-12);
  EXPECT_EQ(eleven_point_precision({}), 0);
}

TEST(CocoProtocol, NothingThereHasNoFigure) {
  const std::vector<CocoImage> images{{{}, {{{0, 0, 10, 10, 0.5}, 0}}}};
  for (const auto& figure : evaluate_coco(images).figures) EXPECT_FALSE(figure.has_value());
  EXPECT_THROW((void)evaluate_coco(images, 0), Error) << "a category that is not there";
  const std::vector<CocoImage> wild{{{}, {{{0, 0, 10, NAN, 0.5}, 0}}}};
  EXPECT_THROW((void)evaluate_coco(wild), Error);
}

class CocoFiles : public ::testing::Test {
 protected:
  CocoFiles() : dir_(fs::path(::testing::TempDir()) / "coco_files") {
    fs::create_directories(dir_);
  }
  ~CocoFiles() override { fs::remove_all(dir_); }

  /// The error on reading annotations, or results for good annotations.
  [[nodiscard]] std::string complaint(const std::string& text, bool results) const {
    const fs::path path = dir_ / "file.json";
    std::ofstream(path) << text;
    try {
      CocoTruth truth = read_coco_truth(results ? fixtures / "truth.json" : path);
      if (results) read_coco_results(path, truth);
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing";
  }
  fs::path dir_;
};

TEST_F(CocoFiles, SayWhatIsWrong) {
  const auto has = [](const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
  };
  EXPECT_TRUE(has(complaint("{", false), "not JSON"));
  EXPECT_TRUE(has(complaint("[]", false), "has no list of categories"));
  EXPECT_TRUE(
      has(complaint(R"({"categories": [], "images": [{"id": "a"}], "annotations": []})", false),
          "entry 0 of images has a id that is not an integer"));
  EXPECT_TRUE(has(complaint("{}", true), "not a list"));
  EXPECT_TRUE(
      has(complaint(R"([{"image_id": 1, "category_id": 3, "bbox": [1, 2, 3], "score": 1}])", true),
          "bbox that is not"));
  EXPECT_TRUE(has(
      complaint(R"([{"image_id": 1, "category_id": 3, "bbox": [1, 2, 3, 4], "score": 1}])", true),
      "the image_id 1, which is not in the annotations"));
  EXPECT_THROW((void)read_coco_truth(dir_ / "nowhere.json"), Error);
}

TEST_F(CocoFiles, ResultsAreReadBack) {
  std::vector<CocoImage> images(2);
  images[0].found = {{{1.5, 2.25, 30, 40, 0.875}, 0}};
  images[1].found = {{{0, 0, 8, 9, 0.5}, 1}, {{3, 4, 5, 6, 0.25}, 0}};
  write_coco_results(dir_ / "results.json", images);
  CocoTruth truth;
  truth.images.resize(2);
  truth.ids = {1, 2};
  truth.category_ids = {1, 2};
  read_coco_results(dir_ / "results.json", truth);
  for (std::size_t i = 0; i < images.size(); ++i) {
    ASSERT_EQ(truth.images[i].found.size(), images[i].found.size());
    for (std::size_t d = 0; d < images[i].found.size(); ++d) {
      EXPECT_EQ(truth.images[i].found[d].box, images[i].found[d].box);
      EXPECT_EQ(truth.images[i].found[d].category, images[i].found[d].category);
    }
  }
}

}  // namespace
}  // namespace faceshot::evaluate::coco_protocol_test
