#include "support/child_process.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "faceshot/error.hpp"

namespace faceshot::support {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

class ChildProcessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(::testing::TempDir()) /
              (std::string("faceshot_child_") + test->name() + "_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] ChildCommand shell(const std::string& script) const {
    return {{"sh", "-c", script}, {{"ANSWER", "forty two"}}, folder_ / "log"};
  }
  [[nodiscard]] std::string log() const {
    std::ifstream file(folder_ / "log");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// The number that a script writes into a file shortly.
  [[nodiscard]] int number_in(const std::string& name) const {
    int number = 0;
    for (int i = 0; i < 2000 && number == 0; ++i) {
      std::ifstream(folder_ / name) >> number;
      std::this_thread::sleep_for(milliseconds(5));
    }
    return number;
  }

  fs::path folder_;
};

/// Gone, or a zombie that nobody has waited for yet.
bool gone(int process) {
  std::ifstream in("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  return !std::getline(in, line) || line.find(") Z") != std::string::npos;
}

bool gone_soon(int process) {
  for (int i = 0; i < 2000 && !gone(process); ++i) std::this_thread::sleep_for(milliseconds(5));
  return gone(process);
}

TEST_F(ChildProcessTest, OutputStatusAndEnvironment) {
  ChildProcess child(shell("echo \"$ANSWER\"; echo on stderr >&2; exit 7"));
  ASSERT_TRUE(child.wait(milliseconds(20000)));
  EXPECT_EQ(child.how().exit_code, 7);
  EXPECT_EQ(child.how().signal, 0);
  EXPECT_EQ(log(), "forty two\non stderr\n");
  EXPECT_EQ(std::getenv("ANSWER"), nullptr);
  ChildProcess second(shell("echo again"));
  ASSERT_TRUE(second.wait(milliseconds(20000)));
  EXPECT_EQ(log(), "forty two\non stderr\nagain\n") << "what is there already stays";
}

TEST_F(ChildProcessTest, WorksWhereItIsTold) {
  ChildCommand command = shell("pwd");
  command.directory = folder_;
  ChildProcess child(command);
  ASSERT_TRUE(child.wait(milliseconds(20000)));
  EXPECT_EQ(log(), fs::canonical(folder_).string() + "\n");
}

TEST_F(ChildProcessTest, OneThatDiesOfASignalSaysSo) {
  ChildProcess child(shell("kill -9 $$"));
  ASSERT_TRUE(child.wait(milliseconds(20000)));
  EXPECT_EQ(child.how().signal, SIGKILL);
}

TEST_F(ChildProcessTest, EndingAsksFirst) {
  ChildProcess child(shell("trap 'echo asked; exit 0' TERM; echo $$ >" + (folder_ / "id").string() +
                           "; while :; do sleep 0.02; done"));
  EXPECT_EQ(number_in("id"), child.id());
  EXPECT_FALSE(child.wait(milliseconds(1)));
  child.end(milliseconds(20000));
  EXPECT_EQ(child.how().signal, 0);
  EXPECT_NE(log().find("asked\n"), std::string::npos) << log();
}

TEST_F(ChildProcessTest, WhatDoesNotListenIsKilledWithAllOfItsGroup) {
  int grandchild = 0;
  {
    ChildProcess child(shell("trap '' TERM; sleep 600 & echo $! >" + (folder_ / "id").string() +
                             "; wait; while :; do sleep 0.02; done"));
    grandchild = number_in("id");
    ASSERT_GT(grandchild, 0);
    child.end(milliseconds(50));
    EXPECT_EQ(child.how().signal, SIGKILL);
  }
  EXPECT_TRUE(gone_soon(grandchild));
}

TEST_F(ChildProcessTest, NobodySurvivesAParentThatIsKilled) {
  const pid_t parent = ::fork();
  if (parent == 0) {
    const ChildProcess child(shell("echo $$ >" + (folder_ / "id").string() + "; exec sleep 600"));
    ::pause();
    ::_exit(0);
  }
  const int child = number_in("id");
  ASSERT_GT(child, 0);
  EXPECT_FALSE(gone(child));
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  EXPECT_TRUE(gone_soon(child));
}

TEST_F(ChildProcessTest, WhatCannotBeStartedIsAnError) {
  const auto refusal = [](const ChildCommand& command) {
    try {
      const ChildProcess child(command);
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string("no error");
  };
  EXPECT_EQ(refusal({{"/nowhere/program"}, {}, folder_ / "log"}),
            "cannot start the program '/nowhere/program': No such file or directory");
  EXPECT_EQ(
      refusal({{"true"}, {}, folder_ / "none" / "log"}),
      "cannot write '" + (folder_ / "none" / "log").string() + "': No such file or directory");
}

}  // namespace
}  // namespace faceshot::support
