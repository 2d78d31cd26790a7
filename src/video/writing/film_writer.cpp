#include "video/writing/film_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <string_view>
#include <utility>

#include "faceshot/error.hpp"
#include "media/photographs/image_list.hpp"
#include "video/libav.hpp"
#include "video/writing/encoder.hpp"
#include "video/writing/film_file.hpp"

namespace faceshot::video {
namespace {

namespace fs = std::filesystem;

const AVOutputFormat& container_of(const fs::path& path) {
  quiet_libav();
  // By the name alone: libav would otherwise use the ending of the whole path, and take numbers in
  // it for a list of pictures.
  const std::string name = "film" + media::lower_extension(path);
  const AVOutputFormat* const format = av_guess_format(nullptr, name.c_str(), nullptr);
  if (format == nullptr || format->video_codec == AV_CODEC_ID_NONE ||
      (format->flags & (AVFMT_NOFILE | AVFMT_NEEDNUMBER)) != 0 || !path.has_extension())
    throw Error(ErrorCode::invalid_argument,
                "'" + path.string() +
                    "' needs the extension of a film, as in film.mp4, .mov, .mkv or "
                    ".webm");
  return *format;
}

bool is_mov(const AVOutputFormat& format) {
  const std::string_view name = format.name;
  return name == "mp4" || name == "mov" || name == "3gp" || name == "3g2" || name == "ipod";
}

/// For some containers libav does not know what they can hold: then errors appear when writing.
bool holds(const AVOutputFormat& format, AVCodecID codec) {
  return avformat_query_codec(&format, codec, FF_COMPLIANCE_NORMAL) != 0;
}

void copy_tags(AVDictionary** to, const AVDictionary* from, bool all) {
  if (all)
    av_dict_copy(to, from, 0);
  else if (const auto* const language = av_dict_get(from, "language", nullptr, 0))
    av_dict_set(to, "language", language->value, 0);
}

void copy_side_data(AVStream& to, const AVStream& from, AVPacketSideDataType type) {
  std::size_t size = 0;
  const std::uint8_t* const data = av_stream_get_side_data(&from, type, &size);
  if (data == nullptr) return;
  std::uint8_t* const copy = require_memory(av_stream_new_side_data(&to, type, size));
  std::memcpy(copy, data, size);
}

/// Apple's tags that are kept only under their own names.
bool has_long_tags(const AVDictionary* tags) {
  const AVDictionaryEntry* entry = nullptr;
  while ((entry = av_dict_get(tags, "", entry, AV_DICT_IGNORE_SUFFIX)) != nullptr)
    if (std::strncmp(entry->key, "com.", 4) == 0) return true;
  return false;
}

}  // namespace

void require_writable_film(const fs::path& path, const WriteOptions& options) {
  (void)choose_encoder(options.codec, container_of(path));
}

struct FilmWriter::Impl {
  fs::path path;
  const FilmReader& source;
  WriteOptions options;
  const AVOutputFormat& container;
  const AVCodec& codec;
  FilmFile file;
  OutputPointer format{};
  std::unique_ptr<Encoder> encoder{};
  std::mutex mutex{};                  ///< guards everything below
  std::vector<int> target{};           ///< output stream for each of the source's; -1: none
  std::vector<PacketPointer> early{};  ///< other streams' packets before the first frame
  std::vector<std::string> left_out{};
  bool begun = false;

  [[nodiscard]] const AVStream& film() const { return *source.format().streams[source.stream()]; }
  [[nodiscard]] std::string name() const { return "'" + path.string() + "'"; }

  void check_sound() const;
  [[nodiscard]] std::string why_not(const AVStream& stream) const;
  AVStream& add_stream(const AVStream& like);
  void add_film();
  void add_others();
  void add_chapters();
  void begin(const AVFrame& first);
  void mux(AVPacket& packet, AVRational base, int stream);
  void mux_copy(const AVPacket& packet);
  [[noreturn]] void fail(int code) const;
};

void FilmWriter::Impl::fail(int code) const {
  file.check();
  throw Error(ErrorCode::unsupported, "cannot write " + name() + ": " + libav_text(code));
}

/// Without this, missing sound would be noticed too late.
void FilmWriter::Impl::check_sound() const {
  for (unsigned i = 0; i < source.format().nb_streams; ++i) {
    const AVCodecParameters& p = *source.format().streams[i]->codecpar;
    if (p.codec_type == AVMEDIA_TYPE_AUDIO && !holds(container, p.codec_id))
      throw Error(ErrorCode::unsupported,
                  fmt::format("{}: {} files cannot hold the film's sound ({}); give an output that "
                              "ends in .mov or .mkv",
                              name(), container.name, avcodec_get_name(p.codec_id)));
  }
  if (source.info().placement.turned() && !is_mov(container))
    throw Error(
        ErrorCode::unsupported,
        fmt::format(
            "{}: {} files cannot store a film's rotation; give an output that ends in .mp4 or .mov",
            name(), container.name));
}

/// Why another stream is omitted; empty: it is not.
std::string FilmWriter::Impl::why_not(const AVStream& stream) const {
  const AVCodecParameters& p = *stream.codecpar;
  const bool cover = (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
  const bool font = p.codec_id == AV_CODEC_ID_TTF || p.codec_id == AV_CODEC_ID_OTF;
  const char* const codec = avcodec_get_name(p.codec_id);
  std::string what;
  switch (p.codec_type) {
    case AVMEDIA_TYPE_AUDIO:
      return "";
    case AVMEDIA_TYPE_SUBTITLE:
      what = fmt::format("subtitles ({})", codec);
      break;
    case AVMEDIA_TYPE_VIDEO:
      what = cover ? "the cover art" : "a second video stream";
      break;
    case AVMEDIA_TYPE_ATTACHMENT:
      what = fmt::format("an attached file ({})", codec);
      break;
    default:
      // Time codes are written again from a tag.
      if (options.keep_metadata && p.codec_tag == MKTAG('t', 'm', 'c', 'd')) return "-";
      what = "a data stream";
  }
  if (!options.keep_metadata && p.codec_type != AVMEDIA_TYPE_SUBTITLE && !font)
    return what + ", which may show what should be hidden";
  const bool nameless = p.codec_id == AV_CODEC_ID_NONE || p.codec_id == AV_CODEC_ID_BIN_DATA;
  const bool attachment_elsewhere =
      p.codec_type == AVMEDIA_TYPE_ATTACHMENT && std::string_view(container.name) != "matroska";
  if (nameless || attachment_elsewhere || !holds(container, p.codec_id))
    return fmt::format("{}, which {} files cannot hold", what, container.name);
  return "";
}

AVStream& FilmWriter::Impl::add_stream(const AVStream& like) {
  AVStream& stream = *require_memory(avformat_new_stream(format.get(), nullptr));
  stream.disposition = like.disposition;
  stream.time_base = like.time_base;
  copy_tags(&stream.metadata, like.metadata, options.keep_metadata);
  return stream;
}

void FilmWriter::Impl::add_film() {
  AVStream& stream = add_stream(film());
  av_dict_set(&stream.metadata, "encoder", nullptr, 0);
  if (avcodec_parameters_from_context(stream.codecpar, &encoder->context()) < 0) throw_no_memory();
  stream.avg_frame_rate = film().avg_frame_rate;
  stream.r_frame_rate = film().r_frame_rate;
  stream.sample_aspect_ratio = encoder->context().sample_aspect_ratio;
  for (const AVPacketSideDataType type :
       {AV_PKT_DATA_DISPLAYMATRIX, AV_PKT_DATA_MASTERING_DISPLAY_METADATA,
        AV_PKT_DATA_CONTENT_LIGHT_LEVEL, AV_PKT_DATA_STEREO3D, AV_PKT_DATA_SPHERICAL})
    copy_side_data(stream, film(), type);
}

void FilmWriter::Impl::add_others() {
  const AVFormatContext& from = source.format();
  target.assign(from.nb_streams, -1);
  int next = 0;
  for (unsigned i = 0; i < from.nb_streams; ++i) {
    const AVStream& other = *from.streams[i];
    if (static_cast<int>(i) == source.stream()) {
      add_film();
      target[i] = next++;
      continue;
    }
    if (const std::string why = why_not(other); !why.empty()) {
      if (why != "-") left_out.push_back(why);
      continue;
    }
    AVStream& stream = add_stream(other);
    if (avcodec_parameters_copy(stream.codecpar, other.codecpar) < 0) throw_no_memory();
    // The tag is the container's code of the codec: kept if the container is the same.
    if (container.codec_tag == nullptr ||
        av_codec_get_id(container.codec_tag, other.codecpar->codec_tag) != other.codecpar->codec_id)
      stream.codecpar->codec_tag = 0;
    stream.avg_frame_rate = other.avg_frame_rate;
    stream.sample_aspect_ratio = other.sample_aspect_ratio;
    target[i] = next++;
  }
}

void FilmWriter::Impl::add_chapters() {
  const AVFormatContext& from = source.format();
  if (!options.keep_metadata || source.origin() != 0 || from.nb_chapters == 0) return;
  format->chapters =
      static_cast<AVChapter**>(require_memory(av_calloc(from.nb_chapters, sizeof(AVChapter*))));
  for (unsigned i = 0; i < from.nb_chapters; ++i) {
    auto* const chapter = static_cast<AVChapter*>(require_memory(av_mallocz(sizeof(AVChapter))));
    *chapter = *from.chapters[i];
    chapter->metadata = nullptr;
    av_dict_copy(&chapter->metadata, from.chapters[i]->metadata, 0);
    format->chapters[format->nb_chapters++] = chapter;
  }
}

void FilmWriter::Impl::begin(const AVFrame& first) {
  AVFormatContext* made = nullptr;
  if (avformat_alloc_output_context2(&made, &container, nullptr, nullptr) < 0) throw_no_memory();
  format.reset(made);
  format->pb = file.io();
  format->url = require_memory(av_strdup(file.other_name().c_str()));
  // Neither the time nor libav's version: the same input gives the same output.
  format->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;
  const AVStream& s = film();
  EncoderSettings settings{
      .codec_options = options.codec_options,
      .quality = options.quality,
      .threads = options.threads,
      .time_base = s.time_base,
      .frame_rate = s.avg_frame_rate.num > 0 ? s.avg_frame_rate : s.r_frame_rate,
      .pixel_aspect =
          s.sample_aspect_ratio.num > 0 ? s.sample_aspect_ratio : first.sample_aspect_ratio,
      .global_header = (container.flags & AVFMT_GLOBALHEADER) != 0};
  encoder = std::make_unique<Encoder>(codec, settings, first);
  if (options.keep_metadata) av_dict_copy(&format->metadata, source.format().metadata, 0);
  for (const char* const own : {"major_brand", "minor_version", "compatible_brands", "encoder"})
    av_dict_set(&format->metadata, own, nullptr, 0);  // describes the file, not the film
  add_others();
  add_chapters();
  AVDictionary* muxer = nullptr;
  if (is_mov(container)) {
    av_dict_set(&muxer, "movflags",
                has_long_tags(format->metadata) ? "faststart+use_metadata_tags" : "faststart", 0);
    av_dict_set_int(&muxer, "video_track_timescale", s.time_base.den, 0);
  }
  const int code = avformat_write_header(format.get(), &muxer);
  av_dict_free(&muxer);
  if (code < 0) fail(code);
  begun = true;
  for (const PacketPointer& packet : early) mux_copy(*packet);
  early.clear();
}

void FilmWriter::Impl::mux(AVPacket& packet, AVRational base, int stream) {
  packet.stream_index = stream;
  packet.pos = -1;
  av_packet_rescale_ts(&packet, base, format->streams[stream]->time_base);
  if (const int code = av_interleaved_write_frame(format.get(), &packet); code < 0) fail(code);
}

void FilmWriter::Impl::mux_copy(const AVPacket& packet) {
  const auto index = static_cast<std::size_t>(packet.stream_index);
  const int stream = index < target.size() ? target[index] : -1;
  if (stream < 0) return;
  const AVRational base = source.format().streams[index]->time_base;
  const PacketPointer own(require_memory(av_packet_clone(&packet)));
  const bool cover = (format->streams[stream]->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
  const std::int64_t shift = cover ? 0 : av_rescale_q(source.origin(), AV_TIME_BASE_Q, base);
  if (own->pts != AV_NOPTS_VALUE) own->pts -= shift;
  if (own->dts != AV_NOPTS_VALUE) own->dts -= shift;
  mux(*own, base, stream);
}

FilmWriter::FilmWriter(const fs::path& path, const FilmReader& source, const WriteOptions& options)
    : impl_(new Impl{.path = path,
                     .source = source,
                     .options = options,
                     .container = container_of(path),
                     .codec = choose_encoder(options.codec, container_of(path)),
                     .file = FilmFile(path)}) {
  impl_->check_sound();
}

FilmWriter::~FilmWriter() = default;

void FilmWriter::write(const Frame& frame) {
  Impl& my = *impl_;
  const AVFrame& picture = *frame.picture();
  if (!my.begun) {
    const std::lock_guard lock(my.mutex);
    my.begin(picture);
  }
  const AVRational base = my.film().time_base;
  const AVRational own = my.encoder->context().time_base;
  const std::int64_t shift = av_rescale_q(my.source.origin(), AV_TIME_BASE_Q, base);
  my.encoder->encode(picture, av_rescale_q(picture.pts - shift, base, own), [&](AVPacket& packet) {
    const std::lock_guard lock(my.mutex);
    my.mux(packet, own, my.target[static_cast<std::size_t>(my.source.stream())]);
  });
}

void FilmWriter::copy(const AVPacket& packet) {
  Impl& my = *impl_;
  const std::lock_guard lock(my.mutex);
  if (my.begun)
    my.mux_copy(packet);
  else
    my.early.emplace_back(require_memory(av_packet_clone(&packet)));
}

void FilmWriter::finish() {
  Impl& my = *impl_;
  if (!my.begun)
    throw Error(ErrorCode::format, "'" + my.source.path().string() + "' has no readable frame");
  const AVRational own = my.encoder->context().time_base;
  my.encoder->flush([&](AVPacket& packet) {
    const std::lock_guard lock(my.mutex);
    my.mux(packet, own, my.target[static_cast<std::size_t>(my.source.stream())]);
  });
  if (const int code = av_write_trailer(my.format.get()); code < 0) my.fail(code);
  my.file.commit();
}

std::vector<std::string> FilmWriter::left_out() const { return impl_->left_out; }

}  // namespace faceshot::video
