// The answers of the service, route by route.
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>

#include "faceshot/version.hpp"
#include "media/drawing/draw.hpp"
#include "serve/api/face_json.hpp"
#include "serve/api/run_guarded.hpp"
#include "serve/api/service.hpp"
#include "serve/api/uploads.hpp"
#include "serve/assets.hpp"
#include "serve/http/json_text.hpp"
#include "serve/http/media_type.hpp"

namespace faceshot::serve {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view json_type = "application/json";
constexpr std::array<std::string_view, 4> detect_forms{json_type, "image/jpeg", "image/png",
                                                       "image/webp"};
constexpr std::array<std::string_view, 3> picture_forms{"image/jpeg", "image/png", "image/webp"};

media::ImageFormat picture_format(std::string_view type) {
  if (type == "image/png") return media::ImageFormat::png;
  if (type == "image/webp") return media::ImageFormat::webp;
  return media::ImageFormat::jpeg;
}

/// @throws Problem(not_acceptable)
std::string_view form_for(const std::string& accept, std::span<const std::string_view> offered) {
  const auto chosen = choose_type(accept, offered);
  if (chosen) return offered[*chosen];
  std::string list;
  for (const std::string_view each : offered) list.append(list.empty() ? "" : ", ").append(each);
  throw Problem(problem::not_acceptable, "this path answers with " + list);
}

Answer json_answer(const Json& json) {
  return {.status = 200,
          .content_type = std::string(json_type),
          .body = json_text(json) + "\n",
          .headers = {{"Cache-Control", "no-store"}},
          .problem = {}};
}

Answer picture_answer(const Bytes& picture, std::string_view type, std::size_t faces) {
  return {.status = 200,
          .content_type = std::string(type),
          .body = std::string(text_of(picture)),
          .headers = {{"Cache-Control", "no-store"}, {"X-Faces", std::to_string(faces)}},
          .problem = {}};
}

/// "2026-11-30T12:34:56.789Z"
std::string time_text() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  const std::time_t seconds = static_cast<std::time_t>(milliseconds / 1000);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     milliseconds % 1000);
}

void add_timing(Answer& answer, const Looked& looked, double waited) {
  answer.headers.emplace_back(
      "Server-Timing",
      fmt::format("queue;dur={:.2f}, decode;dur={:.2f}, detect;dur={:.2f}", waited * 1e3,
                  looked.decode_seconds * 1e3, looked.detect_seconds * 1e3));
  answer.faces = static_cast<int>(looked.faces.size());
}

}  // namespace

Answer Service::asset_answer(const RequestHead& head) const {
  const Asset* const asset = asset_at(head.path);
  if (asset == nullptr) throw Problem(problem::not_found, "this server has no such file");
  Answer answer{.status = 200,
                .content_type = std::string(asset->content_type),
                .body = std::string(asset->content),
                .headers = {{"Cache-Control", "no-cache"}, {"ETag", std::string(asset->tag)}},
                .problem = {}};
  if (head.if_none_match == asset->tag) {
    answer.status = 304;
    answer.body.clear();
    return answer;
  }
  answer.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
      "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
      "frame-ancestors 'none'");
  answer.headers.emplace_back("Referrer-Policy", "no-referrer");
  answer.headers.emplace_back("Permissions-Policy", "camera=(self), microphone=(), geolocation=()");
  return answer;
}

Answer Service::model_answer() const {
  const auto current = engine();
  const ModelInfo& info = current->info();
  const DetectorOptions& options = current->options();
  Json json{{"name", info.name},
            {"classes", info.classes},
            {"landmarks", info.has_landmarks()},
            {"threshold", std::round(static_cast<double>(*options.score_threshold) * 1e4) / 1e4},
            {"nms", std::round(static_cast<double>(options.nms_threshold) * 1e4) / 1e4},
            {"max_side", options.max_side},
            {"precision", options.precision == Precision::bf16 ? "bf16" : "fp32"}};
  json["limits"] = {{"upload_bytes", options_.max_upload},
                    {"pixels", options_.photographs.pixels},
                    {"max_side", options_.most_side},
                    {"batch", options_.batch}};
  json["version"] = FACESHOT_VERSION;
  return json_answer(json);
}

Answer Service::simple_answer(const Route& route, const RequestHead& head) const {
  if (head.method == "OPTIONS") {
    Answer answer{.status = 204, .content_type = {}, .body = {}, .headers = {}, .problem = {}};
    answer.headers.emplace_back("Allow", std::string(methods_of(head.path)));
    return answer;
  }
  const auto text = [](int status, const char* what) {
    return Answer{.status = status,
                  .content_type = "text/plain; charset=utf-8",
                  .body = what,
                  .headers = {{"Cache-Control", "no-store"}},
                  .problem = {}};
  };
  switch (route.kind) {
    case RouteKind::healthz:
      return text(200, "ok\n");
    case RouteKind::readyz:
      return stopping_ ? text(503, "stopping\n") : text(200, "ready\n");
    case RouteKind::metrics: {
      Answer answer = text(200, "");
      answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
      answer.body = metrics_.text({.queued = queue_.size(),
                                   .places = queue_.places(),
                                   .busy = busy_,
                                   .workers = workers_.size(),
                                   .connections = connections_,
                                   .streams = streams_,
                                   .model = engine()->info().name});
      return answer;
    }
    case RouteKind::model:
      return model_answer();
    default:
      return asset_answer(head);
  }
}

Answer Service::detect_answer(Request& request, double waited) {
  const std::string_view form = form_for(request.head.accept, detect_forms);
  const LookOptions look = parse_look_options(request.head.query, option_limits());
  const auto current = engine();
  const auto uploads = take_uploads(request, {});
  const bool picture = form != json_type;
  Looked looked = look_at(uploads.front().bytes, current->detector_for(look), picture,
                          options_.photographs, metrics_);
  Answer answer;
  if (picture) {
    media::draw_detections(looked.photograph.image, looked.faces, current->info().classes);
    answer = picture_answer(
        encode_picture(looked, uploads.front().bytes, picture_format(form), metrics_), form,
        looked.faces.size());
  } else {
    answer = json_answer(photograph_json(looked.photograph, looked.faces, current->info().classes));
  }
  add_timing(answer, looked, waited);
  return answer;
}

Answer Service::anonymize_answer(Request& request, double waited) {
  const std::string_view form = form_for(request.head.accept, picture_forms);
  const LookOptions look = parse_hide_options(request.head.query, option_limits());
  const auto current = engine();
  const auto uploads = take_uploads(request, {});
  Looked looked =
      look_at(uploads.front().bytes, current->hiding_detector_for(look, options_.most_side), true,
              options_.photographs, metrics_);
  std::vector<Box> boxes;
  for (const Detection& face : looked.faces) boxes.push_back(face.box);
  media::Hider(look.hide).hide(looked.photograph.image, boxes);
  Answer answer =
      picture_answer(encode_picture(looked, uploads.front().bytes, picture_format(form), metrics_),
                     form, boxes.size());
  add_timing(answer, looked, waited);
  return answer;
}

/// The photographs of one request in progress.
struct Service::Batch {
  RequestHead head;
  std::shared_ptr<const std::atomic<bool>> gone;
  Done done;
  std::vector<Upload> uploads;
  LookOptions options;
  std::shared_ptr<const Engine> engine;
  std::vector<Json> results;  ///< each written by one worker
  std::atomic<std::size_t> left{0};
  std::atomic<int> faces{0};

  [[nodiscard]] bool wanted() const { return !gone || !*gone; }

  Json look(std::size_t i, const PhotographLimits& limits, Metrics& metrics) {
    if (!wanted()) return nullptr;
    const Looked looked =
        look_at(uploads[i].bytes, engine->detector_for(options), false, limits, metrics);
    faces += static_cast<int>(looked.faces.size());
    return photograph_json(looked.photograph, looked.faces, engine->info().classes);
  }

  /// The last photograph to finish sends the answer.
  void finish(std::size_t i, Json result, const Service& service) {
    if (!uploads[i].name.empty()) result["name"] = uploads[i].name;
    results[i] = std::move(result);
    uploads[i].bytes = Bytes();
    if (--left > 0) return;
    Answer answer = answer_guarded(
        head,
        [&] {
          return json_answer({{"photographs", results}});
        },
        service);
    answer.faces = faces;
    done(std::move(answer));
  }
};

void Service::split_batch(const std::string& client, Request& request,
                          const std::shared_ptr<const std::atomic<bool>>& gone, const Done& done) {
  form_for(request.head.accept, std::span(detect_forms).first(1));
  auto batch = std::make_shared<Batch>();
  batch->options = parse_look_options(request.head.query, option_limits());
  batch->engine = engine();
  batch->uploads = take_uploads(request, {.photographs = options_.batch, .one = false});
  batch->head = request.head;
  batch->gone = gone;
  batch->done = done;
  const std::size_t count = batch->uploads.size();
  batch->results.resize(count);
  batch->left = count;
  const auto refuse = [this, batch](std::size_t i, const Problem& why) {
    metrics_.count_problem(why.kind().name);
    batch->finish(i, Json{{"problem", Json::parse(problem_json(why, ""))}}, *this);
  };
  const auto look = [this, batch, refuse](std::size_t i) {
    Json result;
    try {
      result = batch->look(i, options_.photographs, metrics_);
    } catch (...) {
      return refuse(i, current_problem([&](const std::string& why) {
                      log_event("photograph of a batch failed", why);
                    }));
    }
    batch->finish(i, std::move(result), *this);
  };
  // They queue one by one: another client's photograph need not wait for all of them.
  for (std::size_t i = 0; i < count; ++i)
    push(client, {[look, i] { look(i); }, [refuse, i](const Problem& why) { refuse(i, why); }},
         true);
}

void Service::log_request(const RequestHead& head, const Answer& answer, const Sent& sent) {
  const Route* const route = route_at(head.path);
  metrics_.count_request(route == nullptr ? "other" : route->path, answer.status, sent.seconds);
  if (!answer.problem.empty()) metrics_.count_problem(answer.problem);
  if (!log_) return;
  // The query, the names of pictures and their content are not logged.
  Json line{{"time", time_text()},
            {"event", "request"},
            {"id", head.id},
            {"client", head.peer},
            {"method", head.method.substr(0, 16)},
            {"path", route == nullptr ? "other" : std::string(route->path)},
            {"status", answer.status},
            {"ms", std::round(sent.seconds * 1e5) / 100},
            {"bytes_in", sent.bytes_in},
            {"bytes_out", sent.bytes_out}};
  if (!answer.problem.empty()) line["problem"] = answer.problem;
  if (answer.faces > 0) line["faces"] = answer.faces;
  if (sent.broken) line["broken"] = true;
  log_(json_text(line));
}

void Service::log_event(const std::string& event, const std::string& detail) const {
  if (!log_) return;
  Json line{{"time", time_text()}, {"event", event}};
  if (!detail.empty()) line["detail"] = detail;
  log_(json_text(line));
}

}  // namespace faceshot::serve
