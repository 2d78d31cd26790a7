// Requests through libcurl.
#include <curl/curl.h>

#include <memory>
#include <mutex>

#include "faceshot/error.hpp"
#include "video/live/delivery/webhook.hpp"

namespace faceshot::video {
namespace {

struct CurlFree {
  void operator()(CURL* curl) const noexcept { curl_easy_cleanup(curl); }
};
struct ListFree {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

int stop_request(void* interrupt, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const Interrupt*>(interrupt)->raised() ? 1 : 0;
}

/// The body of the answer is not needed.
std::size_t ignore_answer(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

CURL* new_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  CURL* const curl = curl_easy_init();
  if (curl == nullptr)
    throw Error(ErrorCode::resource_exhausted, "webhook: cannot initialise libcurl");
  return curl;
}

}  // namespace

Post curl_post(const std::string& url, const Interrupt& interrupt, double most_seconds) {
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    throw Error(ErrorCode::invalid_argument,
                "the webhook's URL must begin with https:// or http://");
  const std::shared_ptr<CURL> curl(new_curl(), CurlFree());
  CURL* const c = curl.get();
  curl_easy_setopt(c, CURLOPT_URL, url.c_str());
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, static_cast<long>(most_seconds * 1000));
  curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(most_seconds * 500));
  curl_easy_setopt(c, CURLOPT_USERAGENT, "FaceShot");
  curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, stop_request);
  curl_easy_setopt(c, CURLOPT_XFERINFODATA, const_cast<Interrupt*>(&interrupt));
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, ignore_answer);
  return [curl](const std::string& body, const std::vector<std::string>& lines) -> PostResult {
    std::unique_ptr<curl_slist, ListFree> headers;
    for (const std::string& line : lines) {
      curl_slist* const longer = curl_slist_append(headers.get(), line.c_str());
      if (longer == nullptr) return {0, "no memory"};
      (void)headers.release();
      headers.reset(longer);
    }
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.data());
    const CURLcode code = curl_easy_perform(curl.get());
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, nullptr);
    if (code != CURLE_OK) return {0, curl_easy_strerror(code)};
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    return {static_cast<int>(status), ""};
  };
}

}  // namespace faceshot::video
