#include "data/import/fddb_ellipses.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

using faceshot::testing::expect_error;
using faceshot::testing::TestFolder;

TEST(FddbEllipses, TheBoxTouchesTheEllipse) {
  const TestFolder folder;
  // The first face of FDDB's first fold.
  FlawLog strict(true);
  const auto images = read_fddb_ellipses(
      folder.write(
          "fold.txt",
          "2002/08/11/big/img_591\n1\n123.583300 85.549500 1.265839 269.693400 161.781200  1\n"),
      strict);
  ASSERT_EQ(images.size(), 1U);
  EXPECT_EQ(images[0].image, "2002/08/11/big/img_591.jpg");
  // Walk around the ellipse.
  Box box{1e9F, 1e9F, -1e9F, -1e9F};
  for (int i = 0; i < 100000; ++i) {
    const double t = 2 * std::numbers::pi * i / 100000, angle = 1.265839;
    const double u = 123.5833 * std::cos(t), v = 85.5495 * std::sin(t);
    const auto x = static_cast<float>(269.6934 + u * std::cos(angle) - v * std::sin(angle));
    const auto y = static_cast<float>(161.7812 + u * std::sin(angle) + v * std::cos(angle));
    box = {std::min(box.x1, x), std::min(box.y1, y), std::max(box.x2, x), std::max(box.y2, y)};
  }
  const Box& found = images[0].annotations.at(0).box;
  EXPECT_NEAR(found.x1, box.x1, 1e-3);
  EXPECT_NEAR(found.y1, box.y1, 1e-3);
  EXPECT_NEAR(found.x2, box.x2, 1e-3);
  EXPECT_NEAR(found.y2, box.y2, 1e-3);
}

TEST(FddbEllipses, WhatIsFlawedIsLeftOutAndTheRestIsRead) {
  const TestFolder folder;
  const auto flaw_of = [&](const std::string& text) {
    FlawLog flaws;
    const auto images =
        read_fddb_ellipses(folder.write("fold.txt", text + "z\n1\n1 1 0 5 5 1\n"), flaws);
    EXPECT_EQ(images.empty() ? "" : images.back().image, "z.jpg") << text;
    const std::string place = flaws.first_left_out();
    return place.substr(std::min(place.find("fold.txt"), place.size()));
  };
  EXPECT_EQ(flaw_of("a\nb\n0\n"),
            "fold.txt:2: the number of faces of 'a.jpg' is expected here, not 'b'");
  EXPECT_EQ(flaw_of("a\n1.5\n1 1 0 5 5 1\n"),
            "fold.txt:2: the number of faces of 'a.jpg' is expected here, not '1.5'");
  EXPECT_EQ(flaw_of("a\n2\n1 1 0 5 5 1\n"),
            "fold.txt:4: 'a.jpg' claims 2 faces but has 1; correct the number or the ellipses");
  const std::string ellipse =
      "fold.txt:4: an ellipse of 'a.jpg' is expected here (major radius, minor radius, angle, x, "
      "y, "
      "1), "
      "not '";
  EXPECT_EQ(flaw_of("a\n2\n1 1 0 5 5 1\n1 1 0 5 5\n"), ellipse + "1 1 0 5 5'");
  EXPECT_EQ(flaw_of("a\n2\n1 1 0 5 5 1\n-1 1 0 5 5 1\n"), ellipse + "-1 1 0 5 5 1'");
  expect_error(ErrorCode::format, "fold.txt:1: the number of faces", [&] {
    FlawLog strict(true);
    static_cast<void>(read_fddb_ellipses(folder.write("fold.txt", "a\n"), strict));
  });
}

}  // namespace
}  // namespace faceshot::data
