#include "engine/plan/worker_team.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "faceshot/error.hpp"

namespace faceshot::engine {
namespace {

TEST(WorkerTeam, AllPartsRunAndSeeWhatWasWrittenBeforeABarrier) {
  for (const int threads : {1, 2, 5}) {
    WorkerTeam team(threads);
    const auto count = static_cast<std::size_t>(threads);
    std::vector<int> first(count), second(count);
    const int runs =
        threads == 5 ? 200 : 2000;  // more threads than cores wait for each other's time slices
    for (int run = 1; run <= runs; ++run) {
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

namespace fs = std::filesystem;

std::set<fs::path> threads_of_this_process() {
  std::set<fs::path> threads;
  for (const auto& thread : fs::directory_iterator("/proc/self/task"))
    threads.insert(thread.path());
  return threads;
}

/// Whether a thread waits for something, as Linux tells it.
bool sleeps(const fs::path& thread) {
  std::ifstream in(thread / "stat");
  std::string text;
  std::getline(in, text);
  const std::size_t name_end = text.rfind(')');  // the name may hold anything
  return text.size() > name_end + 2 && text[name_end + 2] == 'S';
}

TEST(WorkerTeam, SleepsBetweenRuns) {
  const auto others = threads_of_this_process();
  WorkerTeam team(4);
  team.run([](int) {});
  auto workers = threads_of_this_process();
  std::erase_if(workers, [&](const fs::path& thread) { return others.contains(thread); });
  ASSERT_EQ(workers.size(), 3U);
  // They fall asleep at some time, however busy the machine is; one that spins never does.
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!std::all_of(workers.begin(), workers.end(), sleeps) &&
         std::chrono::steady_clock::now() < patience)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_TRUE(std::all_of(workers.begin(), workers.end(), sleeps));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
/// Makes a team where there is room for some of its threads only.
[[noreturn]] void make_team_without_room() {
  std::ifstream in("/proc/self/statm");
  rlim_t pages = 0;
  in >> pages;
  const auto used = pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
  rlimit room{};
  ::getrlimit(RLIMIT_AS, &room);
  room.rlim_cur = used + (rlim_t{64} << 20);  // a thread's stack takes some MiB
  ::setrlimit(RLIMIT_AS, &room);
  try {
    const WorkerTeam team(1000);
  } catch (const Error& e) {
    std::_Exit(e.code() == ErrorCode::resource_exhausted ? 0 : 1);
  }
  std::_Exit(2);
}

TEST(WorkerTeamDeathTest, SurvivesThreadsThatCannotBeMade) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(make_team_without_room(), ::testing::ExitedWithCode(0), "");
}
#endif

}  // namespace
}  // namespace faceshot::engine
