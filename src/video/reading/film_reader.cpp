#include "video/reading/film_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <utility>

#include "faceshot/error.hpp"
#include "video/libav.hpp"
#include "video/painting/canvas.hpp"
#include "video/reading/film_time.hpp"
#include "video/reading/stored_picture.hpp"

namespace faceshot::video {
namespace {

namespace fs = std::filesystem;

/// Containers of films. Those that refer to other files (hls, dash, concat, image2) would read
/// files chosen by their author, not by the user.
constexpr const char* known_containers =
    "mov,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,mxf,mxf_opatom,nut,ivf,h264,hevc,obu,"
    "av1,"
    "m4v,yuv4mpegpipe,dv,rm,mjpeg,gxf,vob,gif,wtv,h263,apng";

constexpr double ticks_to_seconds(std::int64_t ticks, AVRational base) {
  return static_cast<double>(ticks) * base.num / base.den;
}

/// Timestamps in files may have any value.
bool sane_time(std::int64_t ticks) {
  constexpr std::int64_t most = std::int64_t{1} << 55;
  return ticks != AV_NOPTS_VALUE && ticks > -most && ticks < most;
}

double rate_of(AVRational rate) { return rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 0; }

}  // namespace

struct FilmReader::Impl {
  fs::path path;
  ReadOptions options;
  InputPointer format;
  CodecPointer decoder;
  PacketPointer packet{require_memory(av_packet_alloc())};
  ScalerPointer scaler;
  TakePacket take;
  FilmInfo info;
  int stream = -1;
  double start = 0;         ///< seconds, in the file's own time, at the beginning of the film
  std::int64_t origin = 0;  ///< in the file's own time, microseconds; 0 without a start time
  int width = 0, height = 0, pixel_format = -1;  ///< of all frames
  int first_format = -1;                         ///< as the decoder gave it
  std::int64_t delivered = 0;
  std::int64_t last_pts = AV_NOPTS_VALUE, last_duration = 0;
  double end = 0;  ///< of the last frame, seconds
  bool draining = false, ended = false, file_ended = false;
  std::int64_t damaged = 0, rescaled = 0, untimed = 0;
  double first_damage = -1;
  std::string cut_off;
  /// How many seconds further back to seek if the previous seek went too far.
  static constexpr std::array<double, 4> steps_back{2, 15, 60, 1e9};
  std::size_t sought = 0;
  std::vector<PacketPointer> held_back;  ///< of other streams
  std::map<int, bool> over;              ///< other streams that are past the wanted time

  [[nodiscard]] std::string name() const { return "'" + path.string() + "'"; }
  [[nodiscard]] const AVStream& film() const { return *format->streams[stream]; }

  void open();
  void choose_stream();
  void open_decoder();
  void describe();
  void seek(double back);
  bool seek_further_back(const AVFrame* first);
  bool read_packet();
  void pass_on();
  void pass_on_held_back();
  [[nodiscard]] AVFrame* decode();
  bool feed();
  void note_damage(double seconds);
  void set_time(AVFrame& picture);
  [[nodiscard]] AVFrame* in_one_size(AVFrame* picture);
};

void FilmReader::Impl::open() {
  quiet_libav();
  std::error_code failed;
  if (!fs::exists(path, failed)) throw Error(ErrorCode::not_found, "there is no film " + name());
  if (fs::is_directory(path, failed))
    throw Error(ErrorCode::io, name() + " is a folder, not a film");
  AVFormatContext* const context = require_memory(avformat_alloc_context());
  context->max_streams = max_streams;
  AVDictionary* options_of_libav = nullptr;
  av_dict_set(&options_of_libav, "protocol_whitelist", "file", 0);
  av_dict_set(&options_of_libav, "format_whitelist", known_containers, 0);
  AVFormatContext* opened = context;
  // "file:" prevents a colon in the name from being taken for a protocol.
  const int code =
      avformat_open_input(&opened, ("file:" + path.string()).c_str(), nullptr, &options_of_libav);
  av_dict_free(&options_of_libav);
  if (code < 0) {  // the context has been freed
    if (code == AVERROR(EACCES) || code == AVERROR(EIO) || code == AVERROR(EMFILE))
      throw Error(ErrorCode::io, "cannot read " + name() + ": " + libav_text(code));
    throw Error(ErrorCode::format,
                name() +
                    " is not a readable film, or it is damaged or truncated before its index (" +
                    libav_text(code) + ")");
  }
  format.reset(opened);
  // Decoders that it opens for probing the streams have the same limit.
  std::vector<AVDictionary*> limits(format->nb_streams, nullptr);
  for (AVDictionary*& limit : limits) av_dict_set_int(&limit, "max_pixels", max_frame_pixels, 0);
  const int found = avformat_find_stream_info(format.get(), limits.data());
  for (AVDictionary*& limit : limits) av_dict_free(&limit);
  if (found < 0) throw Error(ErrorCode::format, name() + " is damaged: " + libav_text(found));
}

void FilmReader::Impl::choose_stream() {
  stream = av_find_best_stream(format.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (stream < 0 || (film().disposition & AV_DISPOSITION_ATTACHED_PIC) != 0)
    throw Error(ErrorCode::format, name() + " contains no film" +
                                       (stream < 0 ? "" : ", only sound with a cover picture"));
}

void FilmReader::Impl::open_decoder() {
  const AVCodecParameters& stored = *film().codecpar;
  info.codec = avcodec_get_name(stored.codec_id);
  const AVCodec* const codec = avcodec_find_decoder(stored.codec_id);
  if (codec == nullptr)
    throw Error(ErrorCode::unsupported, name() + ": no decoder for its codec (" + info.codec + ")");
  if (stored.width <= 0 || stored.height <= 0)
    throw Error(ErrorCode::format,
                name() + " is damaged: its frames have no size, or an impossible one");
  if (std::int64_t{stored.width} * stored.height > max_frame_pixels)
    throw Error(ErrorCode::unsupported,
                fmt::format("{}: frames of {}x{} are too large (at most {} million pixels)", name(),
                            stored.width, stored.height, max_frame_pixels / 1'000'000));
  decoder.reset(require_memory(avcodec_alloc_context3(codec)));
  int code = avcodec_parameters_to_context(decoder.get(), &stored);
  decoder->max_pixels = max_frame_pixels;
  decoder->pkt_timebase = film().time_base;
  decoder->thread_count = std::clamp(options.threads, 1, 16);
  decoder->thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE;
  if (code >= 0) code = avcodec_open2(decoder.get(), codec, nullptr);
  if (code < 0)
    throw Error(ErrorCode::format, name() + ": its decoder rejects it: " + libav_text(code));
}

void FilmReader::Impl::describe() {
  const AVStream& s = film();
  const AVRational aspect =
      av_guess_sample_aspect_ratio(format.get(), format->streams[stream], nullptr);
  info.placement = Placement(s.codecpar->width, s.codecpar->height, turn_of(s),
                             aspect.num > 0 && aspect.den > 0 ? av_q2d(aspect) : 1.0);
  if (std::int64_t{info.placement.width()} * info.placement.height() > max_frame_pixels)
    throw Error(ErrorCode::unsupported, name() +
                                            ": its frames are too large when stretched to "
                                            "square pixels");
  info.container = format->iformat->name;
  info.frame_rate = rate_of(s.avg_frame_rate);
  if (info.frame_rate <= 0) info.frame_rate = rate_of(s.r_frame_rate);
  if (sane_time(s.duration) && s.duration > 0)
    info.seconds = ticks_to_seconds(s.duration, s.time_base);
  else if (sane_time(format->duration) && format->duration > 0)
    info.seconds = ticks_to_seconds(format->duration, AV_TIME_BASE_Q);
  if (sane_time(s.start_time)) start = ticks_to_seconds(s.start_time, s.time_base);
  const double to = std::min(options.to.value_or(info.seconds), info.seconds);
  const bool whole = options.from <= 0 && !options.to;
  info.frames = whole && s.nb_frames > 0
                    ? s.nb_frames
                    : std::llround(std::max(0.0, to - options.from) * info.frame_rate);
}

/// @param back seconds before the wanted time
void FilmReader::Impl::seek(double back) {
  if (options.from <= 0) return;
  origin = std::llround((start + options.from) * AV_TIME_BASE);
  const double aim = std::max(0.0, options.from - back);
  const std::int64_t ticks = std::llround((start + aim) / av_q2d(film().time_base));
  const auto to_the_beginning = [&] {
    // By bytes: a key frame's packet may have an earlier time than its frame.
    return av_seek_frame(format.get(), -1, 0, AVSEEK_FLAG_BYTE) >= 0 ||
           av_seek_frame(format.get(), stream, 0, AVSEEK_FLAG_BACKWARD) >= 0;
  };
  const bool found =
      (aim > 0 && av_seek_frame(format.get(), stream, ticks, AVSEEK_FLAG_BACKWARD) >= 0) ||
      to_the_beginning();
  if (!found) return;
  avcodec_flush_buffers(decoder.get());
  draining = file_ended = false;
}

/// In some containers (MPEG-TS), seeking ends between two key frames, and the first decoded frame
/// is too late: then seek further back, finally to the beginning. False: not necessary, or not
/// possible.
bool FilmReader::Impl::seek_further_back(const AVFrame* first) {
  if (options.from <= 0 || sought >= steps_back.size()) return false;
  const double leeway = 1.5 * (info.frame_rate > 0 ? 1 / info.frame_rate : 0.04);
  if (first != nullptr && sane_time(first->best_effort_timestamp) &&
      ticks_to_seconds(first->best_effort_timestamp, film().time_base) - start <=
          options.from + leeway) {
    sought = steps_back.size();
    return false;
  }
  held_back.clear();
  seek(steps_back[sought++]);
  return true;
}

void FilmReader::Impl::note_damage(double seconds) {
  if (damaged++ == 0) first_damage = seconds;
}

/// False: the file has ended.
bool FilmReader::Impl::read_packet() {
  if (file_ended) return false;
  int refused = 0;
  for (;;) {
    av_packet_unref(packet.get());
    const int code = av_read_frame(format.get(), packet.get());
    if (code >= 0) return true;
    if (code == AVERROR_EOF) break;
    if (code == AVERROR(EAGAIN)) continue;
    // Some containers continue after damaged parts.
    constexpr int most_refused = 100;
    if (code == AVERROR_INVALIDDATA && ++refused < most_refused) {
      note_damage(end);
      continue;
    }
    cut_off = libav_text(code);
    break;
  }
  file_ended = true;
  return false;
}

/// Passes on a packet of another stream, if it is within the wanted time.
void FilmReader::Impl::pass_on() {
  const AVStream& s = *format->streams[packet->stream_index];
  const std::int64_t ticks = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
  if (sane_time(ticks) && (s.disposition & AV_DISPOSITION_ATTACHED_PIC) == 0) {
    const double seconds = ticks_to_seconds(ticks, s.time_base) - start;
    if (options.to && seconds >= *options.to) {
      over[packet->stream_index] = true;
      return;
    }
    if (options.from > 0 && seconds < options.from) return;
  }
  if (!take) return;
  // Until there is a first frame, a seek further back may be necessary.
  if (options.from > 0 && delivered == 0)
    held_back.emplace_back(require_memory(av_packet_clone(packet.get())));
  else
    take(*packet);
}

void FilmReader::Impl::pass_on_held_back() {
  for (const PacketPointer& held : held_back) take(*held);
  held_back.clear();
}

/// Passes another packet to the decoder, or signals the end. False: it has all of them.
bool FilmReader::Impl::feed() {
  if (draining) return false;
  for (;;) {
    if (!read_packet()) {
      draining = true;
      avcodec_send_packet(decoder.get(), nullptr);
      return true;
    }
    if (packet->stream_index == stream) break;
    pass_on();
  }
  const int code = avcodec_send_packet(decoder.get(), packet.get());
  if (code == AVERROR(ENOMEM)) throw_no_memory();
  if (code < 0) note_damage(end);
  return true;
}

AVFrame* FilmReader::Impl::decode() {
  AVFrame* const picture = require_memory(av_frame_alloc());
  std::unique_ptr<AVFrame, FrameFree> owner(picture);
  for (;;) {
    const int code = avcodec_receive_frame(decoder.get(), picture);
    if (code == 0) return owner.release();
    if (code == AVERROR_EOF) return nullptr;
    if (code == AVERROR(ENOMEM)) throw_no_memory();
    if (code != AVERROR(EAGAIN)) note_damage(end);
    if (!feed() && code == AVERROR(EAGAIN)) return nullptr;
  }
}

/// Decoders pass on timestamps; if one is missing or does not advance, the frame follows the
/// previous one.
void FilmReader::Impl::set_time(AVFrame& picture) {
  const AVRational base = film().time_base;
  std::int64_t pts = picture.best_effort_timestamp;
  if (last_duration <= 0 && info.frame_rate > 0)
    last_duration = std::max<std::int64_t>(1, std::llround(1 / info.frame_rate / av_q2d(base)));
  if (!sane_time(pts)) pts = AV_NOPTS_VALUE;
  if (pts == AV_NOPTS_VALUE || (last_pts != AV_NOPTS_VALUE && pts <= last_pts)) {
    ++untimed;
    pts = last_pts == AV_NOPTS_VALUE
              ? std::llround(start / av_q2d(base))
              : last_pts + (pts == AV_NOPTS_VALUE ? std::max<std::int64_t>(1, last_duration) : 1);
  }
  picture.pts = pts;
  if (picture.pkt_duration > 0 && sane_time(picture.pkt_duration))
    last_duration = picture.pkt_duration;
  last_pts = pts;
}

/// Films may change size or format (broadcasts do): later frames are converted to the first one's.
AVFrame* FilmReader::Impl::in_one_size(AVFrame* picture) {
  if (pixel_format < 0) {
    width = picture->width;
    height = picture->height;
    first_format = picture->format;
    pixel_format = paintable(first_format) ? first_format : best_paintable(first_format);
    if (width != info.placement.stored_width() || height != info.placement.stored_height()) {
      const Placement& told = info.placement;
      info.placement =
          Placement(width, height, told.turn(),
                    static_cast<double>(told.square_width()) * told.stored_height() /
                        (static_cast<double>(told.square_height()) * told.stored_width()));
    }
  }
  if (picture->width == width && picture->height == height && picture->format == pixel_format)
    return picture;
  std::unique_ptr<AVFrame, FrameFree> owner(picture);
  if (picture->width != width || picture->height != height || picture->format != first_format)
    ++rescaled;
  std::unique_ptr<AVFrame, FrameFree> fitted(require_memory(av_frame_alloc()));
  fitted->width = width;
  fitted->height = height;
  fitted->format = pixel_format;
  if (av_frame_get_buffer(fitted.get(), 0) < 0) throw_no_memory();
  scaler.reset(sws_getCachedContext(scaler.release(), picture->width, picture->height,
                                    static_cast<AVPixelFormat>(picture->format), width, height,
                                    static_cast<AVPixelFormat>(pixel_format), SWS_BILINEAR, nullptr,
                                    nullptr, nullptr));
  if (!scaler || sws_scale(scaler.get(), picture->data, picture->linesize, 0, picture->height,
                           fitted->data, fitted->linesize) <= 0)
    throw Error(ErrorCode::unsupported,
                fmt::format("{}: its frames change at {} to a format that cannot be converted back",
                            name(), film_time_text(end)));
  av_frame_copy_props(fitted.get(), picture);
  if (picture->colorspace == AVCOL_SPC_RGB || !paintable(picture->format)) {
    // libswscale's default.
    fitted->colorspace = AVCOL_SPC_SMPTE170M;
    fitted->color_range = AVCOL_RANGE_MPEG;
  }
  return fitted.release();
}

FilmReader::FilmReader(const fs::path& path, const ReadOptions& options) : impl_(new Impl) {
  if (!(options.from >= 0) || (options.to && !(*options.to > options.from)))
    throw Error(ErrorCode::invalid_argument, "video: the end must be after the start");
  impl_->path = path;
  impl_->options = options;
  impl_->open();
  impl_->choose_stream();
  impl_->open_decoder();
  impl_->describe();
  if (impl_->info.seconds > 0 && options.from >= impl_->info.seconds)
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{} lasts only {}; there is nothing after {}", impl_->name(),
                            film_time_text(impl_->info.seconds), film_time_text(options.from)));
  impl_->seek(0);
}

FilmReader::~FilmReader() = default;
FilmReader::FilmReader(FilmReader&&) noexcept = default;
FilmReader& FilmReader::operator=(FilmReader&&) noexcept = default;

const FilmInfo& FilmReader::info() const noexcept { return impl_->info; }
const fs::path& FilmReader::path() const noexcept { return impl_->path; }
const AVFormatContext& FilmReader::format() const noexcept { return *impl_->format; }
int FilmReader::stream() const noexcept { return impl_->stream; }
std::int64_t FilmReader::origin() const noexcept { return impl_->origin; }
void FilmReader::take_packets(TakePacket take) { impl_->take = std::move(take); }

bool FilmReader::next(Frame& frame) {
  Impl& my = *impl_;
  const AVRational base = my.film().time_base;
  while (!my.ended) {
    AVFrame* picture = my.decode();
    std::unique_ptr<AVFrame, FrameFree> owner(picture);
    if (my.seek_further_back(picture)) continue;
    if (picture == nullptr) break;
    my.set_time(*picture);
    constexpr double leeway = 5e-4;  // times on the command line are decimal
    const double tick = av_q2d(base);
    const double seconds = ticks_to_seconds(picture->pts, base) - my.start;
    if (my.options.from > 0 && seconds < my.options.from - leeway) continue;
    if (my.options.to && seconds >= *my.options.to - leeway) break;
    if (picture->decode_error_flags != 0 || (picture->flags & AV_FRAME_FLAG_CORRUPT) != 0)
      my.note_damage(seconds);
    picture = my.in_one_size(owner.release());
    my.end = seconds + static_cast<double>(my.last_duration) * tick;
    frame = Frame(picture, my.delivered++, seconds);
    my.pass_on_held_back();
    return true;
  }
  my.ended = true;
  return false;
}

void FilmReader::finish() {
  Impl& my = *impl_;
  my.ended = true;
  // Sound may be a second or so behind the pictures: with an end given, reading stops when all
  // streams are past it, or have had time to get there.
  const auto all_over = [&] {
    if (!my.options.to) return false;
    for (unsigned i = 0; i < my.format->nb_streams; ++i) {
      const bool sound = my.format->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
      if (sound && !my.over[static_cast<int>(i)]) return false;
    }
    return true;
  };
  constexpr double enough = 15;  // seconds
  while (!all_over() && my.read_packet()) {
    if (my.packet->stream_index != my.stream) {
      my.pass_on();
      continue;
    }
    const std::int64_t dts = my.packet->dts;
    if (my.options.to && sane_time(dts) &&
        ticks_to_seconds(dts, my.film().time_base) - my.start > *my.options.to + enough)
      break;
  }
}

std::vector<std::string> FilmReader::warnings() const {
  const Impl& my = *impl_;
  std::vector<std::string> lines;
  if (my.damaged > 0)
    lines.push_back(fmt::format("{} is damaged in {} place{}, first about {}", my.name(),
                                my.damaged, my.damaged == 1 ? "" : "s",
                                film_time_text(my.first_damage)));
  if (!my.cut_off.empty())
    lines.push_back(fmt::format("{} cannot be read beyond {} ({})", my.name(),
                                film_time_text(my.end), my.cut_off));
  const double wanted = std::min(my.options.to.value_or(my.info.seconds), my.info.seconds);
  const double leeway = 0.5 + (my.info.frame_rate > 0 ? 2 / my.info.frame_rate : 1);
  if (my.cut_off.empty() && my.ended && my.delivered > 0 && my.end < wanted - leeway)
    lines.push_back(fmt::format("{} ends at {} but claims to last {}: it is truncated", my.name(),
                                film_time_text(my.end), film_time_text(my.info.seconds)));
  if (my.rescaled > 0)
    lines.push_back(
        fmt::format("{}: {} frames with a different size or format were converted to {}x{}",
                    my.name(), my.rescaled, my.width, my.height));
  if (my.untimed > 0)
    lines.push_back(
        fmt::format("{}: {} frames had no timestamp, or one before the previous frame's", my.name(),
                    my.untimed));
  return lines;
}

}  // namespace faceshot::video
