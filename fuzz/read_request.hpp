// Anything that a client may put into a request's header and body, for fuzz_reader.cpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "serve/api/uploads.hpp"
#include "serve/http/media_type.hpp"
#include "serve/http/problem.hpp"
#include "serve/http/query.hpp"

/// The first line is a Content-Type (or a query, or an Accept), the rest a body of that type.
inline void read_request(const std::filesystem::path& path) {
  using namespace faceshot::serve;
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto end = std::min(text.find('\n'), text.size());
  Request request;
  request.head.content_type = text.substr(0, end);
  request.body.assign(text.begin() + static_cast<std::ptrdiff_t>(std::min(end + 1, text.size())),
                      text.end());
  const std::size_t size = request.body.size();
  constexpr std::array<std::string_view, 2> offered{"application/json", "image/jpeg"};
  (void)choose_type(request.head.content_type, offered);
  try {
    (void)parse_query(request.head.content_type);
  } catch (const Problem&) {
  }
  try {
    std::size_t taken = 0;
    for (const Upload& upload : take_uploads(request, {.photographs = 8, .one = size % 2 == 0}))
      taken += upload.bytes.size();
    if (taken > size) std::abort();
  } catch (const Problem&) {
  }
}
