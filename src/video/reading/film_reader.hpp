// Films from files, frame by frame.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "video/frame.hpp"
#include "video/placement.hpp"

struct AVFormatContext;
struct AVPacket;
struct AVStream;

namespace faceshot::video {

/// Films with larger frames are not opened: a file of a few kB can claim to be one. (8K is 33
/// million.)
inline constexpr std::int64_t max_frame_pixels = 100'000'000;
inline constexpr int max_streams = 64;  ///< of one film

struct ReadOptions {
  double from = 0;                          ///< seconds: earlier frames are skipped
  std::optional<double> to = std::nullopt;  ///< seconds: the first frame that is not delivered
  int threads = 1;                          ///< of the decoder
};

struct FilmInfo {
  Placement placement;
  std::string container;  ///< "mov,mp4,m4a,3gp,3g2,mj2"
  std::string codec;      ///< "h264"
  double frame_rate = 0;  ///< mean, frames per second; 0: unknown
  double seconds = 0;     ///< duration according to the file; 0: unknown
  /// Expected number of delivered frames, an estimate; 0: unknown.
  std::int64_t frames = 0;
};

/// Reads one film from its beginning, or from a given time, to its end. Files are not trusted:
/// containers that refer to other files (playlists) are refused, and sizes are checked before
/// anything is allocated. Not thread safe; distinct objects are independent.
class FilmReader {
 public:
  /// Packets of all other streams (sound, subtitles) in the order of the file, within the wanted
  /// time.
  using TakePacket = std::function<void(const AVPacket&)>;

  /// @throws Error(not_found) no such file; Error(io) it cannot be read; Error(format) not a film,
  /// or too
  ///         damaged to be opened; Error(unsupported) too large, or of a codec that libav lacks;
  ///         Error(invalid_argument) for impossible times
  explicit FilmReader(const std::filesystem::path& path, const ReadOptions& options = {});
  ~FilmReader();
  FilmReader(FilmReader&&) noexcept;
  FilmReader& operator=(FilmReader&&) noexcept;

  [[nodiscard]] const FilmInfo& info() const noexcept;
  [[nodiscard]] const std::filesystem::path& path() const noexcept;

  /// Receives the other streams' packets, during next() and finish().
  void take_packets(TakePacket take);

  /// The next frame in display order, all of one size and format. False: there is none. Damaged
  /// parts are skipped, and reported by warnings().
  bool next(Frame& frame);

  /// After the last frame: reads the rest of the other streams within the wanted time.
  void finish();

  /// Problems tolerated so far, one line each.
  [[nodiscard]] std::vector<std::string> warnings() const;

  /// For this room: the open file, the index of its video stream, and the time that becomes 0, in
  /// libav's microseconds.
  [[nodiscard]] const AVFormatContext& format() const noexcept;
  [[nodiscard]] int stream() const noexcept;
  [[nodiscard]] std::int64_t origin() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::video
