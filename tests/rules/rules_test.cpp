#include "rules/rules.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>

#include "rules/planted.hpp"

namespace faceshot::rules {
namespace {

/// What `program` and all its subcommands print for --help.
std::string help_of(const std::string& program) {
  std::string text;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(
      ::popen((program + " --help 2>&1").c_str(), "r"), ::pclose);
  char buffer[4096];
  while (std::fgets(buffer, sizeof buffer, pipe.get()) != nullptr) text += buffer;
  const std::size_t at = text.find("\nSubcommands:\n");
  if (at == std::string::npos) return text;
  std::string all = text;
  std::size_t line = text.find('\n', at + 1) + 1;
  while (line < text.size() && text.compare(line, 2, "  ") == 0) {
    const std::size_t end = text.find('\n', line);
    const std::string row = text.substr(line + 2, end - line - 2);
    if (!row.empty() && row.front() != ' ')
      all += help_of(program + " " + row.substr(0, row.find(' ')));
    line = end + 1;
  }
  return all;
}

TEST(Rules, RoomsUseRoomsAbove) { EXPECT_EQ(text_of(forbidden_edges(project)), ""); }
TEST(Rules, PagesNameWhatIsThere) { EXPECT_EQ(text_of(missing_paths(project)), ""); }
TEST(Rules, FilesAndFunctionsAreShort) { EXPECT_EQ(text_of(too_long(project)), ""); }
TEST(Rules, SkipsAreListed) { EXPECT_EQ(text_of(unlisted_skips(project)), ""); }
TEST(Rules, KernelsAreTestedAtEveryLevel) { EXPECT_EQ(text_of(untested_levels(project)), ""); }
TEST(Rules, OneOfEachMechanism) { EXPECT_EQ(text_of(second_mechanisms(project)), ""); }
TEST(Rules, HeadersComeFirstInTheirSource) { EXPECT_EQ(text_of(headers_not_first(project)), ""); }
TEST(Rules, NamesAreInTheirRoomsNamespace) { EXPECT_EQ(text_of(foreign_namespaces(project)), ""); }

// A separate suite, since it may be skipped.
TEST(RulesOfOptions, PagesAndHelpHaveTheSame) {
  if (!FACESHOT_HAS_TRAIN)
    GTEST_SKIP() << "SKIPPED: options in the docs are NOT compared with --help: half of them are "
                    "faceshot train's, which is not built here (FACESHOT_BUILD_TRAIN)";
  const std::string help = help_of(FACESHOT_PROGRAM);
  ASSERT_GT(options_of(help).size(), 50U) << help;
  EXPECT_EQ(text_of(unknown_options(project, help)), "");
}

TEST_F(Planted, AnEdgeUpwards) {
  write("src/rooms.txt", "low:\nhigh: low\n");
  write("src/low/a.cpp", "#include \"low/a.hpp\"\n#include \"faceshot/box.hpp\"\n");
  write("src/high/b.cpp", "#include \"low/a.hpp\"\n");
  EXPECT_EQ(text_of(forbidden_edges(root_)), "");
  write("src/low/c.cpp", "#include \"high/b.hpp\"\n");
  EXPECT_EQ(text_of(forbidden_edges(root_)), "src/low/c.cpp: low may not use high\n");
  write("src/low/c.cpp", "");
  write("src/rooms.txt", "low: high\nhigh: low\n");
  EXPECT_EQ(text_of(forbidden_edges(root_)),
            "src/rooms.txt: low uses high, which is not above it\n");
  write("src/rooms.txt", "low:\n");
  EXPECT_EQ(text_of(forbidden_edges(root_)), "src/high/b.cpp: src/rooms.txt does not know high\n");
}

TEST_F(Planted, APathThatIsNotThere) {
  write("src/a.cpp", "");
  write("docs/page.md", "[a](../src/a.cpp) `src/a.cpp` src/a, and https://x.org/src/b.cpp");
  EXPECT_EQ(text_of(missing_paths(root_)), "");
  write("docs/page.md", "[b](b.md#part)\n`src/b.cpp`");
  EXPECT_EQ(text_of(missing_paths(root_)),
            "docs/page.md: links to b.md\ndocs/page.md: names src/b.cpp\n");
}

TEST_F(Planted, ALongFileAndALongFunction) {
  const auto lines = [](int n) {
    std::string text;
    for (int i = 0; i < n; ++i) text += "  x();\n";
    return text;
  };
  write("src/a.cpp", "void f() {\n" + lines(79) + "}\n");
  EXPECT_EQ(text_of(too_long(root_)), "");
  write("src/a.cpp", "void f(int a,\n       int b) {\n" + lines(80) + "}\n");
  write("src/b.cpp", lines(501));
  EXPECT_EQ(text_of(too_long(root_)), "src/a.cpp: f() has 81 lines\nsrc/b.cpp: 501 lines\n");
  write("tests/rules/long.txt", "# why\nsrc/a.cpp f\nsrc/b.cpp\nsrc/c.cpp\n");
  EXPECT_EQ(text_of(too_long(root_)), "tests/rules/long.txt: nothing needs 'src/c.cpp'\n");
}

TEST_F(Planted, ASkipThatNobodyListed) {
  write("tests/a/a_test.cpp", "if (!there) GTEST_SKIP() << 1;\n");
  EXPECT_EQ(text_of(unlisted_skips(root_)), "tests/a/a_test.cpp: may skip, and is not listed\n");
  write("tests/rules/skips.txt", "tests/a/a_test.cpp: needs a GPU\ntests/b.cpp: the same\n");
  EXPECT_EQ(text_of(unlisted_skips(root_)), "tests/rules/skips.txt: tests/b.cpp skips nothing\n");
}

TEST_F(Planted, KernelsWithoutLevels) {
  write("src/fast/kernels.cpp", "static const Kernels k = kernels_of(isa());\n");
  write("tests/fast/CMakeLists.txt", "faceshot_test(NAME fast SOURCES a.cpp)\n");
  EXPECT_EQ(untested_levels(root_).size(), 1U);
  write("tests/fast/CMakeLists.txt",
        "faceshot_test_levels(fast TARGET test_fast LEVELS avx2 FILTER *)\n");
  EXPECT_EQ(text_of(untested_levels(root_)), "");
}

TEST_F(Planted, ASecondMechanism) {
  write("src/base/simd/isa.cpp", "bool a = __builtin_cpu_supports(\"avx2\");\n");
  write("src/base/executor.cpp", "std::thread([] {}).detach();\n");
  write("src/support/npy.hpp", "\"\\x93NUMPY\"\n");
  write("src/a/a.cpp", "int n = std::thread::hardware_concurrency();\n");
  EXPECT_EQ(text_of(second_mechanisms(root_)), "");
  write("src/a/cpu.cpp", "#include <cpuid.h>\n");
  write("src/a/level.cpp", "__attribute__((target(\"avx2\"))) void f();\n");
  write("src/a/CMakeLists.txt", "set(flags -mavx2)\n");
  write("src/a/loop.cpp", "#pragma omp parallel for\n");
  write("apps/b.cpp", "std::vector<std::jthread> threads;\n");
  write("src/a/npy.cpp", "\"\\x93NUMPY\"\n");
  EXPECT_EQ(text_of(second_mechanisms(root_)),
            "src/a/CMakeLists.txt: chooses instructions, which is done in src/base/simd/ alone\n"
            "src/a/cpu.cpp: asks the CPU, which is done in src/base/simd/ alone\n"
            "src/a/level.cpp: chooses instructions, which is done in src/base/simd/ alone\n"
            "src/a/loop.cpp: makes threads, which is done in src/base/ alone\n"
            "src/a/npy.cpp: has a codec for NPY, which is done in src/support/npy.hpp alone\n"
            "apps/b.cpp: makes threads, which is done in src/base/ alone\n");
}

TEST_F(Planted, AHeaderThatLeansOnOthers) {
  write("src/a/b.hpp", "#pragma once\n");
  write("src/a/b.cpp", "// What.\n#include \"a/b.hpp\"\n\n#include <string>\n");
  EXPECT_EQ(text_of(headers_not_first(root_)), "");
  write("src/a/b.cpp", "#include <string>\n\n#include \"a/b.hpp\"\n");
  EXPECT_EQ(text_of(headers_not_first(root_)), "src/a/b.cpp: does not include a/b.hpp first\n");
}

TEST_F(Planted, ANameInAnotherNamespace) {
  const auto in = [](const std::string& space, const std::string& text) {
    return "namespace " + space + " {\n" + text + "}  // namespace " + space + "\n";
  };
  const std::string names =
      "\nstruct A;\n\n/// What.\ninline int f() {\n  return 1;\n}\n\nint g();\n\n";
  write("include/faceshot/a.hpp", "#pragma once\n\n" + in("faceshot", names));
  write("src/low/a.hpp", "struct archive;\n\nnamespace faceshot::high {\nclass B;\n}\n\n" +
                             in("faceshot::low", names + in("inner", names)));
  write("src/low/b.hpp",
        "#define TWICE(x) \\\n  ((x) * 2)\n" + in("faceshot::low::b", in("", names)));
  write("src/export/a.hpp", in("faceshot::exporter", names));
  EXPECT_EQ(text_of(foreign_namespaces(root_)), "");
  write("include/faceshot/a.hpp", in("faceshot::low", names));
  write("src/low/a.hpp", "int h();\n" + in("faceshot", names) + in("faceshot::low", names));
  write("src/low/b.hpp", in("faceshot::lower", names));
  EXPECT_EQ(text_of(foreign_namespaces(root_)),
            "include/faceshot/a.hpp: declares in faceshot::low, not in faceshot\n"
            "src/low/a.hpp: declares in no namespace, not in faceshot::low\n"
            "src/low/a.hpp: declares in faceshot, not in faceshot::low\n"
            "src/low/b.hpp: declares in faceshot::lower, not in faceshot::low\n");
}

TEST_F(Planted, OptionsThatNobodyHas) {
  write("README.md", "    faceshot detect --out a \\\n        --score 0.5\n    cmake --build x\n");
  EXPECT_EQ(text_of(unknown_options(root_, "  --out TEXT\n  --score FLOAT\n")), "");
  EXPECT_EQ(text_of(unknown_options(root_, "  --out TEXT\n  --json\n")),
            "README.md: gives faceshot --score\nno page mentions --json\n");
}

}  // namespace
}  // namespace faceshot::rules
