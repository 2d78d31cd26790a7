#include "serve/api/uploads.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "serve/http/base64.hpp"
#include "serve/http/media_type.hpp"
#include "serve/http/multipart.hpp"
#include "serve/http/problem.hpp"

namespace faceshot::serve {
namespace {

enum class BodyForm { photograph, multipart, json, other };

BodyForm form_of(const std::string& content_type) {
  if (content_type.empty()) return BodyForm::photograph;
  const auto type = parse_media_type(content_type);
  if (!type) return BodyForm::other;
  if (type->type == "multipart/form-data") return BodyForm::multipart;
  if (type->type == "application/json") return BodyForm::json;
  // The last one is the type that curl --data-binary sends for any file.
  return type->type.starts_with("image/") || type->type == "application/octet-stream" ||
                 type->type == "application/x-www-form-urlencoded"
             ? BodyForm::photograph
             : BodyForm::other;
}

[[noreturn]] void too_many(const UploadLimits& limits) {
  if (limits.one)
    throw Problem(problem::bad_body,
                  "this path takes one photograph; /v1/detect:batch takes several");
  throw Problem(problem::too_large, "more than " + std::to_string(limits.photographs) +
                                        " photographs in one request; send them in several");
}

/// Receives the JSON parser's events: an object with one key, whose value is a string or a list of
/// strings.
class UploadListener : public nlohmann::json_sax<nlohmann::json> {
 public:
  UploadListener(const UploadLimits& limits, std::vector<Upload>& uploads)
      : limits_(limits), uploads_(uploads) {}

  bool null() override { return refuse("null"); }
  bool boolean(bool) override { return refuse("true or false"); }
  bool number_integer(number_integer_t) override { return refuse("a number"); }
  bool number_unsigned(number_unsigned_t) override { return refuse("a number"); }
  bool number_float(number_float_t, const string_t&) override { return refuse("a number"); }
  bool binary(binary_t&) override { return refuse("binary data"); }

  bool string(string_t& text) override {
    if (place_ != (limits_.one ? Place::value : Place::list)) return refuse("a string");
    if (uploads_.size() == limits_.photographs) too_many(limits_);
    std::string_view encoded = text;
    if (encoded.starts_with("data:")) {
      const auto comma = encoded.substr(0, 100).find(";base64,");
      if (comma == std::string_view::npos)
        throw Problem(problem::bad_body, "a data: URL that is not base64");
      encoded.remove_prefix(comma + std::string_view(";base64,").size());
    }
    auto bytes = decode_base64(encoded);
    if (!bytes)
      throw Problem(problem::bad_body,
                    "the photograph is not base64 (RFC 4648); URLs are not fetched");
    uploads_.push_back({"", std::move(*bytes)});
    if (limits_.one) place_ = Place::done;
    return true;
  }
  bool start_object(std::size_t) override {
    if (place_ != Place::start) return refuse("an object");
    place_ = Place::object;
    return true;
  }
  bool key(string_t& name) override {
    const char* const wanted = limits_.one ? "image" : "images";
    if (place_ != Place::object || name != wanted)
      throw Problem(problem::bad_body, std::string("the object has one key, \"") + wanted + "\"");
    place_ = Place::value;
    return true;
  }
  bool end_object() override {
    if (place_ != Place::done) return refuse("no photograph");
    return true;
  }
  bool start_array(std::size_t) override {
    if (limits_.one || place_ != Place::value) return refuse("a list");
    place_ = Place::list;
    return true;
  }
  bool end_array() override {
    place_ = Place::done;
    return true;
  }
  bool parse_error(std::size_t at, const std::string&,
                   const nlohmann::detail::exception&) override {
    throw Problem(problem::bad_body,
                  "the body is not valid JSON from byte " + std::to_string(at) + " on");
  }

 private:
  enum class Place { start, object, value, list, done };

  [[noreturn]] bool refuse(const char* what) const {
    throw Problem(problem::bad_body,
                  std::string(what) + " where " +
                      (limits_.one ? R"({"image": "BASE64"})" : R"({"images": ["BASE64", ...]})") +
                      " is expected");
  }

  const UploadLimits& limits_;
  std::vector<Upload>& uploads_;
  Place place_ = Place::start;
};

std::vector<Upload> of_parts(const Request& request, const UploadLimits& limits) {
  const auto type = parse_media_type(request.head.content_type);
  const auto boundary = type->parameters.find("boundary");
  const std::vector<Part> parts = parse_multipart(
      request.body, boundary == type->parameters.end() ? std::string() : boundary->second,
      {.parts = limits.photographs + 1});
  std::vector<Upload> uploads;
  for (const Part& part : parts) {
    if (part.name != "image" && part.name != "images")
      throw Problem(problem::bad_body, "the part '" + part.name.substr(0, 40) +
                                           "' is not known; photographs are parts called 'image', "
                                           "options belong in the query");
    if (uploads.size() == limits.photographs) too_many(limits);
    uploads.push_back({part.filename, Bytes(part.data.begin(), part.data.end())});
  }
  return uploads;
}

}  // namespace

bool takes_uploads_of(const std::string& content_type) {
  return form_of(content_type) != BodyForm::other;
}

std::vector<Upload> take_uploads(Request& request, const UploadLimits& limits) {
  std::vector<Upload> uploads;
  switch (form_of(request.head.content_type)) {
    case BodyForm::photograph:
      if (!request.body.empty()) uploads.push_back({"", std::move(request.body)});
      break;
    case BodyForm::multipart:
      uploads = of_parts(request, limits);
      break;
    case BodyForm::json: {
      UploadListener listener(limits, uploads);
      nlohmann::json::sax_parse(request.body.begin(), request.body.end(), &listener);
      break;
    }
    case BodyForm::other:
      throw Problem(problem::wrong_type,
                    "the body must be a photograph (image/*), multipart/form-data or "
                    "application/json");
  }
  request.body = Bytes();
  if (uploads.empty()) throw Problem(problem::bad_body, "the body contains no photograph");
  for (const Upload& upload : uploads)
    if (upload.bytes.empty()) throw Problem(problem::bad_body, "a photograph is empty");
  return uploads;
}

}  // namespace faceshot::serve
