#include "support/document.hpp"

#include <gtest/gtest.h>

#include <string>

#include "faceshot/error.hpp"
#include "support/markup.hpp"

namespace faceshot::support {
namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++n;
  return n;
}

Document example() {
  Document document{"A <title>", "below", {}};
  CurveChart chart{
      "Curve", "recall", "precision", {{"one & two", {{0.25, 0.5, "score 0.9"}, {2, 1, {}}}}}};
  document.sections.push_back(
      {"first",
       "First",
       {Paragraph{"a < b"}, Table{"A table", {"what", "number"}, {{"x | y", "1"}, {"z", "2"}}, {1}},
        chart, Gallery{{{"\xFF\xD8", "a \"picture\"", "caption"}}}, RawHtml{"<hr>"}}});
  document.sections.push_back({"second", "Second", {}});
  return document;
}

// RFC 4648, section 10.
TEST(Markup, Base64) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xFF\xD8"), "/9g=");
}

TEST(HtmlPage, HoldsEverythingAndNamesIt) {
  const std::string page = html_page(example());
  EXPECT_EQ(page.find("<title>A &lt;title&gt;</title>") == std::string::npos, false);
  EXPECT_EQ(count(page, "http"), 0U) << "nothing is loaded";
  EXPECT_EQ(count(page, "<section"), count(page, "</section>"));
  EXPECT_EQ(count(page, "<table"), count(page, "</table>"));
  EXPECT_EQ(count(page, "<div"), count(page, "</div>"));
  EXPECT_EQ(count(page, "href='#first'"), 1U);
  EXPECT_EQ(count(page, "alt=\"a &quot;picture&quot;\" src='data:image/jpeg;base64,/9g='"), 1U);
  EXPECT_EQ(count(page, "<tr class='marked'><th scope='row'>z</th>"), 1U);
  EXPECT_EQ(count(page, "tabindex='0'"), 1U) << "the chart can be reached with the keyboard";
  EXPECT_EQ(count(page, "data-label=\"one &amp; two\" data-points=\"0.25;0.5;score 0.9\""), 1U)
      << "a point beyond the axis is not shown";
  EXPECT_EQ(count(page, "<hr>"), 1U);
}

TEST(HtmlPage, RefusesUnevenTablesAndTooManyCurves) {
  Document document{"", "", {{"a", "A", {Table{"", {"one", "two"}, {{"1"}}}}}}};
  EXPECT_THROW((void)html_page(document), Error);
  EXPECT_THROW((void)markdown(document), Error);
  document.sections[0].blocks = {CurveChart{"", "", "", std::vector<ChartSeries>(9)}};
  EXPECT_THROW((void)html_page(document), Error);
}

TEST(Markdown, SaysTheSame) {
  EXPECT_EQ(
      markdown(example()),
      "# A \\<title>\n\nbelow\n\n## First\n\na \\< b\n\nA table\n\n| what | number |\n|---|---:|\n"
      "| x \\| y | 1 |\n| **z** | 2 |\n\n### Curve\n\n| curve | recall | precision |  |\n"
      "|---|---:|---:|---:|\n| one & two | 0.25 | 0.5000 | score 0.9 |\n\n- caption\n\n"
      "## Second\n");
}

}  // namespace
}  // namespace faceshot::support
