// The real program in several processes, started as users start it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "train/distributed/processes.hpp"
#include "train/noise_set.hpp"
#include "train/record/checkpoint.hpp"

namespace faceshot::train {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Arguments = std::vector<std::string>;

bool installed(const std::string& program) {
  return std::system(("command -v " + program + " > /dev/null").c_str()) == 0;
}

int run(const std::string& command) { return std::system((command + " 2> /dev/null").c_str()); }

class Launch : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(::testing::TempDir()) / ("faceshot_launch_" + std::to_string(getpid()));
    fs::remove_all(root_);
    csv_ = testing::make_noise_set(root_ / "data").string();
    port_ = std::to_string(testing::free_port());
  }
  void TearDown() override {
    for (const pid_t child : children_) kill(child, SIGKILL);
    for (const pid_t child : children_) waitpid(child, nullptr, 0);
    fs::remove_all(root_);
  }

  Arguments new_run(const std::string& out, int batch_size, int epochs = 2) const {
    return {FACESHOT_TRAIN_PROGRAM,
            "train",
            std::string(FACESHOT_SOURCE_DIR) + "/configs/faceshot-nano.toml",
            "data.train=" + csv_,
            "data.val_fraction=0.2",
            "train.epochs=" + std::to_string(epochs),
            "train.batch_size=" + std::to_string(batch_size),
            "train.threads=1",
            "train.precision=fp32",
            "augment.large_size=0",
            "train.validate_every=1",
            "train.validate_side=128",
            "train.checkpoint_every=1",
            "augment.size=128",
            "--out",
            (root_ / out).string()};
  }

  /// 50 steps in which rounding errors do not grow: if all of a deep network learns they would,
  /// with any number of processes (data_parallel_test.cpp).
  Arguments steady_run(const std::string& out, int batch_size) const {
    Arguments arguments = new_run(out, batch_size);
    for (const char* const more :
         {"model.freeze=[\"backbone\"]", "train.optimizer=sgd", "train.learning_rate=1e-3",
          "train.warmup_steps=0", "data.samples_per_epoch=200"})
      arguments.insert(arguments.begin() + 3, more);
    return arguments;
  }

  Arguments resume(const std::string& out) const {
    return {FACESHOT_TRAIN_PROGRAM, "train", "--resume", (root_ / out).string()};
  }

  /// @param rank below 0: set by the launcher
  pid_t start(Arguments arguments, const std::string& log, int rank = -1,
              const std::string& address = "127.0.0.1") {
    std::vector<char*> argv;
    for (std::string& a : arguments) argv.push_back(a.data());
    argv.push_back(nullptr);
    const pid_t child = fork();
    if (child == 0) {
      prctl(PR_SET_PDEATHSIG, SIGTERM);  // a killed test leaves none behind
      const int file = open((root_ / log).c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
      dup2(file, 1);
      dup2(file, 2);
      setenv("OMP_NUM_THREADS", "1", 1);
      setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
      setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
      setenv("MASTER_PORT", port_.c_str(), 1);
      if (rank >= 0) {
        setenv("RANK", std::to_string(rank).c_str(), 1);
        setenv("WORLD_SIZE", "2", 1);
        setenv("MASTER_ADDR", address.c_str(), 1);
      }
      execvp(argv[0], argv.data());
      _exit(127);
    }
    children_.push_back(child);
    return child;
  }

  /// Exit status, or the signal as a negative number; 1000 if it does not end in time.
  int wait_for(pid_t child, int seconds = 120) {
    const auto end = Clock::now() + std::chrono::seconds(seconds);
    int status = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
      if (Clock::now() > end) return 1000;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    std::erase(children_, child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  /// Runs both ranks to the end.
  void run_pair(const Arguments& arguments, const std::string& log) {
    const pid_t first = start(arguments, log, 0);
    const pid_t second = start(arguments, log, 1);
    EXPECT_EQ(wait_for(first), 0) << text(log);
    EXPECT_EQ(wait_for(second), 0) << text(log);
  }

  std::string text(const std::string& log) const {
    std::ifstream in(root_ / log);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  /// Waits until the run has done this many steps.
  void wait_for_step(const std::string& out, std::int64_t step) const {
    const auto end = Clock::now() + std::chrono::seconds(120);
    while (Clock::now() < end) {
      if (fs::exists(root_ / out / "last.pt") && checkpoint(out).counters.at("step") >= step)
        return;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    FAIL() << "no step " << step << " within two minutes";
  }

  Checkpoint checkpoint(const std::string& out) const {
    return load_checkpoint(root_ / out / "last.pt");
  }

  double largest_difference(const std::string& a, const std::string& b) const {
    const Checkpoint x = checkpoint(a);
    const Checkpoint y = checkpoint(b);
    EXPECT_EQ(x.counters, y.counters);
    double largest = 0;
    for (const auto& [one, other] : {std::pair(&x.model, &y.model), std::pair(&x.ema, &y.ema)})
      for (const auto& [name, array] : *one)
        for (std::size_t i = 0; i < array.values.size(); ++i) {
          // Running variances may be large.
          const auto value = static_cast<double>(array.values[i]);
          largest =
              std::max(largest, std::abs(value - static_cast<double>(other->at(name).values[i])) /
                                    std::max(1.0, std::abs(value)));
        }
    return largest;
  }

  /// One process with the batch of both.
  void run_alone(const std::string& out) {
    ASSERT_EQ(wait_for(start(steady_run(out, 8), "alone.log")), 0) << text("alone.log");
    ASSERT_EQ(checkpoint(out).counters.at("step"), 50);
  }

  static int lines_with(const std::string& text, const std::string& part) {
    int count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
  }

  fs::path root_;
  std::string csv_, port_;
  std::vector<pid_t> children_;
};

// Separate suites, since they may be skipped.
using LaunchByTorchrun = Launch;
using LaunchByMpirun = Launch;

TEST_F(LaunchByTorchrun, EqualsOneProcess) {
  if (!installed("torchrun")) GTEST_SKIP() << "needs torchrun: apt-get install python3-torch";
  run_alone("alone");
  // Debian 12's torchrun fails with its Python 3.11 unless --redirects and --tee are given as
  // mappings; these name a process that does not exist.
  Arguments command{"torchrun", "--nproc_per_node", "2",   "--master_port",
                    port_,      "--redirects",      "9:1", "--tee",
                    "9:1",      "--no_python"};
  for (const std::string& a : steady_run("together", 4)) command.push_back(a);
  EXPECT_EQ(wait_for(start(command, "log")), 0) << text("log");
  EXPECT_LE(largest_difference("alone", "together"), 1e-5);
  EXPECT_EQ(lines_with(text("log"), "AP "), lines_with(text("alone.log"), "AP ")) << text("log");
}

TEST_F(LaunchByMpirun, EqualsOneProcess) {
  if (!installed("mpirun")) GTEST_SKIP() << "needs mpirun: apt-get install openmpi-bin";
  run_alone("alone");
  Arguments command{"mpirun", "-n", "2", "--oversubscribe"};
  for (const std::string& a : steady_run("together", 4)) command.push_back(a);
  EXPECT_EQ(wait_for(start(command, "log")), 0) << text("log");
  EXPECT_LE(largest_difference("alone", "together"), 1e-5);
}

TEST_F(Launch, ARunWhoseRankWasKilledEndsAndResumesToTheSameBits) {
  run_pair(new_run("whole", 4, 3), "log");
  for (const int victim : {1, 0}) {
    const std::string out = victim == 0 ? "killed0" : "killed1";
    const std::string log = out + ".log";
    const Arguments arguments = new_run(out, 4, 3);
    const pid_t ranks[] = {start(arguments, log, 0), start(arguments, log, 1)};
    wait_for_step(out, 3);
    const auto killed = Clock::now();
    kill(ranks[victim], SIGKILL);
    EXPECT_EQ(wait_for(ranks[victim]), -SIGKILL) << text(log);
    EXPECT_EQ(wait_for(ranks[1 - victim], 60), 1) << text(log);
    EXPECT_LT(Clock::now() - killed, std::chrono::seconds(10));
    EXPECT_NE(text(log).find("lost contact with rank " + std::to_string(victim) + " of 2"),
              std::string::npos)
        << text(log);
    EXPECT_NE(text(log).find("faceshot train --resume " + (root_ / out).string()),
              std::string::npos)
        << text(log);
    run_pair(resume(out), log);
    EXPECT_EQ(largest_difference("whole", out), 0);
  }
}

TEST_F(Launch, ASilentRankIsNotWaitedForLongerThanAMinute) {
  const Arguments arguments = new_run("silent", 4, 1000);
  const pid_t first = start(arguments, "log", 0);
  const pid_t second = start(arguments, "log", 1);
  wait_for_step("silent", 3);
  kill(second, SIGSTOP);  // it no longer answers, but its connections stay open
  EXPECT_EQ(wait_for(first, 60), 1) << text("log");
  EXPECT_NE(text("log").find("no answer"), std::string::npos) << text("log");
}

TEST_F(Launch, AStopOfOneStopsAllWithOneCheckpoint) {
  const Arguments arguments = new_run("stopped", 4, 1000);
  const pid_t first = start(arguments, "log", 0);
  const pid_t second = start(arguments, "log", 1);
  wait_for_step("stopped", 3);
  kill(second, SIGTERM);
  EXPECT_EQ(wait_for(first), 0) << text("log");
  EXPECT_EQ(wait_for(second), 0) << text("log");
  EXPECT_NE(text("log").find("--resume"), std::string::npos) << text("log");
  EXPECT_GE(checkpoint("stopped").counters.at("step"), 3);
}

TEST_F(Launch, ProcessesThatReadDifferentDataDoNotStart) {
  Arguments arguments = new_run("unequal", 4);
  const pid_t first = start(arguments, "log", 0);
  std::replace(arguments.begin(), arguments.end(), std::string("data.val_fraction=0.2"),
               std::string("data.val_fraction=0.3"));
  const pid_t second = start(arguments, "log", 1);
  EXPECT_EQ(wait_for(first), 2) << text("log");
  EXPECT_EQ(wait_for(second), 2) << text("log");
  EXPECT_NE(text("log").find("rank 1 differs from rank 0's"), std::string::npos) << text("log");
}

/// Two network namespaces joined by a virtual cable: two machines, as far as TCP can tell.
class TwoMachines : public Launch {
 protected:
  void SetUp() override {
    if (geteuid() != 0 || !installed("ip"))
      GTEST_SKIP() << "needs root and ip (iproute2) to make network namespaces";
    Launch::SetUp();
    const std::string id = std::to_string(getpid());
    for (int i = 0; i < 2; ++i) names_[i] = "faceshot" + id + (i == 0 ? "a" : "b");
    for (const std::string& name : names_)
      if (run("ip netns add " + name) != 0)
        GTEST_SKIP() << "network namespaces are not allowed here";
    ASSERT_EQ(run("ip link add fsa" + id + " netns " + names_[0] + " type veth peer name fsb" + id +
                  " netns " + names_[1]),
              0);
    for (int i = 0; i < 2; ++i) {
      const std::string in = "ip -n " + names_[i];
      const std::string device = (i == 0 ? "fsa" : "fsb") + id;
      ASSERT_EQ(run(in + " addr add 10.77.0." + std::to_string(i + 1) + "/24 dev " + device), 0);
      ASSERT_EQ(run(in + " link set " + device + " up"), 0);
      ASSERT_EQ(run(in + " link set lo up"), 0);
    }
    cable_ = "ip -n " + names_[0] + " link set fsa" + id;
  }
  void TearDown() override {
    Launch::TearDown();
    for (const std::string& name : names_) run("ip netns del " + name);
  }

  pid_t start_on(int machine, const Arguments& arguments) {
    Arguments command{"ip", "netns", "exec", names_[machine]};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return start(command, "log", machine, "10.77.0.1");
  }

  std::string names_[2];
  std::string cable_;
};

TEST_F(TwoMachines, TrainTogether) {
  run_alone("alone");
  const pid_t first = start_on(0, steady_run("together", 4));
  const pid_t second = start_on(1, steady_run("together", 4));
  EXPECT_EQ(wait_for(first), 0) << text("log");
  EXPECT_EQ(wait_for(second), 0) << text("log");
  EXPECT_LE(largest_difference("alone", "together"), 1e-5);
}

TEST_F(TwoMachines, ACutCableEndsBothWithinAMinute) {
  const pid_t first = start_on(0, new_run("cut", 4, 1000));
  const pid_t second = start_on(1, new_run("cut", 4, 1000));
  wait_for_step("cut", 3);
  ASSERT_EQ(run(cable_ + " down"), 0);
  const auto cut = Clock::now();
  EXPECT_EQ(wait_for(first, 60), 1) << text("log");
  const auto left = std::chrono::seconds(60) - (Clock::now() - cut);
  EXPECT_EQ(wait_for(second, static_cast<int>(
                                 std::chrono::duration_cast<std::chrono::seconds>(left).count())),
            1)
      << text("log");
  EXPECT_EQ(lines_with(text("log"), "lost contact with rank"), 2) << text("log");
  ASSERT_EQ(run(cable_ + " up"), 0);
  const pid_t again = start_on(0, resume("cut"));
  const pid_t other = start_on(1, resume("cut"));
  const auto step = checkpoint("cut").counters.at("step");
  wait_for_step("cut", step + 2);
  kill(again, SIGTERM);
  EXPECT_EQ(wait_for(again), 0) << text("log");
  EXPECT_EQ(wait_for(other), 0) << text("log");
}

}  // namespace
}  // namespace faceshot::train
