#include <gtest/gtest.h>

#include <array>

#include "serve/api/routes.hpp"
#include "serve/http/media_type.hpp"
#include "serve/http/problem.hpp"
#include "serve/http/query.hpp"

namespace faceshot::serve {
namespace {

TEST(MediaType, HasParametersQuotedOrNot) {
  const auto type = parse_media_type("Multipart/Form-Data ; Boundary=\"a;b\\\"c\";charset=utf-8;");
  ASSERT_TRUE(type);
  EXPECT_EQ(type->type, "multipart/form-data");
  EXPECT_EQ(type->parameters.at("boundary"), "a;b\"c");
  EXPECT_EQ(type->parameters.at("charset"), "utf-8");
  for (const char* const bad : {"", "image", "image/", "/jpeg", "image/jpeg; q", "a/b; =c",
                                "a/b; c=\"d", "a/b; c=\"d\" e", "a b/c"})
    EXPECT_FALSE(parse_media_type(bad)) << bad;
}

TEST(Accept, ChoosesWhatIsLikedBest) {
  constexpr std::array<std::string_view, 3> offered{"application/json", "image/jpeg", "image/png"};
  const auto chosen = [&](std::string_view accept) {
    const auto i = choose_type(accept, offered);
    return i ? std::string(offered[*i]) : "none";
  };
  EXPECT_EQ(chosen(""), "application/json");
  EXPECT_EQ(chosen("*/*"), "application/json");
  EXPECT_EQ(chosen("image/*"), "image/jpeg");
  EXPECT_EQ(chosen("image/png"), "image/png");
  EXPECT_EQ(chosen("image/*;q=0.5, image/png"), "image/png");
  EXPECT_EQ(chosen("*/*;q=0.1, image/jpeg;q=0.2"), "image/jpeg");
  EXPECT_EQ(chosen("*/*, application/json;q=0"), "image/jpeg");
  EXPECT_EQ(chosen("text/html"), "none");
  EXPECT_EQ(chosen("image/png;q=0"), "none");
  EXPECT_EQ(chosen("image/png;q=x"), "none");
  // What Chromium sends for a page.
  EXPECT_EQ(chosen("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
                   "image/apng,*/*;q=0.8"),
            "application/json");
}

TEST(Query, IsDecoded) {
  const auto query = parse_query("a=1&b=%41+%2b&c&&d==");
  ASSERT_EQ(query.size(), 4U);
  EXPECT_EQ(query[1].second, "A +");
  EXPECT_EQ(query[2].first, "c");
  EXPECT_EQ(query[3].second, "=");
  for (const char* const bad : {"a=%", "a=%4", "a=%zz", "%4=1"})
    EXPECT_THROW((void)parse_query(bad), Problem) << bad;
  std::string many;
  for (int i = 0; i < 33; ++i) many += "a=1&";
  EXPECT_THROW((void)parse_query(many), Problem);
}

int status_of(const std::string& method, const std::string& path) {
  RequestHead head;
  head.method = method;
  head.path = path;
  try {
    (void)route_of(head);
    return 200;
  } catch (const Problem& problem) {
    return problem.kind().status;
  }
}

TEST(Routes, AreTheseAndNoOthers) {
  EXPECT_EQ(status_of("GET", "/"), 200);
  EXPECT_EQ(status_of("HEAD", "/healthz"), 200);
  EXPECT_EQ(status_of("POST", "/v1/detect:batch"), 200);
  EXPECT_EQ(status_of("OPTIONS", "/v1/detect"), 200);
  EXPECT_EQ(status_of("GET", "/v1/detect"), 405);
  EXPECT_EQ(status_of("DELETE", "/v1/model"), 405);
  EXPECT_EQ(status_of("BREW", "/"), 501);
  for (const char* const path : {"", "/v1", "/v1/detect/", "//", "/./", "/../etc/passwd",
                                 "/%2e%2e/etc/passwd", "/app.js/../../x", "/V1/detect", "*"})
    EXPECT_EQ(status_of("GET", path), 404) << path;
}

}  // namespace
}  // namespace faceshot::serve
