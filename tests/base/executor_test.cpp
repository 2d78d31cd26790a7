#include "base/executor.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace faceshot::base {
namespace {

TEST(Executor, AStageSeesWhatTheOneBeforeWrote) {
  for (const int threads : {1, 2, 5})
    for (const std::size_t pieces : {1U, 3U, 17U}) {
      std::vector<int> first(pieces), second(pieces);
      int sum = 0;
      int round = 0;
      const std::vector<Stage> stages{
          {pieces, [&](std::size_t i, int) { first[i] = round; }},
          {pieces,
           [&](std::size_t i, int) {
             second[i] = 0;
             for (const int value : first) second[i] += value;
           }},
          {0, [&](std::size_t, int) { ADD_FAILURE() << "has no pieces"; }},
          {1, [&](std::size_t, int) {
             for (const int value : second) sum += value;
           }}};
      for (round = 1; round <= 300; ++round) {
        sum = 0;
        Executor::shared().run(stages, threads);
        ASSERT_EQ(sum, round * static_cast<int>(pieces * pieces)) << threads;
      }
    }
}

TEST(Executor, WorkersThatRunAtOnceAreDifferentAndBelowTheThreads) {
  constexpr int threads = 3;
  std::vector<std::atomic<int>> inside(threads);
  std::atomic<int> wrong{0};
  const Stage stage{2000, [&](std::size_t, int worker) {
                      if (worker < 0 || worker >= threads) {
                        ++wrong;
                        return;
                      }
                      auto& own = inside[static_cast<std::size_t>(worker)];
                      if (++own != 1) ++wrong;
                      --own;
                    }};
  const std::vector<Stage> stages(3, stage);
  Executor::shared().run(stages, threads);
  EXPECT_EQ(wrong, 0);
}

TEST(Executor, AFailureEndsTheStagesAndTheNextRunIsWhole) {
  for (const int threads : {1, 3}) {
    std::atomic<int> later{0}, calls{0};
    bool fails = true;
    const std::vector<Stage> stages{{100,
                                     [&](std::size_t i, int) {
                                       ++calls;
                                       if (fails && i == 5) throw std::runtime_error("five");
                                     }},
                                    {10, [&](std::size_t, int) { ++later; }}};
    EXPECT_THROW(Executor::shared().run(stages, threads), std::runtime_error);
    EXPECT_EQ(later, 0);
    fails = false;
    calls = 0;
    Executor::shared().run(stages, threads);
    EXPECT_EQ(calls, 100);
    EXPECT_EQ(later, 10);
  }
}

TEST(Executor, AHostsRunnerGetsThePiecesAndItsExceptionsComeBack) {
  /// Backwards and on one thread: the contract allows it.
  class Backwards : public ParallelRunner {
   public:
    void run(std::size_t count, int workers,
             const std::function<void(std::size_t, int)>& body) override {
      ++loops;
      for (std::size_t i = count; i-- > 0;) body(i, static_cast<int>(i) % workers);
    }
    int loops = 0;
  };
  Backwards runner;
  std::vector<std::size_t> order;
  const std::vector<Stage> stages{{3, [&](std::size_t i, int) { order.push_back(i); }},
                                  {1, [&](std::size_t i, int) { order.push_back(10 + i); }}};
  run_stages(stages, 2, &runner);
  EXPECT_EQ(order, (std::vector<std::size_t>{2, 1, 0, 10}));
  EXPECT_EQ(runner.loops, 1);  // a single piece needs no runner
  const std::vector<Stage> failing{{5, [](std::size_t i, int) {
                                      if (i == 2) throw std::runtime_error("two");
                                    }}};
  EXPECT_THROW(run_stages(failing, 2, &runner), std::runtime_error);
}

namespace fs = std::filesystem;

std::set<fs::path> threads_of_this_process() {
  std::set<fs::path> threads;
  for (const auto& thread : fs::directory_iterator("/proc/self/task"))
    threads.insert(thread.path());
  return threads;
}

/// Whether a thread is waiting, according to Linux.
bool sleeps(const fs::path& thread) {
  std::ifstream in(thread / "stat");
  std::string text;
  std::getline(in, text);
  const std::size_t name_end = text.rfind(')');  // the name may hold anything
  return text.size() > name_end + 2 && text[name_end + 2] == 'S';
}

TEST(Executor, SleepsBetweenRuns) {
  const Stage stage{4, [](std::size_t, int) {}};
  Executor::shared().run({&stage, 1}, 4);
  auto workers = threads_of_this_process();
  workers.erase("/proc/self/task/" + std::to_string(::getpid()));
  ASSERT_GE(workers.size(), 3U);
  // They fall asleep sooner or later, however busy the machine is; a spinning thread never does.
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!std::all_of(workers.begin(), workers.end(), sleeps) &&
         std::chrono::steady_clock::now() < patience)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_TRUE(std::all_of(workers.begin(), workers.end(), sleeps));
}

TEST(TaskGroup, DoesAllTasksAndNoMoreAtOnceThanItMay) {
  for (const int threads : {1, 2, 4}) {
    std::atomic<int> done{0}, inside{0}, most{0};
    {
      TaskGroup group(threads);
      for (int i = 0; i < 200; ++i)
        group.add([&](int worker) {
          EXPECT_GE(worker, 0);
          EXPECT_LT(worker, threads);
          const int now = ++inside;
          for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
          }
          --inside;
          ++done;
        });
      while (done < 200)
        if (!group.help()) std::this_thread::yield();
    }
    EXPECT_EQ(done, 200);
    EXPECT_LE(most, threads);
  }
}

TEST(TaskGroup, ItsEndDropsWhatHasNotBegunAndWaitsForWhatHas) {
  std::atomic<int> begun{0}, ended{0};
  {
    TaskGroup group(2);
    for (int i = 0; i < 1000; ++i)
      group.add([&](int) {
        ++begun;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        ++ended;
      });
    while (begun == 0)
      if (!group.help()) std::this_thread::yield();
  }
  EXPECT_EQ(begun, ended);
  EXPECT_LT(begun, 1000);
}

TEST(TaskGroup, ATaskMayAddOthers) {
  std::atomic<int> done{0};
  std::function<void(int)> task;
  TaskGroup group(2);
  task = [&](int) {
    if (++done < 50) group.add(task);
  };
  group.add(task);
  while (done < 50)
    if (!group.help()) std::this_thread::yield();
  EXPECT_EQ(done, 50);
}

TEST(TaskGroup, LoopsRunBesideItsTasks) {
  std::atomic<bool> may_go{false};
  std::atomic<int> kept{0};
  TaskGroup group(2);
  for (int i = 0; i < 2; ++i)
    group.add([&](int) {
      ++kept;
      while (!may_go) std::this_thread::yield();
    });
  while (kept < 2) std::this_thread::yield();
  // Its threads are busy, yet loops still get threads.
  std::atomic<int> started{0};
  const Stage stage{2, [&](std::size_t, int) {
                      ++started;
                      while (started < 2) std::this_thread::yield();
                    }};
  Executor::shared().run({&stage, 1}, 2);
  EXPECT_EQ(started, 2);
  may_go = true;
}

}  // namespace
}  // namespace faceshot::base
