#include "video/live/sources/libav_input.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "video/live/sources/source_name.hpp"
#include "video/live/utc_time.hpp"
#include "video/painting/canvas.hpp"
#include "video/reading/film_reader.hpp"
#include "video/reading/stored_picture.hpp"

namespace faceshot::video {
namespace {

constexpr int pipe_buffer_bytes = 1 << 16;
/// Read before a stream's format is known. Garbage is recognised after that many as well.
constexpr std::int64_t probe_bytes = 1'000'000;
constexpr std::int64_t probe_microseconds = 1'000'000;

}  // namespace

double ProcessorShare::pause() {
  constexpr double window = 0.25;
  const double now = monotonic_now(), used = thread_processor_seconds();
  if (now - begin_ > window) {
    begin_ = now;
    used_ = used;
    return 0;
  }
  return used - used_ > most_ * window ? std::max(0.0, begin_ + window - now) : 0;
}

LibavInput::LibavInput(const InputOptions& options, const Interrupt& interrupt, Settings settings)
    : options_(options),
      interrupt_(interrupt),
      settings_(std::move(settings)),
      share_(options.most_processor) {
  quiet_libav();
  try {
    open();
    open_decoder();
  } catch (...) {
    format_.reset();
    if (io_ != nullptr) {
      av_freep(&io_->buffer);
      avio_context_free(&io_);
    }
    throw;
  }
}

LibavInput::~LibavInput() {
  // Closing the connection to an unresponsive camera must not take long either.
  constexpr double goodbye = 0.5;
  deadline_ = monotonic_now() + goodbye;
  format_.reset();
  if (io_ != nullptr) {
    av_freep(&io_->buffer);
    avio_context_free(&io_);
  }
}

int LibavInput::stop_waiting(void* self) {
  const auto& input = *static_cast<const LibavInput*>(self);
  return input.interrupt_.raised() || input.late() ? 1 : 0;
}

int LibavInput::read_bytes(void* self, std::uint8_t* bytes, int count) {
  return static_cast<LibavInput*>(self)->settings_.read(bytes, count);
}

void LibavInput::start_waiting() {
  deadline_ = settings_.time_limits
                  ? monotonic_now() + (any_ ? options_.read_seconds : options_.connect_seconds)
                  : std::numeric_limits<double>::infinity();
}

bool LibavInput::late() const { return monotonic_now() > deadline_; }

void LibavInput::fail(int code) const {
  if (code == AVERROR_EXIT && late())
    throw Error(ErrorCode::io, any_ ? settings_.name + ": no frame within the time limit"
                                    : settings_.name + ": no answer within the time limit");
  const std::string why = settings_.name + ": " + libav_text(code);
  // 461, "Unsupported transport", is "4XX" in libav; some servers send 400.
  if (code == AVERROR_HTTP_BAD_REQUEST || code == AVERROR_HTTP_OTHER_4XX)
    throw RefusedByServer(why);
  throw Error(code == AVERROR_INVALIDDATA ? ErrorCode::format : ErrorCode::io, why);
}

void LibavInput::open() {
  AVDictionary* options = std::exchange(settings_.options, nullptr);
  const std::unique_ptr<AVDictionary*, void (*)(AVDictionary**)> owner(&options, av_dict_free);
  AVFormatContext* context = require_memory(avformat_alloc_context());
  context->interrupt_callback = {stop_waiting, this};
  context->max_streams = max_streams;
  context->probesize = probe_bytes;
  context->max_analyze_duration = probe_microseconds;
  context->fps_probe_size = 0;
  if (settings_.read) {
    auto* const buffer = static_cast<std::uint8_t*>(av_malloc(pipe_buffer_bytes));
    io_ = buffer == nullptr ? nullptr
                            : avio_alloc_context(buffer, pipe_buffer_bytes, 0, this, read_bytes,
                                                 nullptr, nullptr);
    if (io_ == nullptr) {
      av_free(buffer);
      avformat_free_context(context);
      throw_no_memory();
    }
    context->pb = io_;
  }
  av_dict_set(&options, "protocol_whitelist", settings_.protocols.c_str(), 0);
  av_dict_set(&options, "format_whitelist", live_formats, 0);
  start_waiting();
  const int code = avformat_open_input(&context, settings_.url.c_str(), nullptr, &options);
  if (code < 0) fail(code);  // the context has been freed
  format_.reset(context);
  const unsigned known = format_->nb_streams;
  std::vector<AVDictionary*> limits(known, nullptr);
  for (AVDictionary*& limit : limits) av_dict_set_int(&limit, "max_pixels", max_frame_pixels, 0);
  const int found = avformat_find_stream_info(format_.get(), known > 0 ? limits.data() : nullptr);
  for (AVDictionary*& limit : limits) av_dict_free(&limit);
  if (found < 0) fail(found);
}

void LibavInput::open_decoder() {
  stream_ = av_find_best_stream(format_.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (stream_ < 0) {
    if (late()) fail(AVERROR_EXIT);
    throw Error(ErrorCode::format, settings_.name + ": contains no video");
  }
  for (unsigned i = 0; i < format_->nb_streams; ++i)
    if (static_cast<int>(i) != stream_) format_->streams[i]->discard = AVDISCARD_ALL;
  const AVStream& stream = *format_->streams[stream_];
  const AVCodec* const codec = avcodec_find_decoder(stream.codecpar->codec_id);
  if (codec == nullptr)
    throw Error(ErrorCode::unsupported, settings_.name + ": no decoder for its codec (" +
                                            avcodec_get_name(stream.codecpar->codec_id) + ")");
  decoder_.reset(require_memory(avcodec_alloc_context3(codec)));
  int code = avcodec_parameters_to_context(decoder_.get(), stream.codecpar);
  decoder_->max_pixels = max_frame_pixels;
  decoder_->pkt_timebase = stream.time_base;
  decoder_->thread_count = 1;  // more would delay frames, and streams share the cores anyway
  if (code >= 0) code = avcodec_open2(decoder_.get(), codec, nullptr);
  if (code < 0) fail(code);
}

/// Passes a packet to the decoder. False: interrupted.
bool LibavInput::feed() {
  av_packet_unref(packet_.get());
  if (const double pause = share_.pause(); pause > 0 && interrupt_.wait(pause)) return false;
  const int code = av_read_frame(format_.get(), packet_.get());
  if (interrupt_.raised()) return false;
  if (late()) fail(AVERROR_EXIT);
  if (code == AVERROR_EOF) {
    draining_ = true;
    avcodec_send_packet(decoder_.get(), nullptr);
    return true;
  }
  constexpr int most_refused = 1000;
  if (code == AVERROR(EAGAIN) || (code == AVERROR_INVALIDDATA && ++refused_ < most_refused)) {
    damaged_ += code == AVERROR_INVALIDDATA ? 1 : 0;
    return true;
  }
  if (code < 0) fail(code);
  refused_ = 0;
  if (packet_->stream_index != stream_) return true;
  const int sent = avcodec_send_packet(decoder_.get(), packet_.get());
  if (sent == AVERROR(ENOMEM)) throw_no_memory();
  if (sent < 0) ++damaged_;
  return true;
}

bool LibavInput::next(LivePicture& picture) {
  start_waiting();
  std::unique_ptr<AVFrame, FrameFree> frame(require_memory(av_frame_alloc()));
  for (;;) {
    if (interrupt_.raised()) return false;
    const int code = avcodec_receive_frame(decoder_.get(), frame.get());
    if (code == 0) {
      picture.picture = std::move(frame);
      deliver(*picture.picture, picture);
      return true;
    }
    if (code == AVERROR_EOF) return false;
    if (code == AVERROR(ENOMEM)) throw_no_memory();
    if (code != AVERROR(EAGAIN)) ++damaged_;
    if (draining_ && code != AVERROR(EAGAIN)) continue;
    if (draining_) return false;
    if (!feed()) return false;
  }
}

/// Formats that cannot be painted on are converted to one that can.
void LibavInput::deliver(AVFrame& frame, LivePicture& picture) {
  if (frame.decode_error_flags != 0 || (frame.flags & AV_FRAME_FLAG_CORRUPT) != 0) ++damaged_;
  any_ = true;
  AVStream& stream = *format_->streams[stream_];
  const AVRational aspect = av_guess_sample_aspect_ratio(format_.get(), &stream, &frame);
  picture.placement = Placement(frame.width, frame.height, turn_of(stream),
                                aspect.num > 0 && aspect.den > 0 ? av_q2d(aspect) : 1.0);
  picture.time = frame.best_effort_timestamp == AV_NOPTS_VALUE
                     ? std::numeric_limits<double>::quiet_NaN()
                     : static_cast<double>(frame.best_effort_timestamp) * av_q2d(stream.time_base);
  if (paintable(frame.format)) return;
  const int format = best_paintable(frame.format);
  std::unique_ptr<AVFrame, FrameFree> fitted(require_memory(av_frame_alloc()));
  fitted->width = frame.width;
  fitted->height = frame.height;
  fitted->format = format;
  if (av_frame_get_buffer(fitted.get(), 0) < 0) throw_no_memory();
  scaler_.reset(sws_getCachedContext(scaler_.release(), frame.width, frame.height,
                                     static_cast<AVPixelFormat>(frame.format), frame.width,
                                     frame.height, static_cast<AVPixelFormat>(format), SWS_BILINEAR,
                                     nullptr, nullptr, nullptr));
  if (!scaler_ || sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height,
                            fitted->data, fitted->linesize) <= 0)
    throw Error(ErrorCode::unsupported, settings_.name + ": unsupported frame format");
  fitted->colorspace = AVCOL_SPC_SMPTE170M;  // libswscale's default
  fitted->color_range = AVCOL_RANGE_MPEG;
  picture.picture = std::move(fitted);
}

void LibavInput::hurry(Haste haste) {
  decoder_->skip_frame = haste == Haste::none                ? AVDISCARD_DEFAULT
                         : haste == Haste::skip_unreferenced ? AVDISCARD_NONREF
                                                             : AVDISCARD_NONKEY;
}

std::string LibavInput::description() const {
  return std::string(avcodec_get_name(decoder_->codec_id)) + " by " + settings_.manner;
}

}  // namespace faceshot::video
