// `faceshot serve`: detection over HTTP, with a web page.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>

#include "base/processors.hpp"
#include "common/console.hpp"
#include "common/model_file.hpp"
#include "common/open_detector.hpp"
#include "common/precision.hpp"
#include "faceshot/error.hpp"
#include "library_messages.hpp"
#include "serve/server/server.hpp"
#include "serve/server/systemd.hpp"
#include "serve_command.hpp"

namespace faceshot::cli {
namespace {

struct ServeArguments {
  serve::ServerOptions server;
  serve::ServiceOptions service;
  DetectorOptions detector{};
  std::string model, model_info, api_keys;
  std::string max_upload = "20MB", body_memory = "512MB";
  std::vector<std::string> formats;
  PrecisionChoice precision = PrecisionChoice::automatic;
  int queue = 0;
  int megapixels = 50;
  bool quiet = false;
};

/// "20MB", "512kB", "1GB", or bytes. @throws Error(invalid_argument)
std::size_t parse_bytes(const char* option, const std::string& text) {
  std::size_t end = 0;
  double value = 0;
  try {
    value = std::stod(text, &end);
  } catch (const std::exception&) {
    end = 0;
  }
  std::string unit = text.substr(end);
  for (char& c : unit) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const double scale = unit.empty() || unit == "b"   ? 1
                       : unit == "k" || unit == "kb" ? 1e3
                       : unit == "m" || unit == "mb" ? 1e6
                       : unit == "g" || unit == "gb" ? 1e9
                                                     : 0;
  constexpr double most = 4e9;
  if (end == 0 || scale == 0 || !(value > 0 && value * scale <= most))
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("{} '{}' is not a size; give one such as 20MB, up to 4GB", option, text));
  return static_cast<std::size_t>(value * scale);
}

/// @throws Error(invalid_argument)
media::ImageFormat parse_format(const std::string& name) {
  using media::ImageFormat;
  const std::pair<const char*, ImageFormat> formats[]{
      {"jpeg", ImageFormat::jpeg}, {"png", ImageFormat::png},   {"webp", ImageFormat::webp},
      {"heif", ImageFormat::heif}, {"tiff", ImageFormat::tiff}, {"gif", ImageFormat::gif},
      {"bmp", ImageFormat::bmp}};
  for (const auto& [word, format] : formats)
    if (word == name) return format;
  throw Error(ErrorCode::invalid_argument,
              "--formats '" + name + "': there are jpeg, png, webp, heif, tiff, gif and bmp");
}

/// Writes one whole line: several threads write.
void write_log_line(const std::string& line) {
  const std::string text = line + "\n";
  (void)!::write(STDERR_FILENO, text.data(), text.size());
}

void complete(ServeArguments& a) {
  if (a.server.tls_certificate.empty() != a.server.tls_key.empty())
    throw Error(ErrorCode::invalid_argument, "--tls-cert and --tls-key go together");
  if (a.service.threads == 0) a.service.threads = std::min(base::processors(), most_threads);
  constexpr std::size_t places_a_thread = 16;
  a.service.places = a.queue > 0 ? static_cast<std::size_t>(a.queue)
                                 : places_a_thread * static_cast<std::size_t>(a.service.threads);
  a.service.max_upload = parse_bytes("--max-upload", a.max_upload);
  a.server.body_memory =
      std::max(parse_bytes("--max-memory", a.body_memory), 2 * a.service.max_upload);
  constexpr std::int64_t million = 1'000'000;
  a.service.photographs.pixels = million * a.megapixels;
  for (const std::string& name : a.formats)
    a.service.photographs.formats.push_back(parse_format(name));
  a.service.most_side = std::max(a.service.most_side, a.detector.max_side);
  a.model = model_file(a.model).string();
}

serve::LoadedModel load_model(const ServeArguments& a) {
  DetectorOptions options = a.detector;
  options.precision = precision_for(
      a.precision, a.model,
      fmt::format("{}x{}", options.max_side, std::max(1, options.max_side * 3 / 4)), 1);
  const Detector detector = open_detector(a.model, a.model_info, options);
  return {detector.network(), detector.info(), options};
}

int run_serve(ServeArguments a) {
  complete(a);
  a.server.inherited = serve::inherited_sockets();
  // A disconnecting client must not end the process.
  std::signal(SIGPIPE, SIG_IGN);
  serve::Service::Sources sources;
  sources.model = [a] { return load_model(a); };
  if (!a.api_keys.empty()) sources.keys = [a] { return serve::ApiKeys::read(a.api_keys); };
  const bool quiet = a.quiet;
  auto service = std::make_unique<serve::Service>(
      a.service, std::move(sources),
      quiet ? std::function<void(const std::string&)>() : write_log_line);
  // Lives until the last worker has ended, together with the server.
  const LibraryMessages messages(
      [&service = *service](const std::string& line) { service.log_event("library", line); });
  serve::Server server(std::move(service), a.server);
  if (::isatty(STDERR_FILENO) != 0)
    for (const std::string& address : server.addresses())
      write_log_line(fmt::format("FaceShot is at {} (Ctrl-C ends it)", address));
  server.run();
  return exit_ok;
}

void add_network_options(CLI::App& command, ServeArguments& a) {
  command.add_option("--model", a.model, model_help);
  command.add_option("--model-info", a.model_info, model_info_help);
  command
      .add_option("--threshold", a.detector.score_threshold,
                  "Minimum score, if a request gives none; default: the model's own")
      ->check(CLI::Range(0.01, 0.99));
  command
      .add_option("--max-side", a.detector.max_side,
                  "Scale larger photographs down to this longer side, if a request gives none")
      ->check(CLI::Range(64, 4096))
      ->capture_default_str();
  command.add_option("--nms", a.detector.nms_threshold, "NMS IoU threshold")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  add_precision_option(command, a.precision);
}

void add_limit_options(CLI::App& command, ServeArguments& a) {
  const auto add = [&](const char* name, auto& value, const char* help) {
    return command.add_option(name, value, help)->capture_default_str()->group("Limits");
  };
  add("--max-upload", a.max_upload, "Largest request, such as 20MB");
  add("--max-megapixels", a.megapixels, "Largest photograph, million pixels")
      ->check(CLI::Range(1, 250));
  add("--most-side", a.service.most_side, "Largest max_side that a request may ask for")
      ->check(CLI::Range(64, 4096));
  add("--max-memory", a.body_memory, "Memory for all requests in progress");
  command
      .add_option("--queue", a.queue,
                  "Requests that may wait; any more are answered 503; default: 16 per thread")
      ->check(CLI::Range(1, 100'000))
      ->group("Limits");
  add("--batch", a.service.batch, "Photographs per request")->check(CLI::Range(1, 1000));
  add("--max-connections", a.server.max_connections, "Simultaneous connections")
      ->check(CLI::Range(1, 1'000'000));
  add("--max-streams", a.server.max_streams, "Simultaneous WebSockets")
      ->check(CLI::Range(0, 100'000));
  command
      .add_option(
          "--formats", a.formats,
          "Formats to accept, such as jpeg,png,webp; default: those and heif, tiff, gif, bmp")
      ->delimiter(',')
      ->group("Limits");
  add("--header-seconds", a.server.header_seconds, "Time for a header to arrive")
      ->check(CLI::Range(1, 3600));
  add("--body-seconds", a.server.body_seconds,
      "Time for a body to arrive, and for the client to take the answer")
      ->check(CLI::Range(1, 3600));
  add("--idle-seconds", a.server.idle_seconds, "Time between two requests of a connection")
      ->check(CLI::Range(1, 86400));
  add("--drain-seconds", a.server.drain_seconds,
      "Time to finish requests when the server is stopped")
      ->check(CLI::Range(1, 3600));
}

}  // namespace

void add_serve(CLI::App& app, int& exit_code) {
  auto a = std::make_shared<ServeArguments>();
  a->service.threads = 0;
  CLI::App* const command =
      app.add_subcommand("serve", "Detection over HTTP: a page, an API, metrics (docs/service.md)");
  command
      ->add_option("--host", a->server.host,
                   "Address to listen on; 0.0.0.0 for all of IPv4, :: for all addresses")
      ->capture_default_str();
  command->add_option("--port", a->server.port, "Port to listen on; 0: any free port")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  command
      ->add_option("--threads", a->service.threads,
                   "Photographs processed in parallel; default: one per core")
      ->check(CLI::Range(1, most_threads));
  command
      ->add_option("--api-key-file", a->api_keys,
                   "File of API keys, one line 'NAME KEY' or 'NAME sha256:HEX' each; default: "
                   "anyone may use the service")
      ->group("Access");
  command
      ->add_option("--tls-cert", a->server.tls_certificate, "TLS certificate with its chain, PEM")
      ->group("Access");
  command->add_option("--tls-key", a->server.tls_key, "Private key of the certificate, PEM")
      ->group("Access");
  command
      ->add_option("--cors-origin", a->service.cors_origins,
                   "Web pages of this origin may read answers, such as https://example.org; *: all "
                   "(repeat for several)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group("Access");
  add_network_options(*command, *a);
  add_limit_options(*command, *a);
  command->add_flag("--quiet", a->quiet, "Do not log (JSON lines on standard error)");
  command->footer(
      "Examples:\n"
      "  faceshot serve                       then open http://127.0.0.1:8080\n"
      "  faceshot serve --port 9000 --threads 2 --max-upload 50MB\n"
      "  faceshot serve --host 0.0.0.0 --api-key-file keys.txt --tls-cert c.pem --tls-key k.pem\n"
      "  curl --data-binary @photo.jpg http://127.0.0.1:8080/v1/detect\n"
      "  curl -H 'Accept: image/jpeg' --data-binary @photo.jpg http://127.0.0.1:8080/v1/anonymize "
      "-o hidden.jpg");
  command->callback([a, &exit_code] { exit_code = guarded([&] { return run_serve(*a); }); });
}

}  // namespace faceshot::cli
