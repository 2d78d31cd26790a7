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

/// No film with larger frames is opened: a file of a few kB can claim to be one. (8K is 33
/// million.)
inline constexpr std::int64_t max_frame_pixels = 100'000'000;
inline constexpr int max_streams = 64;  ///< of one film

struct ReadOptions {
  double from = 0;                          ///< seconds: frames before are passed over
  std::optional<double> to = std::nullopt;  ///< seconds: the first frame that is not delivered
  int threads = 1;                          ///< of the decoder
};

struct FilmInfo {
  Placement placement;
  std::string container;  ///< "mov,mp4,m4a,3gp,3g2,mj2"
  std::string codec;      ///< "h264"
  double frame_rate = 0;  ///< mean, frames per second; 0: not known
  double seconds = 0;     ///< how long it says it lasts; 0: not known
  /// What will be delivered, at best an estimate; 0: not known.
  std::int64_t frames = 0;
};

/// Reads one film from its beginning, or from a time on, to its end. Files are not trusted:
/// containers that name other files (playlists) are refused, and sizes are checked before anything
/// is allocated. Not thread safe; distinct objects are independent.
class FilmReader {
 public:
  /// Packets of all other streams (sound, subtitles) in the order of the file, those of the wanted
  /// time.
  using TakePacket = std::function<void(const AVPacket&)>;

  /// @throws Error(not_found) no such file; Error(io) it cannot be read; Error(format) no film, or
  /// too
  ///         damaged to be opened; Error(unsupported) too large, or of a codec that libav lacks;
  ///         Error(invalid_argument) for impossible times
  explicit FilmReader(const std::filesystem::path& path, const ReadOptions& options = {});
  ~FilmReader();
  FilmReader(FilmReader&&) noexcept;
  FilmReader& operator=(FilmReader&&) noexcept;

  [[nodiscard]] const FilmInfo& info() const noexcept;
  [[nodiscard]] const std::filesystem::path& path() const noexcept;

  /// Who wants the other streams' packets. Called within next() and finish().
  void take_packets(TakePacket take);

  /// The next frame in order of display, all of one size and format. False: there is none. Damaged
  /// parts are passed over, and told by warnings().
  bool next(Frame& frame);

  /// After the last frame: reads on to what of the other streams belongs to the wanted time.
  void finish();

  /// What had to be put up with so far: one line each.
  [[nodiscard]] std::vector<std::string> warnings() const;

  /// For this room: the open file, which of its streams is the film, and the time that is to become
  /// 0, in libav's microseconds.
  [[nodiscard]] const AVFormatContext& format() const noexcept;
  [[nodiscard]] int stream() const noexcept;
  [[nodiscard]] std::int64_t origin() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::video
