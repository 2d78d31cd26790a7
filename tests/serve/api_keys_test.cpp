#include "serve/http/api_keys.hpp"

#include <gtest/gtest.h>

#include "faceshot/error.hpp"

namespace faceshot::serve {
namespace {

TEST(ApiKeys, KnowTheirOwners) {
  const ApiKeys keys = ApiKeys::parse(
      "# who may\n\ndoor-1 0123456789abcdef\n"
      "door-2  sha256:5E3E5BDBAD41D91D9A1E1B3B3F2E0A4D2E8C0E6C8AC0B5D6A0F0E7C1B2A39485\n",
      "keys.txt");
  EXPECT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys.owner_of("0123456789abcdef"), "door-1");
  EXPECT_FALSE(keys.owner_of(""));
  EXPECT_FALSE(keys.owner_of("0123456789abcdeF"));
  EXPECT_FALSE(keys.owner_of("0123456789abcdef "));
}

TEST(ApiKeys, MayStandAsTheirSums) {
  // SHA-256 of "abc": FIPS 180-2, appendix B.1.
  const ApiKeys keys = ApiKeys::parse(
      "a sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "keys.txt");
  EXPECT_EQ(keys.owner_of("abc"), "a");
}

TEST(ApiKeys, AreReadStrictly) {
  for (const char* const text :
       {"", "# none\n", "name\n", "name short\n", "name 0123456789abcdef more\n",
        "name sha256:12\n", "a 0123456789abcdef\na 0123456789abcdeg\n",
        "a 0123456789abcdef\nb 0123456789abcdef\n"})
    EXPECT_THROW((void)ApiKeys::parse(text, "keys.txt"), Error) << text;
  try {
    (void)ApiKeys::parse("a 0123456789abcdef\n\nb short\n", "keys.txt");
    ADD_FAILURE();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("keys.txt:3: "), std::string::npos) << e.what();
    EXPECT_EQ(std::string(e.what()).find("short,"), std::string::npos);
  }
}

TEST(ApiKeys, ComeInEitherHeader) {
  RequestHead head;
  EXPECT_EQ(key_of(head), "");
  head.api_key = "one";
  EXPECT_EQ(key_of(head), "one");
  head.authorization = "Bearer two";
  EXPECT_EQ(key_of(head), "two");
  head.authorization = "bearer  three ";
  EXPECT_EQ(key_of(head), "three");
  head.authorization = "Basic dXNlcjpwYXNz";
  EXPECT_EQ(key_of(head), "one");
}

}  // namespace
}  // namespace faceshot::serve
