#include "serve/api/uploads.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/random.hpp"
#include "serve/http/base64.hpp"
#include "serve/http/multipart.hpp"
#include "serve/http/problem.hpp"
#include "support/markup.hpp"

namespace faceshot::serve {
namespace {

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }
std::string decoded(std::string_view text) {
  const auto bytes = decode_base64(text);
  return bytes ? std::string(text_of(*bytes)) : "refused";
}

TEST(Base64, IsAsRfc4648HasIt) {
  EXPECT_EQ(decoded(""), "");
  EXPECT_EQ(decoded("Zg=="), "f");
  EXPECT_EQ(decoded("Zm8="), "fo");
  EXPECT_EQ(decoded("Zm9v"), "foo");
  EXPECT_EQ(decoded("Zm9vYg=="), "foob");
  EXPECT_EQ(decoded("Zm9vYmE="), "fooba");
  EXPECT_EQ(decoded("Zm9vYmFy"), "foobar");
  EXPECT_EQ(decoded("Zm8"), "fo");
  EXPECT_EQ(decoded("--__"), decoded("++//"));
}

TEST(Base64, RefusesWhatIsNone) {
  for (const char* const text : {"Z", "Zg=", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "Zm9v====", "=",
                                 "====", "Z===", "Zg==Zg==", "\xFFm9v"})
    EXPECT_EQ(decoded(text), "refused") << text;
}

TEST(Base64, IsTheInverseOfTheEncoder) {
  base::Random random(1);
  for (int i = 0; i < 200; ++i) {
    std::string text;
    for (auto n = random.below(50); n > 0; --n) text += static_cast<char>(random.below(256));
    EXPECT_EQ(decoded(support::base64(text)), text);
  }
}

std::vector<Part> parts_of(const Bytes& body, std::string_view boundary = "AaB03x") {
  return parse_multipart(body, boundary);
}

TEST(Multipart, ReadsWhatBrowsersAndCurlSend) {
  const Bytes body = bytes_of(
      "--AaB03x\r\n"
      "Content-Disposition: form-data; name=\"image\"; filename=\"a \\\"b\\\".jpg\"\r\n"
      "Content-Type: image/jpeg\r\n\r\n"
      "one\r\n--two\r\n"
      "\r\n--AaB03x  \r\n"
      "content-disposition: form-data; name=note\r\n\r\n"
      "\r\n--AaB03x--\r\nepilogue");
  const auto parts = parts_of(body);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].name, "image");
  EXPECT_EQ(parts[0].filename, "a \"b\".jpg");
  EXPECT_EQ(parts[0].content_type, "image/jpeg");
  EXPECT_EQ(text_of(parts[0].data), "one\r\n--two\r\n");
  EXPECT_EQ(parts[1].name, "note");
  EXPECT_EQ(text_of(parts[1].data), "");
}

TEST(Multipart, IsAsRfc2046HasIt) {
  const Bytes body = bytes_of(
      "This is the preamble.\r\n--simple boundary\r\n\r\n"
      "This is implicitly typed plain US-ASCII text.\r\nIt does NOT end with a linebreak."
      "\r\n--simple boundary\r\nContent-type: text/plain; charset=us-ascii\r\n\r\n"
      "This ends with a linebreak.\r\n\r\n--simple boundary--\r\n");
  const auto parts = parts_of(body, "simple boundary");
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(text_of(parts[0].data),
            "This is implicitly typed plain US-ASCII text.\r\nIt does NOT end with a linebreak.");
  EXPECT_EQ(parts[1].content_type, "text/plain; charset=us-ascii");
  EXPECT_EQ(text_of(parts[1].data), "This ends with a linebreak.\r\n");
}

TEST(Multipart, RefusesWhatIsDamaged) {
  const std::string header = "Content-Disposition: form-data; name=image\r\n\r\n";
  for (const std::string& body :
       {std::string(), std::string("--other\r\n\r\n\r\n--other--"), std::string("--AaB03x"),
        "--AaB03x\r\n" + header + "data", "--AaB03x\r\n" + header + "data\r\n--AaB03",
        "--AaB03x\r\n" + header + "data\r\n--AaB03x", "--AaB03xy\r\n" + header + "\r\n--AaB03x--",
        std::string("--AaB03x\r\nno colon\r\n\r\n\r\n--AaB03x--"),
        "--AaB03x\r\n" + std::string(5000, 'a') + ": b\r\n\r\n\r\n--AaB03x--",
        std::string("--AaB03x\r\nContent-Transfer-Encoding: base64\r\n\r\n\r\n--AaB03x--"),
        std::string("--AaB03x\r\nContent-Disposition: form-data; name=\"a\r\n\r\n\r\n--AaB03x--")})
    EXPECT_THROW((void)parts_of(bytes_of(body)), Problem) << body.substr(0, 100);
  const Bytes good = bytes_of("--a\r\n\r\n\r\n--a--");
  for (const std::string& boundary : {std::string(), std::string("a "), std::string(71, 'a'),
                                      std::string("a\r\nb"), std::string("a\"b")})
    EXPECT_THROW((void)parts_of(good, boundary), Problem) << boundary;
  EXPECT_EQ(parts_of(good, "a").size(), 1U);
}

TEST(Multipart, CutsWhatWasJoined) {
  base::Random random(2);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> contents(random.below(5));
    std::string body;
    for (std::string& content : contents) {
      // Only bytes of line ends and dashes, so that near-boundaries occur.
      for (auto n = random.below(40); n > 0; --n) content += "\r\n-xyA"[random.below(6)];
      body += "--xyz\r\n\r\n" + content + "\r\n";
    }
    body += "--xyz--\r\n";
    const Bytes bytes = bytes_of(body);
    const auto parts = parse_multipart(bytes, "xyz");
    ASSERT_EQ(parts.size(), contents.size()) << body;
    for (std::size_t i = 0; i < parts.size(); ++i)
      EXPECT_EQ(text_of(parts[i].data), contents[i]) << body;
  }
}

std::vector<Upload> uploads_of(const std::string& type, std::string_view body, bool one = true) {
  Request request;
  request.head.content_type = type;
  request.body = bytes_of(body);
  return take_uploads(request, {.photographs = one ? 1U : 3U, .one = one});
}

TEST(Uploads, ComeInEveryForm) {
  for (const auto& [type, body] : std::vector<std::pair<std::string, std::string>>{
           {"", "foobar"},
           {"image/jpeg", "foobar"},
           {"application/octet-stream", "foobar"},
           {"application/json", R"({"image": "Zm9vYmFy"})"},
           {"application/json; charset=utf-8", R"({"image": "data:image/png;base64,Zm9vYmFy"})"},
           {"multipart/form-data; boundary=\"x\"",
            "--x\r\nContent-Disposition: form-data; name=image\r\n\r\nfoobar\r\n--x--"}}) {
    const auto uploads = uploads_of(type, body);
    ASSERT_EQ(uploads.size(), 1U) << type;
    EXPECT_EQ(text_of(uploads[0].bytes), "foobar") << type;
  }
  const auto several =
      uploads_of("application/json", R"({"images": ["Zg==", "Zm8=", "Zm9v"]})", false);
  ASSERT_EQ(several.size(), 3U);
  EXPECT_EQ(text_of(several[2].bytes), "foo");
}

TEST(Uploads, OfJsonAreReadStrictly) {
  for (const std::string& body :
       {std::string("{}"), std::string("[]"), std::string("null"), std::string("\"Zg==\""),
        std::string(R"({"image": 1})"), std::string(R"({"image": "Zg==", "image": "Zg=="})"),
        std::string(R"({"image": ["Zg=="]})"),
        std::string(R"({"url": "http://example.org/a.jpg"})"),
        std::string(R"({"image": "http://example.org/a.jpg"})"), std::string(R"({"image": ""})"),
        std::string(R"({"image": "Zg=="} x)"), std::string(R"({"image": "Zg=="{)"),
        std::string(R"({"image": "data:image/png,Zg=="})"), std::string(R"({"image": )"),
        std::string("{\"image\": \"\xFF\xFE\"}"), std::string(1000000, '['),
        R"({"image": )" + std::string(1000000, '[')})
    EXPECT_THROW((void)uploads_of("application/json", body), Problem) << body.substr(0, 60);
  EXPECT_THROW((void)uploads_of("application/json", R"({"images": [["Zg=="]]})", false), Problem);
  EXPECT_THROW((void)uploads_of("application/json", R"({"images": []})", false), Problem);
  EXPECT_THROW(
      (void)uploads_of("application/json", R"({"images": ["Zg==","Zg==","Zg==","Zg=="]})", false),
      Problem);
}

TEST(Uploads, OfWhichThereMayBeOneAreNotTooLarge) {
  const std::string part = "--x\r\nContent-Disposition: form-data; name=image\r\n\r\nfoobar\r\n";
  try {
    (void)uploads_of("multipart/form-data; boundary=x", part + part + "--x--");
    FAIL();
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind().name, "bad-body");
    EXPECT_NE(std::string(problem.what()).find("/v1/detect:batch"), std::string::npos);
  }
}

TEST(Uploads, OfOtherTypesAreRefused) {
  for (const char* const type : {"text/plain", "video/mp4", "image", "a/b/c", "multipart/mixed"}) {
    EXPECT_FALSE(takes_uploads_of(type)) << type;
    EXPECT_THROW((void)uploads_of(type, "foobar"), Problem) << type;
  }
  EXPECT_THROW((void)uploads_of("image/jpeg", ""), Problem);
  EXPECT_THROW((void)uploads_of("multipart/form-data", "--x--"), Problem);
}

}  // namespace
}  // namespace faceshot::serve
