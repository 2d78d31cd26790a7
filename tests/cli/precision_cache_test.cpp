#include "common/precision_cache.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

/// Sets or unsets an environment variable, and restores it.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* const before = std::getenv(name)) before_ = before;
    set(value);
  }
  ~Variable() { set(before_ ? before_->c_str() : nullptr); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  void set(const char* value) const {
    if (value != nullptr)
      ::setenv(name_, value, 1);
    else
      ::unsetenv(name_);
  }
  const char* name_;
  std::optional<std::string> before_;
};

class PrecisionCache : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(::testing::TempDir()) / ("precision_cache_" + std::to_string(::getpid()));
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  /// Asks, and counts how often a measurement was needed.
  Precision ask(const std::optional<fs::path>& folder, const PrecisionQuestion& question,
                const PrecisionTimes& times) {
    return remembered_precision(folder, question, [&] {
      ++measured_;
      return times;
    });
  }
  [[nodiscard]] fs::path only_file() const {
    EXPECT_EQ(std::distance(fs::directory_iterator(root_), {}), 1);
    return fs::directory_iterator(root_)->path();
  }

  const PrecisionQuestion question_{"a CPU", "123-abc", "0.1.0"};
  static constexpr PrecisionTimes fp32_faster{7.4, 8.0}, bf16_faster{3.2, 1.9};
  fs::path root_;
  int measured_ = 0;
};

TEST_F(PrecisionCache, TheFasterOneIsTakenIfItPays) {
  EXPECT_EQ(better_of({7.4, 8.0}), Precision::fp32);
  EXPECT_EQ(better_of({3.2, 1.9}), Precision::bf16);
  EXPECT_EQ(better_of({7.4, 7.3}), Precision::fp32) << "not for nothing";
}

TEST_F(PrecisionCache, MeasuresOnceAndRemembers) {
  const fs::path folder = root_ / "made" / "on the way";
  EXPECT_EQ(ask(folder, question_, bf16_faster), Precision::bf16);
  EXPECT_EQ(ask(folder, question_, fp32_faster), Precision::bf16);
  EXPECT_EQ(measured_, 1);
}

TEST_F(PrecisionCache, AnswersBelongToTheirQuestion) {
  EXPECT_EQ(ask(root_, question_, bf16_faster), Precision::bf16);
  const PrecisionQuestion others[] = {{"another CPU", question_.model, question_.version},
                                      {question_.cpu, "123-abd", question_.version},
                                      {question_.cpu, question_.model, "0.1.1"}};
  for (const PrecisionQuestion& other : others)
    EXPECT_EQ(ask(root_, other, fp32_faster), Precision::fp32);
  EXPECT_EQ(measured_, 4);
  EXPECT_EQ(ask(root_, question_, fp32_faster), Precision::bf16);
  EXPECT_EQ(ask(root_, others[1], bf16_faster), Precision::fp32);
  EXPECT_EQ(measured_, 4);
}

TEST_F(PrecisionCache, ADamagedFileIsAsGoodAsNone) {
  (void)ask(root_, question_, bf16_faster);
  const fs::path file = only_file();
  std::ifstream in(file, std::ios::binary);
  const std::string good((std::istreambuf_iterator<char>(in)), {});
  const auto heading = good.substr(0, good.find("fp32_ms"));
  for (const std::string& bad :
       {std::string(), std::string("text\n"), std::string(100'000, 'x'), good.substr(0, 30),
        good.substr(0, good.size() - 1), good + "more\n", heading, "x" + good,
        heading + "fp32_ms nan\nbf16_ms 2\n", heading + "fp32_ms 1\nbf16_ms -2\n",
        heading + "fp32_ms 1\nbf16_ms 0\n", heading + "fp32_ms 1e999\nbf16_ms 1\n",
        heading + "bf16_ms 1\nfp32_ms 2\n"}) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bad;
    measured_ = 0;
    EXPECT_EQ(ask(root_, question_, fp32_faster), Precision::fp32) << bad.substr(0, 200);
    EXPECT_EQ(ask(root_, question_, bf16_faster), Precision::fp32) << "replaced by a good one";
    EXPECT_EQ(measured_, 1);
  }
}

TEST_F(PrecisionCache, DoesWithoutAFolderThatCanBeWritten) {
  std::ofstream(root_ / "file") << "in the way";
  for (const auto& folder : {std::optional(root_ / "file" / "below"), std::optional(root_ / "file"),
                             std::optional<fs::path>("/proc/nowhere"), std::optional<fs::path>()}) {
    measured_ = 0;
    EXPECT_EQ(ask(folder, question_, bf16_faster), Precision::bf16);
    EXPECT_EQ(ask(folder, question_, fp32_faster), Precision::fp32);
    EXPECT_EQ(measured_, 2);
  }
  EXPECT_EQ(only_file(), root_ / "file");
}

TEST_F(PrecisionCache, AFailureToMeasureIsNotRemembered) {
  const auto fails = []() -> PrecisionTimes { throw Error(ErrorCode::unsupported, "no network"); };
  EXPECT_THROW((void)remembered_precision(root_, question_, fails), Error);
  EXPECT_EQ(ask(root_, question_, bf16_faster), Precision::bf16);
  EXPECT_EQ(measured_, 1);
}

TEST(CacheFolder, IsTheUsers) {
  {
    const Variable xdg("XDG_CACHE_HOME", "/somewhere/cache"), home("HOME", "/home/x");
    EXPECT_EQ(cache_folder(), fs::path("/somewhere/cache/faceshot"));
  }
  // The specification: relative paths are ignored.
  for (const char* const none : {"", "cache", static_cast<const char*>(nullptr)}) {
    const Variable xdg("XDG_CACHE_HOME", none);
    {
      const Variable home("HOME", "/home/x");
      EXPECT_EQ(cache_folder(), fs::path("/home/x/.cache/faceshot"));
    }
    const Variable home("HOME", none);
    EXPECT_EQ(cache_folder(), std::nullopt);
  }
}

TEST_F(PrecisionCache, FilesAreToldApartByWhatIsInThem) {
  const auto identity = [&](const std::string& content) {
    std::ofstream(root_ / "net.onnx", std::ios::binary) << content;
    return file_identity(root_ / "net.onnx");
  };
  EXPECT_EQ(identity(""), "0-cbf29ce484222325");  // published values of FNV-1a
  EXPECT_EQ(identity("foobar"), "6-85944171f73967e8");
  std::string large(200'000, 'x');
  const std::string whole = identity(large);
  large[150'000] = 'y';
  EXPECT_NE(identity(large), whole);
  EXPECT_THROW((void)file_identity(root_ / "missing.onnx"), Error);
  EXPECT_THROW((void)file_identity(root_), Error);
}

TEST(CpuModel, IsOneLineAndTheSameEachTime) {
  const std::string model = cpu_model();
#if defined(__x86_64__)
  EXPECT_FALSE(model.empty());
#endif
  EXPECT_EQ(model.find('\n'), std::string::npos);
  EXPECT_EQ(cpu_model(), model);
}

}  // namespace
}  // namespace faceshot::cli
