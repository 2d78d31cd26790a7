#include "support/utf8.hpp"

#include <gtest/gtest.h>

namespace faceshot::support {
namespace {

// The limits of each length are from the table in RFC 3629, section 3; the invalid sequences from
// its sections 3 and 10 (overlong slash and NUL, surrogates, bytes that never occur).
TEST(Utf8, ValidAndInvalidSequencesOfTheRfc) {
  for (const char* text :
       {"", "a", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xEF\xBF\xBF", "\xED\x9F\xBF",
        "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "\x41\xE2\x89\xA2\xCE\x91\x2E",
        "\xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4", "\xEF\xBB\xBF\xF0\xA3\x8E\xB4"})
    EXPECT_TRUE(is_utf8(text)) << escaped(text);
  for (const char* text :
       {"\x80", "\xBF", "\xC0\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF",
        "\xE2\x89", "\xF0\x90\x80", "caf\xE9.jpg", "\xC2", "\xE9\xA0"})
    EXPECT_FALSE(is_utf8(text)) << escaped(text);
}

TEST(Utf8, OnlyWhatIsWrongIsEscaped) {
  EXPECT_EQ(escaped("caf\xE9.jpg"), "caf\\xE9.jpg");
  EXPECT_EQ(escaped("caf\xC3\xA9\n\xFF\xC3"), "caf\xC3\xA9\\x0A\\xFF\\xC3");
}

}  // namespace
}  // namespace faceshot::support
