#include "serve/api/options.hpp"

#include <charconv>
#include <map>
#include <set>
#include <vector>

#include "base/nearest_name.hpp"
#include "serve/http/problem.hpp"
#include "serve/http/query.hpp"

namespace faceshot::serve {
namespace {

/// The options of one query, each consumed once.
class QueryOptions {
 public:
  QueryOptions(std::string_view query, std::vector<std::string> names) : names_(std::move(names)) {
    for (auto& [name, value] : parse_query(query)) {
      if (std::find(names_.begin(), names_.end(), name) == names_.end()) {
        const auto meant = base::likely_name(name, names_);
        throw Problem(problem::bad_option,
                      "there is no option '" + name.substr(0, 40) + "'" +
                          (meant ? "; did you mean '" + *meant + "'?" : "; see /openapi.json"));
      }
      if (!values_.emplace(name, std::move(value)).second)
        throw Problem(problem::bad_option, "the option '" + name + "' appears twice");
    }
  }

  [[nodiscard]] std::optional<double> number(const std::string& name, double least,
                                             double most) const {
    const auto it = values_.find(name);
    if (it == values_.end()) return std::nullopt;
    const std::string& text = it->second;
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() ||
        !(value >= least && value <= most))
      throw Problem(problem::bad_option, name + " must be from " + trimmed_number(least) + " to " +
                                             trimmed_number(most));
    return value;
  }

  [[nodiscard]] std::optional<int> whole(const std::string& name, int least, int most) const {
    const auto value = number(name, least, most);
    if (!value) return std::nullopt;
    if (*value != static_cast<double>(static_cast<int>(*value)))
      throw Problem(problem::bad_option, name + " must be a whole number");
    return static_cast<int>(*value);
  }

  /// @return index into `words`
  [[nodiscard]] std::optional<std::size_t> word(const std::string& name,
                                                const std::vector<std::string>& words) const {
    const auto it = values_.find(name);
    if (it == values_.end()) return std::nullopt;
    for (std::size_t i = 0; i < words.size(); ++i)
      if (words[i] == it->second) return i;
    std::string list;
    for (const std::string& each : words) list += (list.empty() ? "" : ", ") + each;
    throw Problem(problem::bad_option, name + " must be one of " + list);
  }

 private:
  static std::string trimmed_number(double value) {
    std::string text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
  }

  std::vector<std::string> names_;
  std::map<std::string, std::string> values_;
};

const std::vector<std::string> look_names{"threshold", "max_side", "nms"};

std::vector<std::string> names_with(std::vector<std::string> more) {
  more.insert(more.end(), look_names.begin(), look_names.end());
  return more;
}

LookOptions look_options_of(const QueryOptions& query, const OptionLimits& limits) {
  constexpr double lowest = 0.01, highest = 0.99;
  constexpr int least_side = 64;
  LookOptions look;
  if (const auto v = query.number("threshold", lowest, highest))
    look.threshold = static_cast<float>(*v);
  look.max_side = query.whole("max_side", least_side, limits.most_side);
  if (const auto v = query.number("nms", 0, 1)) look.nms = static_cast<float>(*v);
  return look;
}

}  // namespace

std::size_t StreamOptions::raw_bytes() const {
  const auto w = static_cast<std::size_t>(width), h = static_cast<std::size_t>(height);
  const std::size_t half = (w + 1) / 2 * ((h + 1) / 2);
  if (pixels == PixelFormat::nv12 || pixels == PixelFormat::i420) return w * h + 2 * half;
  return w * h * static_cast<std::size_t>(bytes_per_pixel(pixels));
}

LookOptions parse_look_options(std::string_view query, const OptionLimits& limits) {
  return look_options_of(QueryOptions(query, look_names), limits);
}

LookOptions parse_hide_options(std::string_view text, const OptionLimits& limits) {
  constexpr double most_margin = 2;
  const QueryOptions query(text, names_with({"style", "shape", "margin"}));
  LookOptions look = look_options_of(query, limits);
  if (const auto v = query.number("margin", 0, most_margin))
    look.hide.margin = static_cast<float>(*v);
  if (const auto i = query.word("style", {"blur", "pixelate", "solid"}))
    look.hide.style = std::vector{media::HideStyle::blur, media::HideStyle::pixelate,
                                  media::HideStyle::solid}[*i];
  if (const auto i = query.word("shape", {"ellipse", "box"}))
    look.hide.shape = *i == 0 ? media::HideShape::ellipse : media::HideShape::box;
  return look;
}

StreamOptions parse_stream_options(std::string_view text, const OptionLimits& limits) {
  constexpr int most = 16384;
  const QueryOptions query(text, names_with({"frames", "pixels", "width", "height"}));
  StreamOptions stream;
  stream.look = look_options_of(query, limits);
  stream.raw = query.word("frames", {"photographs", "raw"}).value_or(0) == 1;
  const auto pixels = query.word("pixels", {"rgb", "bgr", "rgba", "bgra", "gray", "nv12", "i420"});
  const auto width = query.whole("width", 1, most), height = query.whole("height", 1, most);
  if (stream.raw != (width && height) || (pixels && !stream.raw))
    throw Problem(
        problem::bad_option,
        "raw frames need all of frames=raw, width and height; photographs take none of them");
  if (pixels)
    stream.pixels =
        std::vector{PixelFormat::rgb,  PixelFormat::bgr,  PixelFormat::rgba, PixelFormat::bgra,
                    PixelFormat::gray, PixelFormat::nv12, PixelFormat::i420}[*pixels];
  stream.width = width.value_or(0);
  stream.height = height.value_or(0);
  if (static_cast<std::size_t>(stream.width) * static_cast<std::size_t>(stream.height) >
      limits.most_pixels)
    throw Problem(problem::bad_option, "frames of this many pixels are not accepted");
  return stream;
}

}  // namespace faceshot::serve
