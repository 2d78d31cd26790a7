// A training run that is killed (SIGKILL) at any moment and resumed ends with the same weights, bit
// for bit, as an uninterrupted one. The real program, on photographs made here.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "train/noise_set.hpp"
#include "train/record/checkpoint.hpp"

namespace faceshot::train {
namespace {

namespace fs = std::filesystem;

class Resume : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = fs::path(::testing::TempDir()) / ("faceshot_resume_" + std::to_string(getpid()));
    fs::remove_all(suite_);
    csv_ = testing::make_noise_set(suite_ / "data").string();
  }
  static void TearDownTestSuite() {
    fs::remove_all(suite_);
    whole_runs_.clear();
  }
  void SetUp() override {
    root_ = suite_ / ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::create_directories(root_);
  }

  /// Starts the program; @return its process number
  pid_t start(const std::vector<std::string>& arguments) const {
    std::vector<char*> argv{const_cast<char*>(FACESHOT_TRAIN_PROGRAM), const_cast<char*>("train")};
    for (const std::string& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
    argv.push_back(nullptr);
    const pid_t child = fork();
    if (child == 0) {
      const int quiet = open((root_ / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
      dup2(quiet, 1);
      dup2(quiet, 2);
      execv(argv[0], argv.data());
      _exit(127);
    }
    return child;
  }

  std::vector<std::string> new_run(const fs::path& out) const {
    std::vector<std::string> arguments{
        std::string(FACESHOT_SOURCE_DIR) + "/configs/faceshot-nano.toml",
        "data.train=" + csv_,
        "data.val_fraction=0.2",
        "train.epochs=3",
        "augment.large_size=0",
        "train.batch_size=4",
        "train.threads=1",
        "train.validate_every=1",
        "train.validate_side=128",
        "train.checkpoint_every=2",
        "augment.size=128",
        "--out",
        out.string()};
    arguments.insert(arguments.begin() + 1, overrides_.begin(), overrides_.end());
    return arguments;
  }

  static int wait_for(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  std::string log() const {
    std::ifstream in(root_ / "log");
    return {std::istreambuf_iterator<char>(in), {}};
  }

  /// Waits for the n-th event of this kind on a file of the folder whose name contains `part`.
  static void wait_for_file(const fs::path& dir, const std::string& part, std::uint32_t event,
                            int n) {
    const int watch = inotify_init();
    while (!fs::exists(dir)) usleep(1000);
    inotify_add_watch(watch, dir.c_str(), event);
    alignas(inotify_event) char buffer[4096];
    while (n > 0) {
      const ssize_t length = read(watch, buffer, sizeof buffer);
      for (ssize_t at = 0; at < length;) {
        const auto* const e = reinterpret_cast<const inotify_event*>(buffer + at);
        if (e->len > 0 && std::string(e->name).find(part) != std::string::npos) --n;
        at += static_cast<ssize_t>(sizeof(inotify_event) + e->len);
      }
    }
    close(watch);
  }

  /// Folder of an uninterrupted run with these overrides; tests with the same overrides share it.
  fs::path whole_run() const {
    const auto [entry, added] = whole_runs_.try_emplace(
        overrides_, suite_ / ("whole" + std::to_string(whole_runs_.size())));
    if (added) {
      EXPECT_EQ(wait_for(start(new_run(entry->second))), 0) << log();
    }
    return entry->second;
  }

  /// Compares the weights of an uninterrupted run and of one that is killed when `moment` returns.
  void compare(const std::function<void(const fs::path&)>& moment) const {
    const fs::path whole_dir = whole_run();
    const fs::path dir = root_ / "killed";
    fs::create_directories(dir);
    const pid_t child = start(new_run(dir));
    moment(dir);
    kill(child, SIGKILL);
    ASSERT_EQ(wait_for(child), -SIGKILL) << "it ended before it was killed: " << log();
    ASSERT_EQ(wait_for(start({"--resume", dir.string()})), 0) << log();

    const Checkpoint whole = load_checkpoint(whole_dir / "last.pt");
    const Checkpoint resumed = load_checkpoint(dir / "last.pt");
    EXPECT_EQ(whole.counters, resumed.counters);
    EXPECT_EQ(whole.scalars, resumed.scalars);
    const auto same = [](const weights::Weights& a, const weights::Weights& b) {
      ASSERT_EQ(a.size(), b.size());
      for (const auto& [name, array] : a) EXPECT_EQ(array.values, b.at(name).values) << name;
    };
    same(whole.model, resumed.model);
    same(whole.ema, resumed.ema);
    same(whole.optimizer, resumed.optimizer);
    EXPECT_EQ(whole.optimizer_steps, resumed.optimizer_steps);
    const auto rows = [](const fs::path& file) {
      std::ifstream in(file);
      return std::count(std::istreambuf_iterator<char>(in), {}, '\n');
    };
    EXPECT_EQ(rows(whole_dir / "metrics.csv"), rows(dir / "metrics.csv"));
  }

  inline static fs::path suite_;  ///< One folder per process: ctest may run several.
  inline static std::string csv_;
  inline static std::map<std::vector<std::string>, fs::path> whole_runs_;  ///< by overrides
  fs::path root_;                                                          ///< of the test
  std::vector<std::string> overrides_;  ///< of the config, in new_run()
};

TEST_F(Resume, AfterAKillInTheMiddleOfAnEpoch) {
  compare([](const fs::path& dir) {
    wait_for_file(dir, "last.pt", IN_MOVED_TO, 1);
    usleep(30000);
  });
}

TEST_F(Resume, AfterAKillDuringACheckpointWrite) {
  compare([](const fs::path& dir) { wait_for_file(dir, "last.pt.tmp", IN_CREATE, 3); });
}

TEST_F(Resume, AfterAKillBetweenBestAndLastAtAnEpochsEnd) {
  compare([](const fs::path& dir) { wait_for_file(dir, "best.pt", IN_MOVED_TO, 1); });
}

TEST_F(Resume, AfterAKillWhileThereIsSomethingFrozen) {
  overrides_ = {"model.freeze=['backbone']", "train.unfreeze_epoch=2", "train.rates.backbone=0.5"};
  compare([](const fs::path& dir) {
    wait_for_file(dir, "last.pt", IN_MOVED_TO, 1);
    usleep(30000);
  });
}

TEST_F(Resume, AfterAKillWhenNothingIsFrozenAnyMore) {
  overrides_ = {"model.freeze=['backbone.until:C4']", "train.unfreeze_epoch=1"};
  // The fifth checkpoint is after the first epoch, which has three at most.
  compare([](const fs::path& dir) { wait_for_file(dir, "last.pt.tmp", IN_CREATE, 5); });
  const auto steps = load_checkpoint(whole_run() / "last.pt").optimizer_steps;
  EXPECT_GT(steps.at("backbone.stem.conv.weight"), 0);
  EXPECT_LT(steps.at("backbone.stem.conv.weight"), steps.at("head0.loc.weight"));
}

TEST_F(Resume, AfterCtrlC) {
  const fs::path dir = root_ / "stopped";
  fs::create_directories(dir);
  const pid_t child = start(new_run(dir));
  wait_for_file(dir, "last.pt", IN_MOVED_TO, 1);
  kill(child, SIGINT);
  ASSERT_EQ(wait_for(child), 0) << log();
  ASSERT_EQ(wait_for(start({"--resume", dir.string()})), 0) << log();
  const Checkpoint whole = load_checkpoint(whole_run() / "last.pt");
  const Checkpoint resumed = load_checkpoint(dir / "last.pt");
  for (const auto& [name, array] : whole.model)
    EXPECT_EQ(array.values, resumed.model.at(name).values) << name;
}

TEST_F(Resume, WithOverridesThatDoNotChangeTheEnd) {
  const fs::path dir = root_ / "stopped";
  fs::create_directories(dir);
  const pid_t child = start(new_run(dir));
  wait_for_file(dir, "last.pt", IN_MOVED_TO, 1);
  kill(child, SIGINT);
  ASSERT_EQ(wait_for(child), 0) << log();
  EXPECT_EQ(wait_for(start({"--resume", dir.string(), "train.epochs=9"})), 2);
  EXPECT_EQ(wait_for(start({"--resume", dir.string(), "configs/faceshot-nano.toml"})), 2);
  ASSERT_EQ(wait_for(start({"--resume", dir.string(), "data.workers=0", "train.validate_every=2",
                            "train.time_limit=600"})),
            0)
      << log();
  const Checkpoint whole = load_checkpoint(whole_run() / "last.pt");
  const Checkpoint resumed = load_checkpoint(dir / "last.pt");
  for (const auto& [name, array] : whole.model)
    EXPECT_EQ(array.values, resumed.model.at(name).values) << name;
  EXPECT_NE(resumed.config.find("validate_every = 2"), std::string::npos);
  std::ifstream config(dir / "config.toml");
  const std::string text{std::istreambuf_iterator<char>(config), {}};
  EXPECT_EQ(text, resumed.config) << "the folder says what runs in it";
}

TEST_F(Resume, MistakesAreOneLineAndTheRightStatus) {
  EXPECT_EQ(wait_for(start({"--resume", (root_ / "nothing").string()})), 1);
  EXPECT_EQ(wait_for(start({})), 2);
  auto unknown_key = new_run(root_ / "unknown");
  unknown_key.emplace_back("train.epoch=3");
  EXPECT_EQ(wait_for(start(unknown_key)), 2);
  EXPECT_FALSE(fs::exists(root_ / "unknown")) << "nothing may be left half made";
}

}  // namespace
}  // namespace faceshot::train
