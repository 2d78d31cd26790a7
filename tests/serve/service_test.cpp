// The service without sockets.
#include "serve/api/service.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <future>
#include <iterator>
#include <nlohmann/json.hpp>

#include "faceshot/error.hpp"
#include "media/photographs/image_file.hpp"
#include "serve/http/problem.hpp"

namespace faceshot::serve {
namespace {

const std::string model_file = FACESHOT_SOURCE_DIR "/models/faceshot-nano.onnx";
const std::string picture_file = FACESHOT_SOURCE_DIR "/tests/detect/fixtures/drawn/two.jpg";

ServiceOptions options_with(int threads) {
  ServiceOptions options;
  options.threads = threads;
  return options;
}

LoadedModel load() {
  const Detector detector(model_file);
  return {detector.network(), detector.info()};
}

Bytes content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

RequestHead head_of(const std::string& method, const std::string& path,
                    const std::string& query = "") {
  RequestHead head;
  head.method = method;
  head.path = path;
  head.query = query;
  head.id = "id-1";
  head.peer = "192.0.2.1";
  return head;
}

/// Sends a request and waits for the answer.
Answer ask(Service& service, const RequestHead& head, Bytes body = {}) {
  Service::Admitted admitted;
  try {
    admitted = service.admit(head);
  } catch (const Problem& problem) {
    return service.refusal(head, problem);
  }
  std::promise<Answer> promise;
  service.answer(admitted, {head, std::move(body)}, nullptr,
                 [&](Answer answer) { promise.set_value(std::move(answer)); });
  return promise.get_future().get();
}

TEST(Service, FindsWhatTheDetectorFinds) {
  Service service(options_with(2), {.model = load, .keys = nullptr}, nullptr);
  const Bytes picture = content_of(picture_file);
  const Answer answer = ask(service, head_of("POST", "/v1/detect"), picture);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto json = nlohmann::json::parse(answer.body);
  const media::Photograph photograph = media::read_photograph(picture_file);
  const auto found = Detector(model_file).detect(photograph.image.view());
  ASSERT_GT(found.size(), 0U);
  ASSERT_EQ(json["faces"].size(), found.size());
  EXPECT_EQ(json["width"], photograph.width);
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(json["faces"][i]["x1"].get<double>(), static_cast<double>(found[i].box.x1), 0.006);
    EXPECT_NEAR(json["faces"][i]["score"].get<double>(), static_cast<double>(found[i].score), 1e-4);
  }
  // A threshold keeps the best, with the same boxes and scores.
  const double second = json["faces"].back()["score"].get<double>();
  const Answer fewer =
      ask(service, head_of("POST", "/v1/detect", "threshold=" + std::to_string(second + 0.001)),
          picture);
  ASSERT_EQ(fewer.status, 200) << fewer.body;
  auto expected = json["faces"];
  while (!expected.empty() && expected.back()["score"].get<double>() < second + 0.001)
    expected.erase(expected.size() - 1);
  EXPECT_EQ(nlohmann::json::parse(fewer.body)["faces"], expected);
}

TEST(Service, AnswersABatchInOrder) {
  ServiceOptions options = options_with(2);
  options.places = 1;
  Service service(options, {.model = load, .keys = nullptr}, nullptr);
  const std::string picture(text_of(content_of(picture_file)));
  std::string body;
  for (const std::string& content : {picture, std::string("no picture"), picture})
    body += "--x\r\nContent-Disposition: form-data; name=image; filename=\"" +
            std::to_string(content.size()) + "\"\r\n\r\n" + content + "\r\n";
  body += "--x--\r\n";
  RequestHead head = head_of("POST", "/v1/detect:batch");
  head.content_type = "multipart/form-data; boundary=x";
  const Answer answer = ask(service, head, {body.begin(), body.end()});
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto list = nlohmann::json::parse(answer.body)["photographs"];
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0]["name"], std::to_string(picture.size()));
  EXPECT_EQ(list[0]["faces"], list[2]["faces"]);
  EXPECT_EQ(list[1]["problem"]["status"], 415);
}

TEST(Service, HidesFacesAndDropsWhatTheCameraNoted) {
  Service service(options_with(1), {.model = load, .keys = nullptr}, nullptr);
  RequestHead head = head_of("POST", "/v1/anonymize", "style=solid&shape=box");
  head.accept = "image/png";
  const Answer answer = ask(service, head, content_of(picture_file));
  ASSERT_EQ(answer.status, 200) << answer.body;
  const Bytes png(answer.body.begin(), answer.body.end());
  const media::Photograph hidden = media::decode_photograph(png, "answer");
  const auto found = Detector(model_file).detect(media::read_photograph(picture_file).image.view());
  ASSERT_GT(found.size(), 0U);
  for (const Detection& face : found) {
    const auto x = static_cast<int>((face.box.x1 + face.box.x2) / 2);
    const auto y = static_cast<int>((face.box.y1 + face.box.y2) / 2);
    const std::uint8_t* const pixel = hidden.image.row(y) + std::ptrdiff_t{3} * x;
    EXPECT_EQ(pixel[0] + pixel[1] + pixel[2], 0);
  }
}

TEST(Service, KeepsItsLimits) {
  ServiceOptions options = options_with(1);
  options.photographs.pixels = 100;
  options.photographs.formats = {media::ImageFormat::jpeg};
  Service service(options, {.model = load, .keys = nullptr}, nullptr);
  EXPECT_EQ(ask(service, head_of("POST", "/v1/detect"), content_of(picture_file)).status, 413);
  // A PNG, whose header is enough.
  const std::string png("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
  EXPECT_NE(ask(service, head_of("POST", "/v1/detect"), {png.begin(), png.end()}).status, 200);
  EXPECT_EQ(ask(service, head_of("POST", "/v1/detect"), {}).status, 400);
}

TEST(Service, AsksForKeysWhereThereAreSome) {
  const auto keys = [] { return ApiKeys::parse("door 0123456789abcdef", "keys"); };
  Service service(options_with(1), {.model = load, .keys = keys}, nullptr);
  RequestHead head = head_of("GET", "/v1/model");
  const Answer refused = ask(service, head);
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.problem, "no-key");
  head.authorization = "Bearer 0123456789abcdeF";
  EXPECT_EQ(ask(service, head).status, 401);
  head.authorization = "Bearer 0123456789abcdef";
  EXPECT_EQ(ask(service, head).status, 200);
  EXPECT_EQ(ask(service, head_of("GET", "/metrics")).status, 401);
  EXPECT_EQ(ask(service, head_of("GET", "/healthz")).status, 200);
  EXPECT_EQ(ask(service, head_of("POST", "/v1/detect")).status, 401);
}

TEST(Service, LetsOtherPagesReadOnlyIfTold) {
  ServiceOptions options = options_with(1);
  options.cors_origins = {"https://good.example"};
  Service service(options, {.model = load, .keys = nullptr}, nullptr);
  const auto allowed = [&](const std::string& origin) {
    RequestHead head = head_of("OPTIONS", "/v1/detect");
    head.origin = origin;
    Answer answer = ask(service, head);
    service.add_common_headers(head, answer);
    EXPECT_EQ(answer.status, 204);
    for (const auto& [name, value] : answer.headers)
      if (name == "Access-Control-Allow-Origin") return value;
    return std::string();
  };
  EXPECT_EQ(allowed("https://good.example"), "https://good.example");
  EXPECT_EQ(allowed("https://good.example.evil.example"), "");
  EXPECT_EQ(allowed("null"), "");
  RequestHead stream = head_of("GET", "/v1/stream");
  stream.upgrade = true;
  stream.host = "127.0.0.1:8080";
  for (const auto& [origin, status] : {std::pair("", 200),
                                       {"http://127.0.0.1:8080", 200},
                                       {"https://good.example", 200},
                                       {"https://evil.example", 403},
                                       {"null", 403}}) {
    stream.origin = origin;
    int got = 200;
    try {
      (void)service.admit(stream);
    } catch (const Problem& problem) {
      got = problem.kind().status;
    }
    EXPECT_EQ(got, status) << origin;
  }
}

TEST(Service, ReloadsOrStaysAsItWas) {
  int loads = 0;
  const auto load_twice = [&] {
    if (++loads == 2) throw Error(ErrorCode::format, "damaged");
    return load();
  };
  Service service(options_with(1), {.model = load_twice, .keys = nullptr}, nullptr);
  EXPECT_FALSE(service.reload());
  EXPECT_EQ(ask(service, head_of("GET", "/v1/model")).status, 200);
  EXPECT_TRUE(service.reload());
  EXPECT_EQ(ask(service, head_of("POST", "/v1/detect"), content_of(picture_file)).status, 200);
  const std::string metrics = ask(service, head_of("GET", "/metrics")).body;
  EXPECT_NE(metrics.find("faceshot_reloads_total{result=\"failed\"} 1"), std::string::npos);
  EXPECT_NE(metrics.find("faceshot_reloads_total{result=\"loaded\"} 1"), std::string::npos);
  service.begin_stopping();
  EXPECT_EQ(ask(service, head_of("POST", "/v1/detect"), content_of(picture_file)).status, 503);
  EXPECT_EQ(ask(service, head_of("GET", "/readyz")).status, 503);
  EXPECT_EQ(ask(service, head_of("GET", "/healthz")).status, 200);
}

TEST(Service, FollowsFacesThroughAStream) {
  Service service(options_with(1), {.model = load, .keys = nullptr}, nullptr);
  const auto stream = service.open_stream(head_of("GET", "/v1/stream"));
  const auto look = [&](const Bytes& bytes, std::int64_t number) {
    std::promise<std::string> promise;
    service.look_at_frame("me", stream, {bytes, static_cast<double>(number) / 10, number, 0},
                          [&](std::string text) { promise.set_value(std::move(text)); });
    return nlohmann::json::parse(promise.get_future().get());
  };
  const Bytes picture = content_of(picture_file);
  const auto first = look(picture, 1), second = look(picture, 2);
  ASSERT_GT(first["faces"].size(), 0U);
  ASSERT_EQ(second["faces"].size(), first["faces"].size());
  EXPECT_EQ(second["frame"], 2);
  for (std::size_t i = 0; i < first["faces"].size(); ++i) {
    EXPECT_EQ(first["faces"][i]["id"], second["faces"][i]["id"]);
    EXPECT_FALSE(first["faces"][i]["confirmed"]);
    EXPECT_TRUE(second["faces"][i]["confirmed"]);
  }
  EXPECT_EQ(look({1, 2, 3}, 3)["status"], 415);
  // Raw pixels show the same faces.
  const media::Photograph photograph = media::read_photograph(picture_file);
  const auto raw = service.open_stream(
      head_of("GET", "/v1/stream",
              "frames=raw&pixels=bgr&width=" + std::to_string(photograph.width) +
                  "&height=" + std::to_string(photograph.height)));
  Bytes pixels(photograph.image.stride() * static_cast<std::size_t>(photograph.height));
  std::memcpy(pixels.data(), photograph.image.row(0), pixels.size());
  std::promise<std::string> promise;
  service.look_at_frame("me", raw, {pixels, 0, 1, 0},
                        [&](std::string text) { promise.set_value(std::move(text)); });
  EXPECT_EQ(nlohmann::json::parse(promise.get_future().get())["faces"].size(),
            first["faces"].size());
}

}  // namespace
}  // namespace faceshot::serve
