#include "serve/http/problem.hpp"

#include <nlohmann/json.hpp>

#include "serve/http/json_text.hpp"

namespace faceshot::serve {

std::string problem_json(const Problem& problem, const std::string& request_id) {
  nlohmann::ordered_json json{{"type", "urn:faceshot:problem:" + std::string(problem.kind().name)},
                              {"title", problem.kind().title},
                              {"status", problem.kind().status},
                              {"detail", problem.what()}};
  if (!request_id.empty()) json["request_id"] = request_id;
  return json_text(json);
}

Answer answer_of(const Problem& problem, const std::string& request_id) {
  const ProblemKind& kind = problem.kind();
  Answer answer{.status = kind.status,
                .content_type = "application/problem+json",
                .body = problem_json(problem, request_id) + "\n",
                .headers = {},
                .problem = std::string(kind.name)};
  if (kind.status == 503) answer.headers.emplace_back("Retry-After", "1");
  if (kind.status == 401) answer.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (kind.status == 426) answer.headers.emplace_back("Upgrade", "websocket");
  return answer;
}

}  // namespace faceshot::serve
