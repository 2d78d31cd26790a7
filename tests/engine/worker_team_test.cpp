#include "engine/worker_team.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <thread>
#include <vector>

namespace faceshot::engine {
namespace {

TEST(WorkerTeam, AllPartsRunAndSeeWhatWasWrittenBeforeABarrier) {
  for (const int threads : {1, 2, 5}) {
    WorkerTeam team(threads);
    const auto count = static_cast<std::size_t>(threads);
    std::vector<int> first(count), second(count);
    for (int run = 1; run <= 2000; ++run) {
      team.run([&](int part) {
        const auto own = static_cast<std::size_t>(part);
        first[own] = run;
        team.barrier();
        second[own] = 0;
        for (const int value : first) second[own] += value;
        team.barrier();
        first[own] = 0;
      });
      for (const int sum : second) ASSERT_EQ(sum, run * threads);
    }
  }
}

TEST(WorkerTeam, SleepsBetweenRuns) {
  WorkerTeam team(4);
  team.run([](int) {});
  const std::clock_t before = std::clock();  // processor time of all threads
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_LT(static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC, 0.03);
}

}  // namespace
}  // namespace faceshot::engine
