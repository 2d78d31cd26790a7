#include "serve/api/options.hpp"

#include <gtest/gtest.h>

#include "serve/http/problem.hpp"

namespace faceshot::serve {
namespace {

constexpr OptionLimits limits{.most_side = 2048, .most_pixels = 1'000'000};

std::string refusal_of(std::string_view query) {
  try {
    (void)parse_hide_options(query, limits);
    return "taken";
  } catch (const Problem& problem) {
    return problem.what();
  }
}

TEST(Options, AreReadFromTheQuery) {
  const LookOptions look = parse_hide_options(
      "threshold=0.25&max_side=1280&nms=0.5&style=solid&shape=box&margin=1", limits);
  EXPECT_EQ(look.threshold, 0.25F);
  EXPECT_EQ(look.max_side, 1280);
  EXPECT_EQ(look.nms, 0.5F);
  EXPECT_EQ(look.hide.style, media::HideStyle::solid);
  EXPECT_EQ(look.hide.shape, media::HideShape::box);
  EXPECT_EQ(look.hide.margin, 1);
  EXPECT_FALSE(parse_look_options("", limits).threshold);
}

TEST(Options, AreRefusedWithWhatToDo) {
  EXPECT_NE(refusal_of("treshold=0.5").find("did you mean 'threshold'"), std::string::npos);
  EXPECT_NE(refusal_of("style=foggy").find("blur, pixelate, solid"), std::string::npos);
  EXPECT_NE(refusal_of("max_side=4096").find("from 64 to 2048"), std::string::npos);
  for (const char* const query :
       {"threshold=0", "threshold=1", "threshold=nan", "threshold=inf",
        "threshold=", "threshold=0.5x", "threshold= 0.5", "max_side=640.5", "max_side=-1",
        "max_side=1e99", "nms=1.1", "margin=-0.1", "threshold=0.5&threshold=0.5", "a=1",
        "style=", "=", "threshold=%30.5%"})
    EXPECT_NE(refusal_of(query), "taken") << query;
  EXPECT_THROW((void)parse_look_options("style=blur", limits), Problem);
}

TEST(Options, OfRawFramesSayHowManyBytes) {
  const auto bytes = [](const std::string& pixels) {
    return parse_stream_options("frames=raw&width=5&height=3&pixels=" + pixels, limits).raw_bytes();
  };
  EXPECT_EQ(bytes("rgb"), 45U);
  EXPECT_EQ(bytes("rgba"), 60U);
  EXPECT_EQ(bytes("gray"), 15U);
  EXPECT_EQ(bytes("nv12"), 15U + 2U * 3U * 2U);
  EXPECT_EQ(bytes("i420"), 15U + 2U * 3U * 2U);
  for (const char* const query :
       {"frames=raw", "frames=raw&width=5", "width=5&height=3", "pixels=rgb",
        "frames=raw&width=0&height=3", "frames=raw&width=2000&height=2000", "frames=film"})
    EXPECT_THROW((void)parse_stream_options(query, limits), Problem) << query;
}

}  // namespace
}  // namespace faceshot::serve
