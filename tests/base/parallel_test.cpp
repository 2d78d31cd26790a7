#include "base/parallel.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace faceshot::base {
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
    // The first three wait for each other: with fewer than three threads this would never return.
    ++started;
    while (started < 3) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // gives a fourth thread a chance
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

TEST(ParallelFor, ALoopInsideALoopRethrowsToItsOwnCaller) {
  std::atomic<int> caught{0};
  parallel_for(8, 3, [&](std::size_t) {
    try {
      parallel_for(100, 3, [](std::size_t i) {
        if (i == 50) throw std::runtime_error("inside");
      });
    } catch (const std::runtime_error&) {
      ++caught;
    }
  });
  EXPECT_EQ(caught, 8);
}

TEST(ParallelFor, ManyCallersAtOnce) {
  std::vector<std::thread> callers;
  std::atomic<std::size_t> wrong{0};
  for (std::size_t caller = 0; caller < 6; ++caller)
    callers.emplace_back([&wrong, caller] {
      for (std::size_t round = 0; round < 300; ++round) {
        std::vector<std::size_t> squares(round % 17);
        parallel_for(squares.size(), 1 + static_cast<int>(caller % 4),
                     [&](std::size_t i) { squares[i] = i * i; });
        for (std::size_t i = 0; i < squares.size(); ++i) wrong += squares[i] != i * i ? 1 : 0;
      }
    });
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(wrong, 0U);
}

TEST(ParallelFor, DoesNotWaitForAThreadThatHadNoTurn) {
  // The other thread is kept busy in a loop of its own; the caller does what it does not get to.
  std::atomic<bool> is_kept{false}, may_go{false};
  std::thread keeper([&] {
    parallel_for(2, 2, [&](std::size_t) {
      is_kept = true;
      while (!may_go) std::this_thread::yield();
    });
  });
  while (!is_kept) std::this_thread::yield();
  for (int round = 0; round < 100; ++round) {
    std::atomic<int> calls{0};
    parallel_for(10, 2, [&](std::size_t) { ++calls; });
    EXPECT_EQ(calls, 10);
  }
  may_go = true;
  keeper.join();
}

TEST(ParallelFor, SleepersWakeUpAgain) {
  for (int round = 0; round < 5; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
    std::atomic<int> started{0};
    parallel_for(2, 2, [&](std::size_t) {
      ++started;
      while (started < 2) std::this_thread::yield();
    });
    EXPECT_EQ(started, 2);
  }
}

#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(ParallelFor, GoesOnWithoutThreadsThatCannotBeMade) {
  // Leaves no room for another stack.
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_AS, &before), 0);
  const rlimit low{pages * static_cast<std::size_t>(getpagesize()) + (1U << 20), before.rlim_max};
  std::atomic<int> calls{0};
  ASSERT_EQ(setrlimit(RLIMIT_AS, &low), 0);
  parallel_for(100, 50, [&](std::size_t) { ++calls; });
  ASSERT_EQ(setrlimit(RLIMIT_AS, &before), 0);
  EXPECT_EQ(calls, 100);
}
#endif

}  // namespace
}  // namespace faceshot::base
