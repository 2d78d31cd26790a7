#include "faceshot/parallel.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace faceshot {
namespace {

TEST(ParallelFor, CallsEachIndexOnce) {
  for (const int threads : {-1, 0, 1, 2, 3, 8})
    for (const std::size_t count : {0U, 1U, 2U, 7U, 1000U}) {
      std::vector<std::atomic<int>> calls(count);
      parallel_for(count, threads, [&](std::size_t i) { ++calls.at(i); });
      for (std::size_t i = 0; i < count; ++i)
        ASSERT_EQ(calls[i], 1) << i << " of " << count << ", " << threads << " threads";
    }
}

TEST(ParallelFor, OneThreadRunsInOrderOnTheCaller) {
  const std::thread::id caller = std::this_thread::get_id();
  std::vector<std::size_t> order;
  parallel_for(5, 1, [&](std::size_t i) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    order.push_back(i);
  });
  EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
}

TEST(ParallelFor, UsesAsManyThreadsAsAskedAndTheCallerIsOne) {
  std::mutex mutex;
  std::set<std::thread::id> ids;
  std::atomic<int> started{0};
  parallel_for(60, 3, [&](std::size_t) {
    // The first three wait for each other: with fewer than three threads this would never end.
    ++started;
    while (started < 3) std::this_thread::yield();
    std::this_thread::sleep_for(
        std::chrono::milliseconds(1));  // a fourth thread would get its turn
    const std::lock_guard lock(mutex);
    ids.insert(std::this_thread::get_id());
  });
  EXPECT_EQ(ids.size(), 3U);
  EXPECT_EQ(ids.count(std::this_thread::get_id()), 1U);
}

TEST(ParallelFor, AnExceptionReachesTheCallerAndStopsTheRest) {
  for (const int threads : {1, 4}) {
    std::atomic<int> calls{0};
    try {
      parallel_for(1000000, threads, [&](std::size_t i) {
        ++calls;
        if (i == 10) throw std::runtime_error("at ten");
      });
      FAIL() << "no exception with " << threads << " threads";
    } catch (const std::runtime_error& e) {
      EXPECT_EQ(std::string(e.what()), "at ten");
    }
    EXPECT_LT(calls, 1000000);
  }
}

TEST(ParallelFor, SeveralExceptionsAreOneAtTheCaller) {
  EXPECT_THROW(parallel_for(100, 4, [](std::size_t) { throw std::runtime_error("each"); }),
               std::runtime_error);
}

TEST(ParallelFor, CanBeNested) {
  std::atomic<int> calls{0};
  parallel_for(4, 2, [&](std::size_t) { parallel_for(5, 2, [&](std::size_t) { ++calls; }); });
  EXPECT_EQ(calls, 20);
}

}  // namespace
}  // namespace faceshot
