#include "evaluate/pr_curve.hpp"

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "evaluate/wider_report.hpp"
#include "faceshot/error.hpp"

namespace faceshot::evaluate {
namespace {

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

TEST(PrCurve, PlacesPointsOnTheAxes) {
  const std::vector<double> recall{0, 0.5, 1};
  const std::vector<double> precision{0, 1, 0};
  const std::array<PrCurve, 1> curves{{{"a <b> & c", 0.75, recall, precision}}};
  const std::string svg = pr_curve_svg("title", curves);
  // The point before the first hit is left out; the axes run from x = 76 to 688, y = 488 to 56.
  EXPECT_NE(svg.find("points='382.00,56.00 688.00,488.00 '"), std::string::npos) << svg;
  EXPECT_NE(svg.find("a &lt;b&gt; &amp; c"), std::string::npos);
  EXPECT_NE(svg.find("AP 0.7500"), std::string::npos);
  EXPECT_EQ(svg.find("<b>"), std::string::npos);
  EXPECT_EQ(svg.rfind("</svg>\n"), svg.size() - 7);
  for (const char* tag : {"svg", "text"})
    EXPECT_EQ(occurrences(svg, std::string("<") + tag + " "),
              occurrences(svg, std::string("</") + tag + ">"));
}

TEST(PrCurve, RefusesUnequalLengthsAndTooManyCurves) {
  const std::vector<double> one{1};
  const std::array<PrCurve, 1> unequal{{{"a", 0, one, {}}}};
  EXPECT_THROW((void)pr_curve_svg("t", unequal), Error);
  EXPECT_THROW((void)pr_curve_svg("t", std::vector<PrCurve>(9)), Error);
}

TEST(WiderReport, TableJsonAndPictureTellTheResult) {
  WiderResult result;
  for (WiderCurve& curve : result.settings) {
    curve.precision.assign(wider_thresholds, 1.0);
    curve.recall.assign(wider_thresholds, 0.25);
  }
  result.settings[0].ap = 0.123456;
  result.settings[0].faces = 8;
  result.settings[0].images = 2;
  result.images_scored = 3;
  result.detections = 40;
  result.missing = {"e/a", "e/b", "e/c", "e/d"};

  const std::string table = wider_table(result);
  EXPECT_NE(table.find("easy      0.1235  0.2500       8       2"), std::string::npos) << table;
  EXPECT_NE(table.find("hard           -"), std::string::npos) << table;
  EXPECT_NE(table.find("40 detections in 3 of 7 images"), std::string::npos) << table;
  EXPECT_NE(table.find("missing, not scored: 4 (e/a, e/b, e/c, ...)"), std::string::npos) << table;

  const auto json = wider_json(result, true);
  EXPECT_EQ(json.at("settings").at("easy").at("ap"), 0.123456);
  EXPECT_TRUE(json.at("settings").at("hard").at("ap").is_null());
  EXPECT_EQ(json.at("settings").at("medium").at("recall").size(), wider_thresholds);
  EXPECT_EQ(json.at("images_missing"), 4);
  EXPECT_FALSE(wider_json(result, false).at("settings").at("easy").contains("recall"));

  EXPECT_EQ(occurrences(wider_svg(result, "t"), "<polyline"), 3U);
}

}  // namespace
}  // namespace faceshot::evaluate
