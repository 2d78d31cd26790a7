#include "weights/isolated.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>

#include "data/test_folder.hpp"
#include "weights/expected.hpp"

namespace faceshot::weights {
namespace {

using testing::expect_error;

class Isolated : public ::testing::Test {
 protected:
  void expect_broken(const std::function<void(const ArraySink&)>& read) const {
    expect_error(ErrorCode::format, "crashed", [&] { (void)read_isolated(path_, read); });
  }
  const testing::TestFolder folder_;
  const std::filesystem::path path_ = folder_.write("x.h5", "nothing");
};

TEST_F(Isolated, GivesWhatWasRead) {
  const NamedArray one{"a", "float16", {2, 1}, {1, -2}};
  const NamedArray none{"", "int8", {0}, {}};
  const auto arrays = read_isolated(path_, [&](const ArraySink& sink) {
    sink(one);
    sink(none);
  });
  ASSERT_EQ(arrays.size(), 2U);
  testing::expect_equal(arrays[0], one);
  testing::expect_equal(arrays[1], none);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a process was left behind";
  EXPECT_EQ(errno, ECHILD);
}

TEST_F(Isolated, ErrorsComeThrough) {
  expect_error(ErrorCode::unsupported, "just so", [&] {
    (void)read_isolated(path_,
                        [](const ArraySink&) { throw Error(ErrorCode::unsupported, "just so"); });
  });
}

TEST_F(Isolated, BreakdownsAreErrors) {
  expect_broken([](const ArraySink&) { std::raise(SIGSEGV); });
  expect_broken([](const ArraySink& sink) {
    sink({"a", "float32", {1}, {1}});
    std::abort();
  });
  expect_broken([](const ArraySink&) { throw std::bad_alloc(); });
  // An array that claims more than it has.
  expect_error(ErrorCode::format, "invalid data", [&] {
    (void)read_isolated(path_, [](const ArraySink& sink) { sink({"a", "float32", {1000}, {1}}); });
  });
}

TEST_F(Isolated, ClaimsAreNotBelieved) {
  expect_error(ErrorCode::format, "claims more values", [&] {
    (void)read_isolated(path_, [](const ArraySink& sink) {
      sink({"a", "float32", {1 << 30, 1 << 30}, {}});
    });
  });
}

TEST_F(Isolated, MemoryIsLimited) {
  expect_broken([](const ArraySink&) {
    const std::vector<char> much(std::size_t{2} << 30, 'x');
    std::ofstream("/dev/null") << much.back();
  });
}

}  // namespace
}  // namespace faceshot::weights
