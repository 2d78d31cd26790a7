#include "serve/api/routes.hpp"

#include <algorithm>
#include <array>

#include "serve/http/problem.hpp"

namespace faceshot::serve {
namespace {

constexpr std::array routes{
    Route{"/", RouteKind::asset},
    Route{"/app.js", RouteKind::asset},
    Route{"/api.js", RouteKind::asset},
    Route{"/camera.js", RouteKind::asset},
    Route{"/memory.js", RouteKind::asset},
    Route{"/messages.js", RouteKind::asset},
    Route{"/picture.js", RouteKind::asset},
    Route{"/style.css", RouteKind::asset},
    Route{"/favicon.svg", RouteKind::asset},
    Route{"/openapi.json", RouteKind::asset},
    Route{"/healthz", RouteKind::healthz},
    Route{"/readyz", RouteKind::readyz},
    Route{"/metrics", RouteKind::metrics, false, true},
    Route{"/v1/model", RouteKind::model, false, true},
    Route{"/v1/detect", RouteKind::detect, true, true},
    Route{"/v1/detect:batch", RouteKind::batch, true, true},
    Route{"/v1/anonymize", RouteKind::anonymize, true, true},
    Route{"/v1/stream", RouteKind::stream, false, true},
};

bool is_known_method(std::string_view method) {
  constexpr std::array<std::string_view, 9> methods{"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                                    "CONNECT", "OPTIONS", "TRACE", "PATCH"};
  return std::find(methods.begin(), methods.end(), method) != methods.end();
}

}  // namespace

const Route* route_at(std::string_view path) {
  const auto it = std::find_if(routes.begin(), routes.end(),
                               [&](const Route& each) { return each.path == path; });
  return it == routes.end() ? nullptr : &*it;
}

std::string_view methods_of(std::string_view path) {
  const Route* const route = route_at(path);
  if (route == nullptr) return {};
  return route->posts ? "POST, OPTIONS" : "GET, HEAD, OPTIONS";
}

const Route& route_of(const RequestHead& head) {
  if (!is_known_method(head.method)) throw Problem(problem::unknown_method, "unknown HTTP method");
  const Route* const route = route_at(head.path);
  if (route == nullptr)
    throw Problem(problem::not_found,
                  "there is nothing at this path; /openapi.json lists all paths");
  const bool right =
      head.method == "OPTIONS" ||
      (route->posts ? head.method == "POST" : head.method == "GET" || head.method == "HEAD");
  if (!right)
    throw Problem(problem::wrong_method,
                  "use " + std::string(route->posts ? "POST" : "GET") + " here");
  return *route;
}

}  // namespace faceshot::serve
