// The photographs in a request's body, in any of its forms.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "serve/http/message.hpp"

namespace faceshot::serve {

struct Upload {
  std::string name;  ///< given by the client, for the answer only; empty: none
  Bytes bytes;
};

struct UploadLimits {
  std::size_t photographs = 1;
  bool one = true;  ///< exactly one, not a list
};

/// Extracts the photographs of a body: a photograph itself (image/*, application/octet-stream, curl
/// --data-binary's type, or no type), the parts of multipart/form-data, or JSON with base64
/// ({"image": TEXT} for one,
/// {"images": [TEXT, ...]} for several, data: URLs allowed). JSON is parsed incrementally: nested
/// or long values cost no more memory than their own bytes. Thread safe.
/// @param request whose body is moved from
/// @throws Problem(wrong_type) for another type, Problem(bad_body), Problem(too_large) for more
///         photographs than the limit
[[nodiscard]] std::vector<Upload> take_uploads(Request& request, const UploadLimits& limits);

/// Whether take_uploads() supports this Content-Type: for checks before the body has arrived.
[[nodiscard]] bool takes_uploads_of(const std::string& content_type);

}  // namespace faceshot::serve
