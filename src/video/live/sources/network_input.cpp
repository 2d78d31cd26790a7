// Live streams from the network, by URL.
#include <string>

#include "video/live/sources/libav_input.hpp"
#include "video/live/sources/source_name.hpp"

namespace faceshot::video {
namespace {

struct SchemeProtocols {
  const char* scheme;
  const char* protocols;
};

/// The protocols that libav may use for a URL of the scheme: never files, and only those on which
/// the scheme is built. http may redirect to https.
constexpr SchemeProtocols allowed_protocols[] = {
    {"rtsp", "rtsp,rtp,udp,tcp"},
    {"rtsps", "rtsps,rtsp,rtp,srtp,udp,tcp,tls"},
    {"http", "http,https,tls,tcp,httpproxy"},
    {"https", "http,https,tls,tcp,httpproxy"},
    {"rtmp", "rtmp,tcp"},
    {"rtmps", "rtmps,tls,tcp"},
    {"srt", "srt"},
    {"tcp", "tcp"},
    {"udp", "udp"},
};

void set_rtsp_options(AVDictionary** options, bool tcp) {
  av_dict_set(options, "rtsp_transport", tcp ? "tcp" : "udp", 0);
  av_dict_set(options, "allowed_media_types", "video", 0);
  // Waiting time for reordered packets, and the size of the kernel's receive buffer.
  av_dict_set(options, "max_delay", "200000", 0);
  av_dict_set(options, "buffer_size", "2000000", 0);
}

std::unique_ptr<LiveInput> open_url(const InputOptions& options, const Interrupt& interrupt,
                                    const std::string& scheme, const char* protocols, bool tcp) {
  LibavInput::Settings settings;
  settings.url = options.source;
  settings.protocols = protocols;
  settings.name = "'" + shown_source(options.source) + "'";
  settings.manner = scheme;
  if (scheme.starts_with("rtsp")) {
    set_rtsp_options(&settings.options, tcp);
    settings.manner += tcp ? " (tcp)" : " (udp)";
  }
  return std::make_unique<LibavInput>(options, interrupt, std::move(settings));
}

}  // namespace

std::unique_ptr<LiveInput> open_network_input(const InputOptions& options,
                                              const Interrupt& interrupt) {
  std::string scheme = options.source.substr(0, options.source.find("://"));
  for (char& c : scheme)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  for (const SchemeProtocols& known : allowed_protocols) {
    if (scheme != known.scheme) continue;
    const bool tcp = options.transport != Transport::udp;
    try {
      return open_url(options, interrupt, scheme, known.protocols, tcp);
    } catch (const RefusedByServer&) {
      if (scheme != "rtsp" || options.transport != Transport::automatic) throw;
      return open_url(options, interrupt, scheme, known.protocols, false);
    }
  }
  throw Error(ErrorCode::invalid_argument,
              "'" + shown_source(options.source) + "' is not a stream URL");
}

}  // namespace faceshot::video
