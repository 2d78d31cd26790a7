// What is wrong with a request, in the form of RFC 9457: problem JSON.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "serve/http/message.hpp"

namespace faceshot::serve {

/// A kind of problem, for clients to act on and for metrics to count.
struct ProblemKind {
  int status;
  std::string_view name;   ///< after "urn:faceshot:problem:"
  std::string_view title;  ///< the same for every case
};

namespace problem {
inline constexpr ProblemKind bad_request{400, "bad-request", "The request cannot be understood"};
inline constexpr ProblemKind bad_option{400, "bad-option", "An option is unknown or impossible"};
inline constexpr ProblemKind bad_body{400, "bad-body", "The body is not what its type says"};
inline constexpr ProblemKind no_key{401, "no-key", "A valid API key is needed"};
inline constexpr ProblemKind wrong_origin{403, "wrong-origin",
                                          "Pages from this origin are not allowed"};
inline constexpr ProblemKind not_found{404, "not-found", "There is nothing at this path"};
inline constexpr ProblemKind wrong_method{405, "wrong-method", "The path has no such method"};
inline constexpr ProblemKind not_acceptable{406, "not-acceptable", "No such form of answer"};
inline constexpr ProblemKind time_out{408, "time-out", "The request took too long to arrive"};
inline constexpr ProblemKind too_large{413, "too-large", "The body is too large"};
inline constexpr ProblemKind too_many_pixels{413, "too-many-pixels", "The photograph is too large"};
inline constexpr ProblemKind long_path{414, "long-path", "The path is too long"};
inline constexpr ProblemKind wrong_type{415, "wrong-type", "Content of this type is not read"};
inline constexpr ProblemKind wrong_expect{417, "wrong-expect", "The only Expect is 100-continue"};
inline constexpr ProblemKind damaged{422, "damaged", "The photograph is damaged"};
inline constexpr ProblemKind no_upgrade{426, "no-upgrade", "This path is a WebSocket"};
inline constexpr ProblemKind large_header{431, "large-header", "The header is too large"};
inline constexpr ProblemKind failure{500, "failure", "The server failed"};
inline constexpr ProblemKind unknown_method{501, "unknown-method", "The method is not known"};
inline constexpr ProblemKind wrong_version{505, "wrong-version",
                                           "Only HTTP/1.0 and HTTP/1.1 are supported"};
inline constexpr ProblemKind busy{503, "busy", "The server has as much work as it takes"};
inline constexpr ProblemKind stopping{503, "stopping", "The server is stopping"};
inline constexpr ProblemKind no_model{503, "no-model", "No network is loaded"};
}  // namespace problem

/// Ends the handling of a request with this problem. Never leaves this room.
class Problem : public std::runtime_error {
 public:
  /// @param detail one line about this case: what is wrong, and what to do
  Problem(const ProblemKind& kind, const std::string& detail)
      : std::runtime_error(detail), kind_(kind) {}
  [[nodiscard]] const ProblemKind& kind() const noexcept { return kind_; }

 private:
  ProblemKind kind_;
};

/// The answer that reports the problem: application/problem+json, with Retry-After if the cause is
/// load. @param request_id included; may be empty
[[nodiscard]] Answer answer_of(const Problem& problem, const std::string& request_id);

/// The JSON object alone, for use as a part of an answer. Does not throw, whatever bytes it
/// contains.
[[nodiscard]] std::string problem_json(const Problem& problem, const std::string& request_id);

}  // namespace faceshot::serve
