#include "support/atomic_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "faceshot/error.hpp"

namespace faceshot::support {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// An empty folder for each test.
class AtomicFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(::testing::TempDir()) /
              (std::string("faceshot_") + test->name() + "_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  fs::path folder_;
};

TEST_F(AtomicFileTest, WritesAndReplacesEveryByte) {
  const fs::path path = folder_ / "file";
  const std::string binary("a\0b\n\xff", 5);
  write_file_atomically(path, binary);
  EXPECT_EQ(content_of(path), binary);
  write_file_atomically(path, "");
  EXPECT_EQ(content_of(path), "");
  const std::string large(3U << 20, 'x');
  write_file_atomically(path, large);
  EXPECT_EQ(content_of(path), large);
  EXPECT_EQ(files(), 1U) << "a temporary file was left";
}

TEST_F(AtomicFileTest, AFailureNamesThePathAndLeavesNothing) {
  for (const fs::path& path : {folder_ / "missing" / "file", folder_ / "is_a_folder"}) {
    if (path.filename() == "is_a_folder") fs::create_directories(path / "inside");
    try {
      write_file_atomically(path, "content");
      FAIL() << path;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::io);
      EXPECT_NE(std::string(e.what()).find(path.string()), std::string::npos) << e.what();
    }
  }
  EXPECT_EQ(files(), 1U) << "only the folder is there";
}

TEST_F(AtomicFileTest, PiecesAppearTogetherOrNotAtAll) {
  const fs::path path = folder_ / "file";
  const std::string piece(700'000, 'x');
  {
    AtomicFile abandoned(path);
    abandoned.write(piece);
    abandoned.write(piece);
  }
  EXPECT_EQ(files(), 0U);
  AtomicFile file(path);
  for (int i = 0; i < 5; ++i) file.write(piece);
  EXPECT_FALSE(fs::exists(path));
  file.commit();
  EXPECT_EQ(fs::file_size(path), 5 * piece.size());
  EXPECT_EQ(files(), 1U);
}

TEST_F(AtomicFileTest, APipeStaysAPipe) {
  const fs::path pipe = fs::path(::testing::TempDir()) / "atomic_file_test_pipe";
  fs::remove(pipe);
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  write_file_atomically(pipe, "through");
  EXPECT_EQ(fs::status(pipe).type(), fs::file_type::fifo);
  std::string got(16, '\0');
  const ssize_t count = ::read(reader, got.data(), got.size());
  ::close(reader);
  fs::remove(pipe);
  ASSERT_EQ(count, 7);
  EXPECT_EQ(got.substr(0, 7), "through");
}

TEST_F(AtomicFileTest, LeftoversOfAKilledWriterAreNoObstacle) {
  // Process numbers are reused, in containers always: block the names that we would use next.
  const fs::path path = folder_ / "file";
  for (int serial = 0; serial < 50; ++serial)
    std::ofstream(path.string() + ".tmp-" + std::to_string(::getpid()) + "-" +
                  std::to_string(serial))
        << "half";
  write_file_atomically(path, "whole");
  EXPECT_EQ(content_of(path), "whole");
}

TEST_F(AtomicFileTest, ReadersSeeOneVersionOrTheOther) {
  const fs::path path = folder_ / "file";
  const std::string a(1U << 16, 'a');
  const std::string b(1U << 17, 'b');
  write_file_atomically(path, a);
  std::atomic<bool> done{false};
  std::vector<std::thread> writers;
  for (const std::string& text : {a, b})
    writers.emplace_back([&, text] {
      while (!done) write_file_atomically(path, text);
    });
  for (int i = 0; i < 300; ++i) {
    const std::string seen = content_of(path);
    EXPECT_TRUE(seen == a || seen == b) << seen.size() << " bytes";
  }
  done = true;
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(files(), 1U);
}

TEST_F(AtomicFileTest, OnceIsWrittenByExactlyOneOfMany) {
  const fs::path path = folder_ / "claim";
  std::atomic<int> winners{0};
  std::atomic<bool> go{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      while (!go) std::this_thread::yield();
      for (int round = 0; round < 20; ++round)
        if (write_file_once(path.string() + std::to_string(round), std::string(2, char('a' + i))))
          ++winners;
    });
  go = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(winners, 20);
  EXPECT_EQ(files(), 20U) << "a temporary file was left";
  const std::string content = content_of(path.string() + "7");
  EXPECT_FALSE(write_file_once(path.string() + "7", "zzz"));
  EXPECT_EQ(content_of(path.string() + "7"), content);
  EXPECT_THROW((void)write_file_once(folder_ / "none" / "claim", "x"), Error);
}

}  // namespace
}  // namespace faceshot::support
