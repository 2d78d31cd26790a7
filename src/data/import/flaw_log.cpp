#include "data/import/flaw_log.hpp"

#include <algorithm>
#include <utility>

#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

/// What a file says may hold line breaks, and a message is one line.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; }, ' ');
  return text;
}

}  // namespace

void FlawLog::left_out(std::string_view kind, std::string place) {
  place = one_line(std::move(place));
  if (strict_)
    throw Error(ErrorCode::format, place + " (without --strict it is left out, and counted)");
  add(FlawEffect::left_out, kind, std::move(place));
}

void FlawLog::changed(std::string_view kind, std::string place) {
  add(FlawEffect::changed, kind, one_line(std::move(place)));
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

void FlawLog::add(FlawEffect effect, std::string_view kind, std::string place) {
  auto found = std::find_if(kinds_.begin(), kinds_.end(), [&](const FlawKind& known) {
    return known.effect == effect && known.name == kind;
  });
  if (found == kinds_.end())
    found = kinds_.insert(kinds_.end(), {effect, std::string(kind), 0, {}});
  ++found->count;
  if (found->places.size() < most_places) found->places.push_back(std::move(place));
}

}  // namespace faceshot::data
