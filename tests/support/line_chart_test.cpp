#include "support/line_chart.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot::support {
namespace {

std::string svg_of(const LineChart& chart) { return line_charts_svg({&chart, 1}); }

bool has(const std::string& svg, const std::string& part) {
  return svg.find(part) != std::string::npos;
}

TEST(LineChart, AxesEndAtRoundNumbersAroundThePoints) {
  LineChart chart;
  chart.lines = {{"a", {{1, 0.13}, {48, 0.87}}}};
  const std::string svg = svg_of(chart);
  // x from 0 to 50 in steps of 5, on 76 to 688; y from 0.1 to 0.9 in steps of 0.1 on 488 to 56.
  EXPECT_TRUE(has(svg, "points='88.24,471.80 663.52,72.20 '")) << svg;
  EXPECT_TRUE(has(svg, ">50</text>"));
  EXPECT_FALSE(has(svg, ">55</text>"));
  EXPECT_TRUE(has(svg, ">0.9</text>"));
  EXPECT_FALSE(has(svg, ">1.0</text>"));
}

TEST(LineChart, SmallNumbersAreToldApart) {
  LineChart chart;
  chart.lines = {{"a", {{0, 0.001}, {1, 0.003}}}};
  EXPECT_TRUE(has(svg_of(chart), ">0.0025</text>") || has(svg_of(chart), ">0.0020</text>") ||
              has(svg_of(chart), ">0.002</text>"))
      << svg_of(chart);
}

TEST(LineChart, SurvivesFewPointsAndNonsense) {
  LineChart chart;
  EXPECT_NO_THROW((void)svg_of(chart));
  chart.lines = {{"one", {{3, 5}}},
                 {"none", {}},
                 {"nan", {{1, std::nan("")}, {std::numeric_limits<double>::infinity(), 2}}}};
  const std::string svg = svg_of(chart);
  EXPECT_FALSE(has(svg, "nan,"));
  EXPECT_FALSE(has(svg, "inf"));
  EXPECT_FALSE(has(svg, "-nan"));
}

TEST(LineChart, RefusesMoreLinesThanCanBeToldApart) {
  LineChart chart;
  chart.lines.resize(9);
  EXPECT_THROW((void)svg_of(chart), Error);
  EXPECT_THROW((void)line_charts_svg({}), Error);
}

}  // namespace
}  // namespace faceshot::support
