#include "support/sandbox.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "faceshot/error.hpp"

namespace faceshot::support {
namespace {

using std::chrono::seconds;
using Work = std::function<void(SandboxWriter&)>;
using Receive = std::function<void(SandboxReader&)>;

constexpr SandboxLimits generous{seconds(20), seconds(300)};
constexpr SandboxLimits short_time{seconds(20), seconds(1)};

void nothing(SandboxReader&) {}

void write_text(SandboxWriter& out, const std::string& text) {
  out.write(text.data(), text.size());
}

std::string read_text(SandboxReader& in, std::size_t size) {
  std::string text(size, '\0');
  in.read(text.data(), size);
  return text;
}

class Sandbox : public ::testing::Test {
 protected:
  void SetUp() override {
    // Named after this process: other tests may run at the same time.
    file_ = std::filesystem::path(::testing::TempDir()) /
            ("sandbox_" + std::to_string(::getpid()) + ".bin");
    std::ofstream(file_) << "a file";
  }
  void TearDown() override {
    std::filesystem::remove(file_);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a process was left behind";
    EXPECT_EQ(errno, ECHILD);
  }

  /// Expects an Error with this code and `part` in its message.
  void refused(ErrorCode code, const std::string& part, const Work& work,
               const Receive& receive = nothing, const SandboxLimits& limits = generous) const {
    try {
      run_in_sandbox(file_, limits, work, receive);
      ADD_FAILURE() << "no error";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), code) << e.what();
      EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
    }
  }
  /// The same for a file that crashes its library; the message names it.
  void broken(const std::string& part, const Work& work, const Receive& receive = nothing,
              const SandboxLimits& limits = generous) const {
    refused(ErrorCode::format, part, work, receive, limits);
    refused(ErrorCode::format, file_.string(), work, receive, limits);
  }

  std::filesystem::path file_;
};

TEST_F(Sandbox, ReturnsWhatEndsWellAndChangesNothingHere) {
  int here = 1;
  EXPECT_NO_THROW(try_in_sandbox(file_, generous, [&] { here = 2; }));
  EXPECT_EQ(here, 1);
}

TEST_F(Sandbox, BytesComeThroughInAnyPieces) {
  std::string all;
  for (int i = 0; i < 300'000; ++i) all += static_cast<char>(i * i);
  const auto work = [&](SandboxWriter& out) {
    std::size_t at = 0;
    for (std::size_t size = 0; at < all.size(); ++size) {  // also of 0 bytes
      const std::size_t part = std::min(size * size, all.size() - at);
      out.write(all.data() + at, part);
      at += part;
    }
  };
  run_in_sandbox(file_, generous, work, [&](SandboxReader& in) {
    EXPECT_EQ(read_text(in, 0), "");
    EXPECT_EQ(read_text(in, 1), all.substr(0, 1));
    EXPECT_TRUE(read_text(in, all.size() - 1) == all.substr(1));
  });
}

TEST_F(Sandbox, ErrorsComeThrough) {
  for (const ErrorCode code :
       {ErrorCode::invalid_argument, ErrorCode::unsupported, ErrorCode::io, ErrorCode::diverged})
    refused(code, "this and that", [&](SandboxWriter&) { throw Error(code, "this and that"); });
  // While the reader waits for more, too.
  refused(
      ErrorCode::unsupported, "just so",
      [](SandboxWriter& out) {
        write_text(out, "half");
        throw Error(ErrorCode::unsupported, "just so");
      },
      [](SandboxReader& in) { (void)read_text(in, 100); });
  // And the reader's own errors.
  refused(
      ErrorCode::not_found, "not mine", [](SandboxWriter& out) { write_text(out, "half"); },
      [](SandboxReader&) { throw Error(ErrorCode::not_found, "not mine"); });
}

TEST_F(Sandbox, ABreakdownIsADamagedFile) {
  const std::vector<std::function<void()>> ways{
      [] { std::abort(); },        [] { std::raise(SIGSEGV); },    [] { std::raise(SIGKILL); },
      [] { std::raise(SIGPIPE); }, [] { throw std::bad_alloc(); }, [] { throw 1; }};
  for (const auto& way : ways) broken("crashed", [&](SandboxWriter&) { way(); });
  // In the middle of its bytes.
  broken(
      "crashed",
      [](SandboxWriter& out) {
        write_text(out, std::string(100'000, 'x'));
        std::abort();
      },
      [](SandboxReader& in) { (void)read_text(in, 100'000); });
}

TEST_F(Sandbox, AnEarlyExitIsABreakdown) {
  for (const int status : {0, 1, 77}) broken("crashed", [&](SandboxWriter&) { ::_exit(status); });
}

TEST_F(Sandbox, AnEarlyExitIsSeenThoughSomebodyHoldsThePipe) {
  const auto start = std::chrono::steady_clock::now();
  refused(ErrorCode::format, "crashed", [](SandboxWriter&) {
    if (::fork() == 0) {
      ::sleep(20);
      ::_exit(0);
    }
    ::_exit(0);
  });
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(15));
}

TEST_F(Sandbox, WhatRunsOnForeverIsEnded) {
  broken("",
         [](SandboxWriter&) {
           volatile unsigned count = 0;
           for (;;) count = count + 1;
         },
         nothing, {seconds(1), seconds(300)});
}

TEST_F(Sandbox, WhatWaitsForeverIsEnded) {
  // On a lock that another thread holds during the fork, such as a library's.
  std::mutex mutex;
  const std::lock_guard held(mutex);
  const auto wait = [&](SandboxWriter&) { std::thread([&] { mutex.lock(); }).join(); };
  broken("in 1 s", wait, nothing, short_time);
  // With part of its output written.
  broken(
      "in 1 s",
      [&](SandboxWriter& out) {
        write_text(out, std::string(70'000, 'x'));
        wait(out);
      },
      [](SandboxReader& in) { (void)read_text(in, 100'000); }, short_time);
  // With all signals blocked that can be.
  broken(
      "in 1 s",
      [&](SandboxWriter& out) {
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_BLOCK, &all, nullptr);
        wait(out);
      },
      nothing, short_time);
}

TEST_F(Sandbox, MoreThanWasAskedForIsAnError) {
  broken("invalid data", [](SandboxWriter& out) { write_text(out, "x"); });
  const Work flood = [](SandboxWriter& out) {
    const std::string much(1 << 20, 'x');
    for (;;) write_text(out, much);
  };
  broken("invalid data", flood);
  broken("invalid data", flood, [](SandboxReader& in) { (void)read_text(in, 10); });
}

TEST_F(Sandbox, LessThanWasAskedForIsAnError) {
  broken(
      "invalid data", [](SandboxWriter& out) { write_text(out, "few"); },
      [](SandboxReader& in) { (void)read_text(in, 4); });
}

TEST_F(Sandbox, WhatItPrintsIsDropped) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  try_in_sandbox(file_, generous, [] {
    std::puts("to stdout");
    std::fflush(stdout);
    std::fputs("to stderr", stderr);
  });
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

#if !defined(__SANITIZE_ADDRESS__)  // whose own memory RLIMIT_DATA does not count
TEST_F(Sandbox, MemoryIsLimited) {
  broken("crashed", [](SandboxWriter&) {
    const std::vector<char> much(std::size_t{2} << 30, 'x');
    std::ofstream("/dev/null") << much.back();
  });
}
#endif

TEST_F(Sandbox, WithoutTheFileThereIsNothingToTry) {
  std::filesystem::remove(file_);
  refused(ErrorCode::not_found, file_.string(), [](SandboxWriter&) {});
}

#if !defined(__SANITIZE_ADDRESS__)  // GCC 12: fork() may copy a locked allocator
TEST_F(Sandbox, ManyAtOnceKeepApart) {
  std::vector<std::thread> threads;
  std::vector<int> good(4, 0);
  for (std::size_t t = 0; t < good.size(); ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        const std::string own(50'000 + 1000 * t, static_cast<char>('a' + t));
        run_in_sandbox(
            file_, generous, [&](SandboxWriter& out) { write_text(out, own); },
            [&](SandboxReader& in) { good[t] += read_text(in, own.size()) == own ? 1 : 0; });
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, std::vector<int>(4, 10));
}
#endif

}  // namespace
}  // namespace faceshot::support
