#include "engine/worker_pool.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <numeric>

namespace faceshot::engine {
namespace {

TEST(WorkerPool, RunsEveryPartOnceAndWaitsForAll) {
  for (const int threads : {1, 2, 5}) {
    WorkerPool pool(threads);
    ASSERT_EQ(pool.threads(), threads);
    std::vector<int> calls(static_cast<std::size_t>(threads));
    for (int i = 1; i <= 1000; ++i) {
      pool.run([&](int part) { ++calls[static_cast<std::size_t>(part)]; });
      ASSERT_EQ(std::accumulate(calls.begin(), calls.end(), 0), i * threads);
    }
    EXPECT_EQ(calls, std::vector<int>(static_cast<std::size_t>(threads), 1000));
  }
}

TEST(WorkerPool, PartsAreDifferentThreads) {
  WorkerPool pool(3);
  std::vector<std::thread::id> ids(3);
  pool.run([&](int part) { ids[static_cast<std::size_t>(part)] = std::this_thread::get_id(); });
  EXPECT_EQ(ids[0], std::this_thread::get_id());
  EXPECT_NE(ids[1], ids[0]);
  EXPECT_NE(ids[2], ids[0]);
  EXPECT_NE(ids[2], ids[1]);
}

TEST(WorkerPool, WakesUpAfterASleep) {
  WorkerPool pool(2);
  std::atomic<int> calls{0};
  for (int i = 0; i < 20; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    pool.run([&](int part) {
      if (part == 0 && i % 2 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      if (part == 1 && i % 2 == 1) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      ++calls;
    });
  }
  EXPECT_EQ(calls, 40);
}

TEST(WorkerPool, IdleThreadsTakeNoTime) {
  WorkerPool pool(4);
  pool.run([](int) {});
  const std::clock_t before = std::clock();  // of all threads of the process
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_LT(static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC, 0.05);
}

}  // namespace
}  // namespace faceshot::engine
