#include "evaluate/wider_report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <vector>

#include "evaluate/pr_curve.hpp"

namespace faceshot::evaluate {
namespace {

/// Maximum number of names on a line of the table; the JSON has them all.
constexpr std::size_t names_shown = 3;

/// "WHAT: 2756 (a, b, c, ...)", or nothing if there are none.
std::string names_line(const char* what, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  std::string line = std::string(what) + ": " + std::to_string(names.size()) + " (";
  for (std::size_t i = 0; i < names.size() && i < names_shown; ++i)
    line += (i > 0 ? ", " : "") + names[i];
  return line + (names.size() > names_shown ? ", ...)\n" : ")\n");
}

}  // namespace

std::string wider_table(const WiderResult& result) {
  std::string table = "setting       AP  recall   faces  images\n";
  for (std::size_t s = 0; s < wider_settings.size(); ++s) {
    const WiderCurve& c = result.settings[s];
    if (c.faces > 0)
      table += fmt::format("{:<8}  {:.4f}  {:.4f}  {:6}  {:6}\n", wider_settings[s], c.ap,
                           c.recall.back(), c.faces, c.images);
    else
      table +=
          fmt::format("{:<8}       -       -  {:6}  {:6}\n", wider_settings[s], c.faces, c.images);
  }
  table += std::to_string(result.detections) + " detections in " +
           std::to_string(result.images_scored) + " of " +
           std::to_string(result.images_scored + result.missing.size()) + " images\n";
  table += names_line("missing, not scored", result.missing);
  table += names_line("not in the ground truth, skipped", result.unknown);
  return table;
}

nlohmann::ordered_json wider_json(const WiderResult& result, bool with_curves) {
  nlohmann::ordered_json settings;
  for (std::size_t s = 0; s < wider_settings.size(); ++s) {
    const WiderCurve& c = result.settings[s];
    nlohmann::ordered_json setting;
    setting["ap"] = c.faces > 0 ? nlohmann::ordered_json(c.ap) : nlohmann::ordered_json();
    setting["faces"] = c.faces;
    setting["images"] = c.images;
    if (with_curves) {
      setting["precision"] = c.precision;
      setting["recall"] = c.recall;
    }
    settings[std::string(wider_settings[s])] = std::move(setting);
  }
  return {{"protocol", "widerface"},
          {"settings", settings},
          {"detections", result.detections},
          {"images_scored", result.images_scored},
          {"images_missing", result.missing.size()},
          {"missing", result.missing},
          {"unknown", result.unknown}};
}

std::string wider_svg(const WiderResult& result, std::string_view title) {
  std::vector<PrCurve> curves;
  for (std::size_t s = 0; s < wider_settings.size(); ++s) {
    const WiderCurve& c = result.settings[s];
    curves.push_back({wider_settings[s], c.ap, c.recall, c.precision});
  }
  return pr_curve_svg(title, curves);
}

}  // namespace faceshot::evaluate
