// The paths of the service.
#pragma once

#include <cstdint>
#include <string_view>

#include "serve/http/message.hpp"

namespace faceshot::serve {

enum class RouteKind : std::uint8_t {
  asset,  ///< a file of the page, or the OpenAPI document
  healthz,
  readyz,
  metrics,
  model,
  detect,
  batch,
  anonymize,
  stream,
};

struct Route {
  std::string_view path;
  RouteKind kind;
  bool posts = false;      ///< POST; otherwise GET and HEAD
  bool needs_key = false;  ///< if the service has keys
};

/// The route of a request, whose path must equal one in the table exactly: nothing is decoded,
/// joined or looked up on disk.
/// @throws Problem(not_found), Problem(wrong_method), Problem(unknown_method)
[[nodiscard]] const Route& route_of(const RequestHead& head);

/// The route of a path, whatever the method; null if there is none.
[[nodiscard]] const Route* route_at(std::string_view path);

/// The methods that a path supports, for Allow; empty: no such path.
[[nodiscard]] std::string_view methods_of(std::string_view path);

}  // namespace faceshot::serve
