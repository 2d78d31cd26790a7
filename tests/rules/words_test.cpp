#include "rules/words.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "rules/planted.hpp"

namespace faceshot::rules {
namespace {

TEST(Rules, WordsAreThoseOfTheGlossary) { EXPECT_EQ(text_of(banned_words(project)), ""); }
TEST(Rules, PagesRepeatTheMeasuredFigures) { EXPECT_EQ(text_of(other_figures(project)), ""); }

TEST_F(Planted, ABannedWord) {
  write("docs/glossary.md",
        "# Glossary\n| `box` | x |\n## Words we do not use\n\n| not | but |\n"
        "|---|---|\n| `false alarm` | false positive |\n");
  write("src/a/a.cpp", "// A box.\nint false_alarm = 0;  // false alarmism\n");
  write("README.md", "Fine.\n");
  EXPECT_EQ(text_of(banned_words(root_)), "");
  write("src/a/a.cpp", "/// One False\n  /// alarm.\n");
  write("apps/b.cpp", "print(\"a false \"\n      \"alarm\");\n");
  write("README.md", "A `false\nalarm`.\n");
  EXPECT_EQ(text_of(banned_words(root_)),
            "README.md: says 'false alarm'; see docs/glossary.md\n"
            "src/a/a.cpp: says 'false alarm'; see docs/glossary.md\n"
            "apps/b.cpp: says 'false alarm'; see docs/glossary.md\n");
  write("docs/glossary.md", "## Words we do not use\n");
  EXPECT_EQ(text_of(banned_words(root_)), "docs/glossary.md: bans no words\n");
}

TEST_F(Planted, AnotherFigure) {
  write("docs/benchmarks.json",
        R"({"figures": {"nano": {"what": "AP", "date": "2026-11-30", "cpu": "any",
            "command": "faceshot evaluate", "values": {"easy": "0.9"}}}})");
  write("README.md", "| AP |\n|---|\n| **<!--=nano.easy-->0.9<!--/-->** |\n3.5 times\n");
  write("docs/a.md", "| 0.8 |\n");
  EXPECT_EQ(text_of(other_figures(root_)), "");
  write("README.md", "| <!--=nano.easy-->0.8<!--/--> | <!--=nano.hard-->0.7<!--/--> |\n| 0.6 |\n");
  EXPECT_EQ(text_of(other_figures(root_)),
            "README.md: nano.easy is 0.8, docs/benchmarks.json says 0.9\n"
            "README.md: docs/benchmarks.json has no nano.hard\n"
            "README.md: a figure without a mark: | 0.6 |\n");
  write("README.md", "");
  write("docs/benchmarks.json", R"({"figures": {"nano": {"what": "AP", "date": "", "cpu": "any",
            "values": {"easy": "0.9"}}}})");
  EXPECT_EQ(text_of(other_figures(root_)),
            "docs/benchmarks.json: nano has no date\ndocs/benchmarks.json: nano has no command\n");
}

}  // namespace
}  // namespace faceshot::rules
