#include "train/distributed/process_group.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "base/refusal.hpp"
#include "faceshot/error.hpp"
#include "train/distributed/processes.hpp"
#include "train/distributed/rank0_work.hpp"
#include "train/distributed/same_run.hpp"

namespace faceshot::train {
namespace {

using faceshot::testing::refusal;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(ProcessGroup, AddsUpAndBroadcasts) {
  if (!testing::among_processes(3)) return;
  ProcessGroup group(read_process_environment());
  ASSERT_EQ(group.size(), 3);
  const int rank = group.rank();
  std::vector<float> floats(1000);
  std::iota(floats.begin(), floats.end(), static_cast<float>(1000 * rank));
  group.sum(floats);
  for (std::size_t i = 0; i < floats.size(); ++i)
    ASSERT_EQ(floats[i], 3000 + 3 * static_cast<float>(i));

  std::array<double, 2> doubles{1e-17 * rank, 1.0};
  group.sum(doubles);
  EXPECT_DOUBLE_EQ(doubles[0], 3e-17);
  EXPECT_EQ(doubles[1], 3);

  std::vector<float> weights(10, static_cast<float>(rank) + 0.5F);
  group.broadcast(weights);
  EXPECT_EQ(weights, std::vector<float>(10, 0.5F));
  std::vector<std::uint8_t> bytes(5, static_cast<std::uint8_t>(200 + rank));
  group.broadcast(bytes);
  EXPECT_EQ(bytes, std::vector<std::uint8_t>(5, 200));
  std::array<double, 1> one{static_cast<double>(rank)};
  group.broadcast(one);
  EXPECT_EQ(one[0], 0);
  group.sum(std::span<float>());
  group.barrier();
}

TEST(ProcessGroup, SumsAreTheSameBitsEverywhere) {
  if (!testing::among_processes(3)) return;
  ProcessGroup group(read_process_environment());
  std::vector<float> values(4097);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = 1.0F / static_cast<float>(i + 1 + 7 * static_cast<std::size_t>(group.rank()));
  group.sum(values);
  std::vector<float> first = values;
  group.broadcast(first);
  EXPECT_EQ(first, values);
}

// Sums of doubles among processes on one machine go through shared memory (local_sum.hpp).

TEST(LocalSum, ThousandsInTurnAreRight) {
  if (!testing::among_processes(3)) return;
  ProcessGroup group(read_process_environment());
  std::vector<double> values;
  for (int i = 0; i < 5000; ++i) {
    values.assign(static_cast<std::size_t>(1 + i * 37 % 300), 0);
    for (std::size_t v = 0; v < values.size(); ++v)
      values[v] =
          static_cast<double>(group.rank() + 1) * static_cast<double>(i) + static_cast<double>(v);
    if (i % 1000 == 100 * group.rank()) usleep(20000);  // long enough for the others to sleep
    group.sum(values);
    for (std::size_t v = 0; v < values.size(); ++v)
      ASSERT_EQ(values[v], 6.0 * i + 3.0 * static_cast<double>(v)) << i;
  }
}

TEST(LocalSum, NamesTheRankThatHasEnded) {
  if (!testing::among_processes(3)) return;
  ProcessGroup group(read_process_environment());
  group.barrier();
  if (group.rank() == 1) return;
  std::vector<double> values(10, 1);
  const auto start = Clock::now();
  const std::string error = refusal(ErrorCode::io, [&] { group.sum(values); });
  EXPECT_TRUE(contains(error, "lost contact with rank")) << error;
  EXPECT_TRUE(contains(error, "it has ended")) << error;
  EXPECT_LT(seconds_since(start), 5);
}

TEST(LocalSum, NoticesOneThatIsKilled) {
  if (!testing::among_processes(2)) return;
  ProcessGroup group(read_process_environment());
  group.barrier();
  if (group.rank() == 1) _exit(0);  // no destructor runs
  std::vector<double> values(10, 1);
  const std::string error = refusal(ErrorCode::io, [&] { group.sum(values); });
  EXPECT_TRUE(contains(error, "rank 0 lost contact with rank 1 of 2")) << error;
  EXPECT_TRUE(contains(error, "it has ended")) << error;
}

TEST(LocalSum, DoesNotWaitForeverForOneThatIsSilent) {
  if (!testing::among_processes(2)) return;
  ProcessGroup group(read_process_environment(),
                     {.connect = std::chrono::seconds(60), .answer = std::chrono::seconds(2)});
  group.barrier();
  if (group.rank() == 1) {
    sleep(5);
    return;
  }
  std::vector<double> values(10, 1);
  const auto start = Clock::now();
  const std::string error = refusal(ErrorCode::io, [&] { group.sum(values); });
  EXPECT_TRUE(contains(error, "rank 0 lost contact with rank 1 of 2")) << error;
  EXPECT_TRUE(contains(error, "no answer for 2 s")) << error;
  EXPECT_LT(seconds_since(start), 4.5);
}

TEST(ProcessGroup, SeveralSumsUnderWayAtOnce) {
  if (!testing::among_processes(2)) return;
  ProcessGroup group(read_process_environment());
  std::vector<std::vector<float>> buffers;
  std::vector<ProcessGroup::Pending> sums;
  for (int i = 0; i < 20; ++i)
    buffers.emplace_back(100 * (i + 1), static_cast<float>(i * (group.rank() + 1)));
  for (auto& buffer : buffers) sums.push_back(group.start_sum(buffer));
  for (auto it = sums.rbegin(); it != sums.rend(); ++it) it->wait();  // in any order
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(
        buffers[static_cast<std::size_t>(i)],
        std::vector<float>(100 * (static_cast<std::size_t>(i) + 1), static_cast<float>(3 * i)));
}

TEST(ProcessGroup, SaysWhoHasEndedAtOnce) {
  if (!testing::among_processes(3)) return;
  ProcessGroup group(read_process_environment());
  group.barrier();
  if (group.rank() == 2) return;
  std::vector<float> values(100000, 1);
  const auto start = Clock::now();
  const std::string error = refusal(ErrorCode::io, [&] { group.sum(values); });
  // Either rank 0 or rank 1 may notice first.
  EXPECT_TRUE(contains(error, "lost contact with rank")) << error;
  EXPECT_TRUE(contains(error, "of 3")) << error;
  EXPECT_TRUE(contains(error, "it has ended")) << error;
  EXPECT_LT(seconds_since(start), 10);
}

TEST(ProcessGroup, NamesTheRankThatHasEnded) {
  if (!testing::among_processes(2)) return;
  ProcessGroup group(read_process_environment());
  group.barrier();
  if (group.rank() == 0) return;  // the one that hosts the rendezvous
  std::vector<float> values(10, 1);
  EXPECT_TRUE(contains(refusal(ErrorCode::io, [&] { group.sum(values); }),
                       "rank 1 lost contact with rank 0 of 2"));
}

TEST(ProcessGroup, DoesNotWaitForeverForOneThatIsSilent) {
  if (!testing::among_processes(2)) return;
  ProcessGroup group(read_process_environment(),
                     {.connect = std::chrono::seconds(60), .answer = std::chrono::seconds(2)});
  group.barrier();
  if (group.rank() == 1) {
    sleep(5);  // its connection stays open
    return;
  }
  std::vector<float> values(10, 1);
  const auto start = Clock::now();
  const std::string error = refusal(ErrorCode::io, [&] { group.sum(values); });
  EXPECT_TRUE(contains(error, "rank 0 lost contact with rank 1 of 2")) << error;
  EXPECT_TRUE(contains(error, "no answer for 2 s")) << error;
  EXPECT_LT(seconds_since(start), 4.5);
}

TEST(ProcessGroup, RankZeroMayWorkLongerThanAnswersAreWaitedFor) {
  if (!testing::among_processes(2)) return;
  ProcessGroup group(read_process_environment(),
                     {.connect = std::chrono::seconds(60), .answer = std::chrono::seconds(3)});
  bool worked = false;
  work_on_rank0(group, [&](const std::function<void()>& alive) {
    for (int i = 0; i < 60; ++i) {
      usleep(100000);
      alive();
    }
    worked = true;
  });
  EXPECT_EQ(worked, group.rank() == 0);
  group.barrier();
}

TEST(ProcessGroup, RankZeroHearsOfTheEndOfThoseThatWait) {
  if (!testing::among_processes(2)) return;
  ProcessGroup group(read_process_environment());
  const auto start = Clock::now();
  if (group.rank() == 1) {
    group.barrier();
    return;
  }
  const std::string error = refusal(ErrorCode::io, [&] {
    group.barrier();
    work_on_rank0(group, [&](const std::function<void()>& alive) {
      for (int i = 0; i < 100; ++i) {
        usleep(100000);
        alive();
      }
    });
  });
  EXPECT_TRUE(contains(error, "lost contact with rank 1")) << error;
  EXPECT_LT(seconds_since(start), 9);
}

TEST(ProcessGroup, SaysWhichRanksAreAboutToTrainSomethingElse) {
  if (!testing::among_processes(3)) return;
  ProcessGroup group(read_process_environment());
  demand_same_run(group, "a config");
  try {
    demand_same_run(group, group.rank() == 0 ? "a config" : "another config");
    FAIL() << "no error";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::invalid_argument);
    EXPECT_TRUE(contains(e.what(), "rank 1, 2 differs from rank 0's")) << e.what();
  }
}

TEST(ProcessGroup, NamesTheRanksThatDoNotCome) {
  ProcessEnvironment env;
  env.size = 4;
  env.master_address = "127.0.0.1";
  env.master_port = static_cast<std::uint16_t>(testing::free_port());
  const std::string error = refusal(ErrorCode::io, [&] {
    const ProcessGroup group(env, {.connect = std::chrono::seconds(1), .answer = {}});
  });
  EXPECT_TRUE(contains(error, "ranks 1, 2 and 3 of 4 did not reach 127.0.0.1:")) << error;
  EXPECT_TRUE(contains(error, "within 1 s")) << error;
}

TEST(ProcessGroup, SaysThatRankZeroCannotBeReachedInItsErrorAlone) {
  ::testing::internal::CaptureStderr();
  ProcessEnvironment env;
  env.rank = 1;
  env.size = 2;
  env.master_address = "127.0.0.1";
  env.master_port = static_cast<std::uint16_t>(testing::free_port());
  const std::string error = refusal(ErrorCode::io, [&] {
    const ProcessGroup group(env, {.connect = std::chrono::seconds(1), .answer = {}});
  });
  EXPECT_TRUE(contains(error, "rank 1 cannot reach rank 0 at 127.0.0.1:")) << error;
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(ProcessGroup, SaysThatThePortIsTaken) {
  ::testing::internal::CaptureStderr();
  const int fd = socket(AF_INET6, SOCK_STREAM, 0);
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_any;
  socklen_t length = sizeof address;
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), length), 0);
  ASSERT_EQ(listen(fd, 1), 0);
  ASSERT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length), 0);
  ProcessEnvironment env;
  env.size = 2;
  env.master_address = "127.0.0.1";
  env.master_port = ntohs(address.sin6_port);
  const std::string error = refusal(ErrorCode::io, [&] {
    const ProcessGroup group(env, {.connect = std::chrono::seconds(1), .answer = {}});
  });
  close(fd);
  EXPECT_TRUE(contains(error, "cannot listen on port " + std::to_string(env.master_port))) << error;
  EXPECT_TRUE(contains(error, "MASTER_PORT")) << error;
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace faceshot::train
