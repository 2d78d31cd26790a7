#include "base/in_order.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

namespace faceshot::base {
namespace {

TEST(WorkInOrder, TakesResultsInOrderWhateverIsReadyFirst) {
  for (const int threads : {0, 1, 2, 3, 16})
    for (const std::size_t count : {0U, 1U, 2U, 100U}) {
      std::vector<std::size_t> taken;
      work_in_order(
          count, threads,
          [&](std::size_t i) {
            if (i % 3 == 0) std::this_thread::sleep_for(std::chrono::microseconds(300));
            return std::to_string(i);
          },
          [&](std::size_t i, const std::string& result) {
            EXPECT_EQ(result, std::to_string(i));
            taken.push_back(i);
          });
      ASSERT_EQ(taken.size(), count) << threads;
      for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(taken[i], i);
    }
}

TEST(WorkInOrder, HoldsNoMoreThanTwoResultsAThread) {
  std::atomic<std::size_t> begun{0};
  std::size_t taken = 0;
  work_in_order(
      200, 4, [&](std::size_t i) { return ++begun, i; },
      [&](std::size_t, std::size_t) {
        EXPECT_LE(begun, taken + 8);
        if (taken % 50 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
        ++taken;
      });
}

TEST(WorkInOrder, TheFirstFailureInOrderIsThrownAfterWhatCameBefore) {
  for (const int threads : {1, 4}) {
    std::size_t taken = 0;
    const auto run = [&] {
      work_in_order(
          100, threads,
          [](std::size_t i) {
            if (i == 40 || i == 41) throw std::runtime_error(std::to_string(i));
            return i;
          },
          [&](std::size_t, std::size_t) { ++taken; });
    };
    try {
      run();
      FAIL() << "no exception";
    } catch (const std::runtime_error& e) {
      EXPECT_STREQ(e.what(), "40");
    }
    EXPECT_EQ(taken, 40U);
  }
}

TEST(WorkInOrder, StopsWhenTakingFails) {
  std::atomic<std::size_t> begun{0};
  EXPECT_THROW(work_in_order(
                   10000, 4, [&](std::size_t i) { return ++begun, i; },
                   [](std::size_t i, std::size_t) {
                     if (i == 5) throw std::runtime_error("full");
                   }),
               std::runtime_error);
  EXPECT_LT(begun, 40U);
}

}  // namespace
}  // namespace faceshot::base
