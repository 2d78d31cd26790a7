#include "data/import/flaw_log.hpp"

#include <algorithm>

#include "faceshot/error.hpp"
#include "support/utf8.hpp"

namespace faceshot::data {
namespace {

/// A file's text may contain line breaks and bytes of any encoding; a message is one line of UTF-8.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; }, ' ');
  return support::escaped(text);
}

}  // namespace

void FlawLog::refuse(const std::string& place) {
  throw Error(ErrorCode::format,
              one_line(place) + " (without --strict it is left out and counted)");
}

std::size_t FlawLog::count(std::string_view kind) const {
  const auto found = std::find_if(kinds_.begin(), kinds_.end(),
                                  [&](const FlawKind& known) { return known.name == kind; });
  return found == kinds_.end() ? 0 : found->count;
}

std::size_t FlawLog::count(FlawEffect effect) const {
  std::size_t count = 0;
  for (const FlawKind& kind : kinds_)
    if (kind.effect == effect) count += kind.count;
  return count;
}

std::string FlawLog::first_left_out() const {
  for (const FlawKind& kind : kinds_)
    if (kind.effect == FlawEffect::left_out) return kind.places.front();
  return {};
}

FlawKind& FlawLog::count_one(FlawEffect effect, std::string_view kind) {
  auto found = std::find_if(kinds_.begin(), kinds_.end(), [&](const FlawKind& known) {
    return known.effect == effect && known.name == kind;
  });
  if (found == kinds_.end())
    found = kinds_.insert(kinds_.end(), {effect, std::string(kind), 0, {}});
  ++found->count;
  return *found;
}

void FlawLog::keep(FlawKind& kind, const std::string& place) {
  kind.places.push_back(one_line(place));
}

}  // namespace faceshot::data
