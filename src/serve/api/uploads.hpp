// The photographs in a request's body, whatever form it has.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "serve/http/message.hpp"

namespace faceshot::serve {

struct Upload {
  std::string name;  ///< as the client calls it, for the answer alone; empty: none
  Bytes bytes;
};

struct UploadLimits {
  std::size_t photographs = 1;
  bool one = true;  ///< exactly one, not a list
};

/// Takes the photographs out of a body: a photograph itself (image/*, application/octet-stream,
/// what curl --data-binary says, or no type), the parts of multipart/form-data, or JSON with base64
/// ({"image": TEXT} for one,
/// {"images": [TEXT, ...]} for several, data: URLs allowed). JSON is read piece by piece: what is
/// nested or long costs no more than its own bytes. Thread safe.
/// @param request whose body is moved from
/// @throws Problem(wrong_type) for another type, Problem(bad_body), Problem(too_large) for more
///         photographs than the limit
[[nodiscard]] std::vector<Upload> take_uploads(Request& request, const UploadLimits& limits);

/// Whether take_uploads() knows this Content-Type: for who asks before the body has come.
[[nodiscard]] bool takes_uploads_of(const std::string& content_type);

}  // namespace faceshot::serve
