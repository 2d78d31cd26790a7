#include "video/writing/live_recorder.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "faceshot/error.hpp"
#include "media/photographs/image_list.hpp"
#include "support/folder.hpp"
#include "video/libav.hpp"
#include "video/writing/encoder.hpp"

namespace faceshot::video {
namespace {

namespace fs = std::filesystem;

constexpr AVRational recording_time_base{1, 1000};  // Matroska's

/// rec.mkv, rec-2.mkv, ...: the first that does not exist.
fs::path free_name(const fs::path& wanted) {
  fs::path name = wanted;
  std::error_code ignored;
  for (int n = 2; fs::exists(fs::symlink_status(name, ignored)); ++n)
    name = wanted.parent_path() /
           (wanted.stem().string() + "-" + std::to_string(n) + wanted.extension().string());
  return name;
}

struct RecordingFree {
  void operator()(AVFormatContext* format) const noexcept {
    avio_closep(&format->pb);
    avformat_free_context(format);
  }
};

}  // namespace

struct LiveRecorder::Impl {
  fs::path path;
  WriteOptions options;
  const AVCodec* codec = nullptr;
  fs::path file{};
  std::unique_ptr<AVFormatContext, RecordingFree> format{};
  std::unique_ptr<Encoder> encoder{};
  int width = 0, height = 0, pixel_format = -1;
  double begin = 0;
  std::int64_t last = -1;

  [[noreturn]] void fail(int code) const {
    throw CannotWrite(
        Error(ErrorCode::io, "cannot write '" + file.string() + "': " + libav_text(code)));
  }
  void start(const AVFrame& first, const Placement& placement, double seconds);
  void mux(AVPacket& packet) const;
  void finish();
};

void LiveRecorder::Impl::start(const AVFrame& first, const Placement& placement, double seconds) {
  support::make_folder(path.parent_path());
  file = free_name(path);
  AVFormatContext* made = nullptr;
  if (avformat_alloc_output_context2(&made, nullptr, "matroska", nullptr) < 0) throw_no_memory();
  format.reset(made);
  // "file:" prevents a colon in the name from being taken for a protocol.
  if (const int code = avio_open(&format->pb, ("file:" + file.string()).c_str(), AVIO_FLAG_WRITE);
      code < 0)
    fail(code);
  EncoderSettings settings;
  settings.codec_options = options.codec_options;
  settings.quality = options.quality;
  settings.threads = std::max(1, options.threads);
  settings.time_base = recording_time_base;
  const double aspect = static_cast<double>(placement.square_width()) * placement.stored_height() /
                        (static_cast<double>(placement.square_height()) * placement.stored_width());
  settings.pixel_aspect = placement.stretched() ? av_d2q(aspect, 1000) : AVRational{1, 1};
  settings.global_header = true;
  encoder = std::make_unique<Encoder>(*codec, settings, first);
  AVStream* const stream = require_memory(avformat_new_stream(format.get(), nullptr));
  stream->time_base = recording_time_base;
  stream->sample_aspect_ratio = settings.pixel_aspect;
  if (const int code = avcodec_parameters_from_context(stream->codecpar, &encoder->context());
      code < 0)
    fail(code);
  AVDictionary* muxer = nullptr;
  av_dict_set(&muxer, "cluster_time_limit", "500", 0);  // how much is flushed at once, ms
  av_dict_set(&muxer, "flush_packets", "1", 0);
  const int code = avformat_write_header(format.get(), &muxer);
  av_dict_free(&muxer);
  if (code < 0) fail(code);
  width = first.width;
  height = first.height;
  pixel_format = first.format;
  begin = seconds;
  last = -1;
}

void LiveRecorder::Impl::mux(AVPacket& packet) const {
  packet.stream_index = 0;
  av_packet_rescale_ts(&packet, encoder->context().time_base, format->streams[0]->time_base);
  if (const int code = av_interleaved_write_frame(format.get(), &packet); code < 0) fail(code);
  if (format->pb->error < 0) fail(format->pb->error);
}

void LiveRecorder::Impl::finish() {
  if (!encoder) return;
  const std::unique_ptr<Encoder> ending = std::move(encoder);
  const auto closing = std::move(format);
  ending->flush([&](AVPacket& packet) {
    packet.stream_index = 0;
    av_packet_rescale_ts(&packet, ending->context().time_base, closing->streams[0]->time_base);
    if (const int code = av_interleaved_write_frame(closing.get(), &packet); code < 0) fail(code);
  });
  if (const int code = av_write_trailer(closing.get()); code < 0) fail(code);
  if (closing->pb->error < 0) fail(closing->pb->error);
}

LiveRecorder::LiveRecorder(fs::path path, const WriteOptions& options)
    : impl_(new Impl{.path = std::move(path), .options = options}) {
  if (media::lower_extension(impl_->path) != ".mkv")
    throw Error(ErrorCode::invalid_argument,
                "'" + impl_->path.string() +
                    "': streams are recorded as Matroska, which can be played while it grows; use "
                    "a name like rec.mkv");
  quiet_libav();
  impl_->codec = &choose_encoder(options.codec, *av_guess_format("matroska", nullptr, nullptr));
}

LiveRecorder::~LiveRecorder() {
  try {
    impl_->finish();
  } catch (const Error&) {  // a full disk, for example: write() has reported it, or there is nobody
                            // to report it to
  }
}

void LiveRecorder::write(const Frame& frame, const Placement& placement) {
  const AVFrame& picture = *frame.picture();
  Impl& my = *impl_;
  if (my.encoder && (picture.width != my.width || picture.height != my.height ||
                     picture.format != my.pixel_format))
    my.finish();
  if (!my.encoder) my.start(picture, placement, frame.seconds());
  const std::int64_t time =
      std::max(my.last + 1, std::int64_t{std::llround((frame.seconds() - my.begin) * 1000)});
  my.last = time;
  my.encoder->encode(picture, time, [&](AVPacket& packet) { my.mux(packet); });
}

void LiveRecorder::finish() { impl_->finish(); }
fs::path LiveRecorder::file() const { return impl_->file; }

}  // namespace faceshot::video
