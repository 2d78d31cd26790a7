// A request and its answer, without sockets.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace faceshot::serve {

using Bytes = std::vector<std::uint8_t>;

/// What is known about a request before its body.
struct RequestHead {
  std::string method;         ///< "GET"
  std::string path;           ///< without the query, not decoded
  std::string query;          ///< after the question mark, not decoded
  std::string content_type;   ///< empty: none
  std::string accept;         ///< empty: none
  std::string authorization;  ///< empty: none
  std::string api_key;        ///< of the header X-API-Key; empty: none
  std::string origin;         ///< of a page in a browser; empty: none
  std::string host;           ///< of the header Host
  std::string if_none_match;  ///< empty: none
  std::string id;             ///< of the request, for answer and log
  std::string peer;           ///< address of the peer
  bool upgrade = false;       ///< requests a WebSocket
};

struct Request {
  RequestHead head;
  Bytes body;
};

struct Answer {
  int status = 200;
  std::string content_type{};
  std::string body{};
  std::vector<std::pair<std::string, std::string>> headers{};  ///< besides content type and length
  std::string problem{};                                       ///< ProblemKind::name; empty: none
  int faces = 0;                                               ///< for the log
};

/// Bytes as text. The view is valid as long as the bytes.
[[nodiscard]] inline std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace faceshot::serve
