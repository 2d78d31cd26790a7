#include "video/reading/film_reader.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "faceshot/error.hpp"
#include "video/libav.hpp"
#include "video/reading/upright_view.hpp"

namespace faceshot::video {
namespace {

namespace fs = std::filesystem;

/// Films made by ffmpeg, in the test's folder.
class FilmReaderTest : public ::testing::Test {
 protected:
  FilmReaderTest()
      : folder_(fs::path(::testing::TempDir()) /
                (std::string("films_") +
                 ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::create_directories(folder_);
  }
  ~FilmReaderTest() override { fs::remove_all(folder_); }

  [[nodiscard]] fs::path made(const std::string& name, const std::string& arguments) const {
    const std::string file = (folder_ / name).string();
    const std::string command = "ffmpeg -nostdin -v error -y " + arguments + " '" + file + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    return file;
  }
  [[nodiscard]] fs::path written(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return folder_ / name;
  }
  /// 2 s of ffmpeg's test picture.
  [[nodiscard]] fs::path plain(const std::string& name, const std::string& options = "",
                               const std::string& size = "96x64") const {
    return made(name, "-f lavfi -i testsrc=size=" + size +
                          ":rate=25:duration=2 -pix_fmt yuv420p -c:v libx264 -crf 5 " + options);
  }

  fs::path folder_;
};

std::vector<double> times_of(const fs::path& file, const ReadOptions& options = {}) {
  FilmReader reader(file, options);
  std::vector<double> times;
  for (Frame frame; reader.next(frame);) {
    EXPECT_EQ(frame.index(), static_cast<std::int64_t>(times.size()));
    times.push_back(frame.seconds());
  }
  return times;
}

ErrorCode code_of(const fs::path& file, const ReadOptions& options = {}) {
  try {
    const FilmReader reader(file, options);
  } catch (const Error& e) {
    EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos);
    return e.code();
  }
  ADD_FAILURE() << file << " was opened";
  return ErrorCode::diverged;
}

TEST_F(FilmReaderTest, DeliversAllFramesAtTheirTimes) {
  const fs::path file = plain("a.mp4");
  for (const int threads : {1, 3}) {
    const std::vector<double> times = times_of(file, {.threads = threads});
    ASSERT_EQ(times.size(), 50U);
    for (std::size_t i = 0; i < times.size(); ++i)
      EXPECT_NEAR(times[i], static_cast<double>(i) / 25, 1e-9);
  }
  const FilmReader reader(file);
  EXPECT_EQ(reader.info().frames, 50);
  EXPECT_DOUBLE_EQ(reader.info().frame_rate, 25);
  EXPECT_NEAR(reader.info().seconds, 2, 1e-6);
  EXPECT_EQ(reader.info().codec, "h264");
}

TEST_F(FilmReaderTest, KeepsUnevenTimes) {
  // Frame n is at n squared milliseconds.
  const fs::path file =
      plain("uneven.mkv", "-vf 'settb=1/1000,setpts=N*N' -vsync passthrough -enc_time_base 1:1000");
  const std::vector<double> times = times_of(file);
  ASSERT_EQ(times.size(), 50U);
  for (std::size_t i = 0; i < times.size(); ++i)
    EXPECT_NEAR(times[i], static_cast<double>(i * i) / 1000, 1e-9);
}

TEST_F(FilmReaderTest, BeginsAndEndsWhereItIsTold) {
  for (const char* const name : {"a.mp4", "a.mkv", "a.ts", "a.avi"}) {
    SCOPED_TRACE(name);
    const std::vector<double> times = times_of(plain(name, "-g 10"), {.from = 0.5, .to = 1.2});
    ASSERT_EQ(times.size(), 17U);  // 0.52 (or 0.50 + rounding) .. 1.16
    EXPECT_NEAR(times.front(), 0.52, 0.021);
    EXPECT_LT(times.back(), 1.2);
  }
}

TEST_F(FilmReaderTest, RefusesTimesThatAreNotInTheFilm) {
  const fs::path file = plain("a.mp4");
  EXPECT_EQ(code_of(file, {.from = 2.5}), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of(file, {.from = 1, .to = 1}), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of(file, {.from = -1}), ErrorCode::invalid_argument);
}

/// Mean luma difference of two views of one size.
double difference(const ImageView& a, const ImageView& b) {
  EXPECT_EQ(a.width, b.width);
  EXPECT_EQ(a.height, b.height);
  double sum = 0;
  for (int y = 0; y < a.height; ++y)
    for (int x = 0; x < a.width; ++x) sum += std::abs(a.row(y)[x] - b.row(y)[x]);
  return sum / (a.width * a.height);
}

TEST_F(FilmReaderTest, FramesAreLookedAtUpright) {
  const fs::path lying = plain("lying.mp4");
  for (const std::string tag : {"90", "180", "270"}) {
    SCOPED_TRACE(tag);
    const fs::path told =
        made("told.mp4", "-i '" + lying.string() + "' -c copy -metadata:s:v rotate=" + tag);
    // ffmpeg obeys the rotation it is told.
    const fs::path turned = made("turned.mp4", "-i '" + told.string() + "' -c:v libx264 -crf 1");
    FilmReader a(told), b(turned);
    UprightView view_a, view_b;
    Frame frame_a, frame_b;
    for (int i = 0; i < 10; ++i) {
      ASSERT_TRUE(a.next(frame_a) && b.next(frame_b));
      EXPECT_LT(difference(view_a.of(frame_a, a.info().placement),
                           view_b.of(frame_b, b.info().placement)),
                2);
    }
  }
}

TEST_F(FilmReaderTest, FramesAreLookedAtInSquarePixels) {
  const fs::path file = plain("wide.mp4", "-vf setsar=2/1");
  FilmReader reader(file);
  EXPECT_EQ(reader.info().placement.width(), 192);
  EXPECT_EQ(reader.info().placement.height(), 64);
  Frame frame;
  ASSERT_TRUE(reader.next(frame));
  UprightView upright;
  const ImageView view = upright.of(frame, reader.info().placement);
  EXPECT_EQ(view.width, 192);
  EXPECT_EQ(view.height, 64);
}

TEST_F(FilmReaderTest, AllFormatsLookTheSame) {
  const fs::path plain_file = plain("plain.mp4", "-vf gblur=sigma=5");
  for (const char* const format :
       {"yuv420p10le", "yuv422p", "yuv444p", "yuvj420p", "nv12", "rgb24"}) {
    SCOPED_TRACE(format);
    const fs::path file =
        made("other.mkv", "-i '" + plain_file.string() + "' -c:v " +
                              (std::string(format) == "rgb24" ? "ffv1 -pix_fmt bgr0"
                               : std::string(format) == "nv12"
                                   ? "rawvideo -pix_fmt nv12"
                                   : "libx264 -crf 1 -pix_fmt " + std::string(format)));
    FilmReader a(plain_file), b(file);
    UprightView view_a, view_b;
    Frame frame_a, frame_b;
    ASSERT_TRUE(a.next(frame_a) && b.next(frame_b));
    const media::Image image_a = colour_image(view_a.of(frame_a, a.info().placement));
    const media::Image image_b = colour_image(view_b.of(frame_b, b.info().placement));
    double sum = 0;
    const auto bytes = image_a.stride() * 64;
    for (std::size_t i = 0; i < bytes; ++i) sum += std::abs(image_a.row(0)[i] - image_b.row(0)[i]);
    EXPECT_LT(sum / static_cast<double>(bytes), 4);
  }
}

TEST_F(FilmReaderTest, SaysWhenAFilmIsCutOff) {
  const fs::path whole = plain("whole.mkv", "-g 10", "320x240");
  std::string bytes;
  {
    std::ifstream in(whole, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  const fs::path cut = written("cut.mkv", bytes.substr(0, bytes.size() * 6 / 10));
  FilmReader reader(cut);
  std::int64_t frames = 0;
  for (Frame frame; reader.next(frame);) ++frames;
  EXPECT_GT(frames, 10);
  EXPECT_LT(frames, 50);
  EXPECT_FALSE(reader.warnings().empty());
  FilmReader good(whole);
  for (Frame frame; good.next(frame);) {
  }
  EXPECT_TRUE(good.warnings().empty()) << good.warnings().front();
}

TEST_F(FilmReaderTest, PassesOverWhatIsDamaged) {
  const fs::path whole = plain("whole.ts", "-g 5", "320x240");
  std::string bytes;
  {
    std::ifstream in(whole, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  for (std::size_t i = bytes.size() / 2; i < bytes.size() / 2 + 3000; ++i)
    bytes[i] = static_cast<char>(i * 37);
  FilmReader reader(written("damaged.ts", bytes));
  std::int64_t frames = 0;
  for (Frame frame; reader.next(frame);) ++frames;
  EXPECT_GT(frames, 30);
  EXPECT_FALSE(reader.warnings().empty());
}

TEST_F(FilmReaderTest, RefusesWhatIsNoFilm) {
  EXPECT_EQ(code_of(folder_ / "nothing.mp4"), ErrorCode::not_found);
  EXPECT_EQ(code_of(folder_), ErrorCode::io);
  EXPECT_EQ(code_of(written("empty.mp4", "")), ErrorCode::format);
  EXPECT_EQ(code_of(written("text.mp4", "hello, this is no film\n")), ErrorCode::format);
  EXPECT_EQ(code_of(made("sound.m4a", "-f lavfi -i sine=duration=1 -c:a aac")), ErrorCode::format);
}

TEST_F(FilmReaderTest, RefusesFilesThatNameOthers) {
  const fs::path inner = plain("inner.ts");
  const std::string name = inner.filename().string();
  EXPECT_EQ(code_of(written("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n" + name +
                                             "\n#EXT-X-ENDLIST\n")),
            ErrorCode::format);
  EXPECT_EQ(code_of(written("list.txt", "ffconcat version 1.0\nfile " + name + "\n")),
            ErrorCode::format);
}

TEST_F(FilmReaderTest, RefusesFramesThatAreTooLarge) {
  // IVF and VP8: 16383x16383, in the header and in the only frame. (RFC 6386, section 9.1)
  const std::string side("\xFF\x3F", 2), zeros(64, '\0');
  const std::string header = "DKIF" + std::string("\0\0\x20\0VP80", 8) + side + side +
                             std::string("\x19\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0", 16);
  const std::string frame = std::string("\x10\1\0\x9D\1\x2A", 6) + side + side + zeros;
  const std::string size{static_cast<char>(frame.size()), 0, 0, 0};
  EXPECT_EQ(code_of(written("huge.ivf", header + size + std::string(8, '\0') + frame)),
            ErrorCode::format);
}

}  // namespace
}  // namespace faceshot::video
