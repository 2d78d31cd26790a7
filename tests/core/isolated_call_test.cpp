#include "core/isolated_call.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot {
namespace {

class IsolatedCall : public ::testing::Test {
 protected:
  void SetUp() override {
    // Of this process: tests of the others may run at the same time.
    path_ = std::filesystem::path(::testing::TempDir()) /
            ("isolated_call_" + std::to_string(::getpid()) + ".bin");
    std::ofstream(path_) << "a file";
  }
  void TearDown() override { std::filesystem::remove(path_); }

  /// The code of the error that came of it.
  [[nodiscard]] ErrorCode code_of(const std::function<void()>& call) const {
    try {
      try_isolated(path_, 2, call);
    } catch (const Error& e) {
      return e.code();
    }
    ADD_FAILURE() << "no error";
    return ErrorCode::cancelled;
  }

  std::filesystem::path path_;
};

TEST_F(IsolatedCall, ReturnsWhatEndsWellAndChangesNothingHere) {
  int here = 1;
  EXPECT_NO_THROW(try_isolated(path_, 2, [&] { here = 2; }));
  EXPECT_EQ(here, 1);
}

TEST_F(IsolatedCall, ErrorsComeThrough) {
  for (const ErrorCode code : {ErrorCode::invalid_argument, ErrorCode::unsupported})
    EXPECT_EQ(code_of([&] { throw Error(code, "this and that"); }), code);
  try {
    try_isolated(path_, 2, [] { throw Error(ErrorCode::io, "this and that"); });
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "this and that");
  }
}

TEST_F(IsolatedCall, ABreakdownIsADamagedFile) {
  EXPECT_EQ(code_of([] { std::abort(); }), ErrorCode::format);
  EXPECT_EQ(code_of([] { std::_Exit(0); }), ErrorCode::format);
  EXPECT_EQ(code_of([] { throw std::bad_alloc(); }), ErrorCode::format);
}

TEST_F(IsolatedCall, WhatRunsOnForeverIsEnded) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(code_of([] {
              volatile unsigned count = 0;
              for (;;) count = count + 1;
            }),
            ErrorCode::format);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

TEST_F(IsolatedCall, WithoutTheFileThereIsNothingToTry) {
  std::filesystem::remove(path_);
  EXPECT_EQ(code_of([] {}), ErrorCode::not_found);
}

}  // namespace
}  // namespace faceshot
