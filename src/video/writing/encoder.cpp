#include "video/writing/encoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/nearest_name.hpp"
#include "faceshot/error.hpp"
#include "video/frame.hpp"

namespace faceshot::video {
namespace {

std::vector<std::string> encoder_names() {
  std::vector<std::string> names;
  void* place = nullptr;
  while (const AVCodec* const codec = av_codec_iterate(&place))
    if (av_codec_is_encoder(codec) != 0 && codec->type == AVMEDIA_TYPE_VIDEO)
      names.emplace_back(codec->name);
  return names;
}

/// The encoder's format that loses least.
AVPixelFormat format_for(const AVCodec& codec, const AVFrame& like) {
  const auto own = static_cast<AVPixelFormat>(like.format);
  if (codec.pix_fmts == nullptr) return own;
  for (const AVPixelFormat* format = codec.pix_fmts; *format != AV_PIX_FMT_NONE; ++format)
    if (*format == own) return own;
  return avcodec_find_best_pix_fmt_of_list(codec.pix_fmts, own, 0, nullptr);
}

/// Quality and speed as options of the encoder.
void set_quality(AVDictionary** options, AVCodecContext& context, const AVCodec& codec,
                 int quality) {
  const std::string_view name = codec.name;
  const bool x26x = name == "libx264" || name == "libx265";
  if (x26x) av_dict_set(options, "preset", "veryfast", 0);
  if (name == "libx265") av_dict_set(options, "x265-params", "log-level=none", 0);
  if (name == "libvpx-vp9" || name == "libvpx") {
    av_dict_set(options, "deadline", "good", 0);
    av_dict_set_int(options, "cpu-used", 4, 0);
    context.bit_rate = 0;
  }
  if (name == "libvpx-vp9") av_dict_set_int(options, "row-mt", 1, 0);
  const bool has_crf = codec.priv_class != nullptr && context.priv_data != nullptr &&
                       av_opt_find(context.priv_data, "crf", nullptr, 0, 0) != nullptr;
  if (has_crf) {
    // libvpx and AV1 go to 63 where x264 goes to 51.
    av_dict_set_int(options, "crf", x26x ? std::min(quality, 51) : quality + quality / 3, 0);
    return;
  }
  // MPEG-4 and its kin: 1 (best) to 31.
  context.flags |= AV_CODEC_FLAG_QSCALE;
  context.global_quality = FF_QP2LAMBDA * std::clamp(quality / 6, 1, 31);
}

/// Old codecs support only some rates.
AVRational time_base_for(const AVCodec& codec, const EncoderSettings& settings) {
  if (codec.supported_framerates == nullptr || settings.frame_rate.num <= 0)
    return settings.time_base;
  const int nearest = av_find_nearest_q_idx(settings.frame_rate, codec.supported_framerates);
  return av_inv_q(codec.supported_framerates[nearest]);
}

[[noreturn]] void fail(const AVCodec& codec, int code) {
  throw Error(ErrorCode::unsupported,
              std::string("the encoder ") + codec.name + " rejects this film: " + libav_text(code));
}

}  // namespace

const AVCodec& choose_encoder(const std::string& name, const AVOutputFormat& container) {
  quiet_libav();
  if (!name.empty()) {
    const AVCodec* const codec = avcodec_find_encoder_by_name(name.c_str());
    if (codec != nullptr && codec->type == AVMEDIA_TYPE_VIDEO) return *codec;
    const auto meant = base::likely_name(name, encoder_names());
    throw Error(ErrorCode::invalid_argument,
                "there is no video encoder '" + name + "'" +
                    (meant ? "; did you mean '" + *meant + "'?" : "; see `ffmpeg -encoders`"));
  }
  const AVCodec* codec = nullptr;
  if (avformat_query_codec(&container, AV_CODEC_ID_H264, FF_COMPLIANCE_NORMAL) == 1) {
    codec = avcodec_find_encoder_by_name("libx264");
    if (codec == nullptr) codec = avcodec_find_encoder(AV_CODEC_ID_H264);
  }
  if (codec == nullptr) codec = avcodec_find_encoder(container.video_codec);
  if (codec == nullptr)
    throw Error(ErrorCode::unsupported, std::string("libav has no video encoder for ") +
                                            container.name + "; choose one with --codec");
  return *codec;
}

Encoder::Encoder(const AVCodec& codec, const EncoderSettings& settings, const AVFrame& like)
    : context_(require_memory(avcodec_alloc_context3(&codec))),
      packet_(require_memory(av_packet_alloc())) {
  AVCodecContext& c = *context_;
  c.width = like.width;
  c.height = like.height;
  c.pix_fmt = format_for(codec, like);
  c.time_base = time_base_for(codec, settings);
  if (settings.frame_rate.num > 0) c.framerate = settings.frame_rate;
  c.sample_aspect_ratio = settings.pixel_aspect;
  c.color_range = like.color_range;
  c.color_primaries = like.color_primaries;
  c.color_trc = like.color_trc;
  c.colorspace = like.colorspace;
  c.chroma_sample_location = like.chroma_location;
  c.thread_count = settings.threads;
  if (settings.global_header) c.flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  if (like.interlaced_frame != 0) {
    c.flags |= AV_CODEC_FLAG_INTERLACED_DCT | AV_CODEC_FLAG_INTERLACED_ME;
    c.field_order = like.top_field_first != 0 ? AV_FIELD_TT : AV_FIELD_BB;
  }
  AVDictionary* options = nullptr;
  set_quality(&options, c, codec, settings.quality);
  const bool readable =
      av_dict_parse_string(&options, settings.codec_options.c_str(), "=", ":", 0) >= 0;
  const int code = readable ? avcodec_open2(&c, &codec, &options) : 0;
  const AVDictionaryEntry* const unknown = av_dict_get(options, "", nullptr, AV_DICT_IGNORE_SUFFIX);
  const std::string stranger = unknown != nullptr ? unknown->key : "";
  av_dict_free(&options);
  if (!readable)
    throw Error(
        ErrorCode::invalid_argument,
        "codec options are written key=value:key=value, not '" + settings.codec_options + "'");
  if (code < 0) fail(codec, code);
  if (!stranger.empty())
    throw Error(ErrorCode::invalid_argument,
                std::string("the encoder ") + codec.name + " has no option '" + stranger + "'");
}

AVFrame* Encoder::converted(const AVFrame& frame) {
  const AVCodecContext& c = *context_;
  if (frame.format == c.pix_fmt) return require_memory(av_frame_clone(&frame));
  std::unique_ptr<AVFrame, FrameFree> result(require_memory(av_frame_alloc()));
  result->width = frame.width;
  result->height = frame.height;
  result->format = c.pix_fmt;
  if (av_frame_get_buffer(result.get(), 0) < 0) throw_no_memory();
  av_frame_copy_props(result.get(), &frame);
  scaler_.reset(sws_getCachedContext(
      scaler_.release(), frame.width, frame.height, static_cast<AVPixelFormat>(frame.format),
      frame.width, frame.height, c.pix_fmt, SWS_BICUBIC, nullptr, nullptr, nullptr));
  if (!scaler_) fail(*c.codec, AVERROR(EINVAL));
  sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, result->data,
            result->linesize);
  return result.release();
}

void Encoder::encode(const AVFrame& frame, std::int64_t pts, const TakePacket& take) {
  const std::unique_ptr<AVFrame, FrameFree> own(converted(frame));
  own->pts = pts;
  own->pict_type = AV_PICTURE_TYPE_NONE;  // a key frame of the source need not become one
  durations_[pts] = frame.pkt_duration;
  drain(own.get(), take);
}

void Encoder::drain(const AVFrame* frame, const TakePacket& take) {
  const AVCodec& codec = *context_->codec;
  if (const int code = avcodec_send_frame(context_.get(), frame); code < 0 && code != AVERROR_EOF)
    fail(codec, code);
  for (;;) {
    const int code = avcodec_receive_packet(context_.get(), packet_.get());
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return;
    if (code < 0) fail(codec, code);
    if (const auto known = durations_.find(packet_->pts); known != durations_.end()) {
      if (packet_->duration <= 0) packet_->duration = known->second;
      durations_.erase(known);
    }
    take(*packet_);
    av_packet_unref(packet_.get());
  }
}

}  // namespace faceshot::video
