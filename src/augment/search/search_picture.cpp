// The pictures of search_report.hpp.
#include <fmt/format.h>
#include <algorithm>
#include <cmath>

#include "augment/search/search_report.hpp"
#include "faceshot/error.hpp"
#include "support/line_chart.hpp"
#include "support/markup.hpp"

namespace faceshot::augment::search {
namespace {

using Points = std::vector<std::pair<double, double>>;

/// Shortens a text to fit into a cell.
std::string shortened(const std::string& text, std::size_t most) {
  return text.size() <= most ? text : text.substr(0, most - 2) + "..";
}

}  // namespace

std::string progress_svg(const SearchSettings& settings, const SearchPlan& plan) {
  std::vector<support::ChartLine> by_rung;
  for (int rung = 0; rung < settings.rungs; ++rung)
    by_rung.push_back(
        {settings.rungs == 1 ? "trials" : fmt::format("after rung {}", rung + 1), {}});
  Points best;
  for (const Trial& trial : plan.trials) {
    if (trial.confirms >= 0) continue;
    for (const TrialResult& result : trial.results) {
      if (!result.figure) continue;
      by_rung[static_cast<std::size_t>(result.rung)].points.emplace_back(trial.number,
                                                                         *result.figure);
      if (result.rung + 1 != settings.rungs) continue;
      const double before = best.empty() ? *result.figure : best.back().second;
      best.emplace_back(trial.number, std::max(before, *result.figure));
    }
  }
  if (std::all_of(by_rung.begin(), by_rung.end(), [](const auto& l) { return l.points.empty(); }))
    throw Error(ErrorCode::invalid_argument, "the search has no results to draw yet");
  support::LineChart figures;
  figures.title = "Trial results (" + settings.method + ")";
  figures.x_label = "trial";
  figures.y_label = settings.trial.command.empty() ? settings.trial.metric : "figure";
  figures.legend_below = true;
  figures.lines = std::move(by_rung);
  figures.lines.resize(std::min<std::size_t>(figures.lines.size(), 7));
  figures.lines.push_back({"best full trial so far", best});
  support::LineChart learned;
  learned.title = "Remaining uncertainty";
  learned.x_label = "trial";
  learned.y_label = "mean entropy of the choices; 1: undecided";
  learned.y_range = {0, 1};
  learned.legend_below = true;
  Points entropy{{0, 1}};
  for (const BatchSummary& batch : plan.batches) entropy.emplace_back(batch.trials, batch.entropy);
  learned.lines.push_back({"entropy", entropy});
  return support::line_charts_svg(std::vector{figures, learned}, 2);
}

std::string learned_svg(const std::vector<Choice>& choices, const SearchPlan& plan) {
  constexpr int names = 210, cell = 108, row = 44, top = 56;
  std::size_t most = 0;
  for (const Choice& choice : choices) most = std::max(most, choice.options.size());
  const int width = names + cell * static_cast<int>(most) + 20;
  const int height = top + row * static_cast<int>(choices.size()) + 16;
  std::string svg = fmt::format(
      "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {0} {1}' width='{0}' height='{1}' "
      "font-family='sans-serif' font-size='12'>\n<rect width='{0}' height='{1}' fill='#fff'/>\n"
      "<text x='{2}' y='32' text-anchor='middle' font-size='18'>What was learned: probability, "
      "trials, mean result</text>\n",
      width, height, width / 2);
  const auto records = option_records(choices, plan);
  for (std::size_t c = 0; c < choices.size(); ++c) {
    const int y = top + row * static_cast<int>(c);
    svg += fmt::format("<text x='{}' y='{}' text-anchor='end'>{}</text>\n", names - 12, y + 25,
                       support::escape_markup(choices[c].name));
    for (std::size_t o = 0; o < records[c].size(); ++o) {
      const OptionRecord& record = records[c][o];
      const int x = names + cell * static_cast<int>(o);
      const bool picked =
          plan.best >= 0 &&
          plan.trials[static_cast<std::size_t>(plan.best)].proposal.picks[c] == static_cast<int>(o);
      // White to dark blue, on which white text is readable.
      const auto shade = [&](int dark) {
        return static_cast<int>(std::lround(255 + record.probability * (dark - 255)));
      };
      svg += fmt::format(
          "<rect x='{}' y='{}' width='{}' height='{}' fill='#{:02x}{:02x}{:02x}' stroke='{}' "
          "stroke-width='{}'/>\n",
          x + 2, y + 2, cell - 4, row - 4, shade(0), shade(74), shade(128),
          picked ? "#d55e00" : "#ccc", picked ? 3 : 1);
      const char* const ink = record.probability > 0.5 ? "#fff" : "#222";
      svg += fmt::format("<text x='{}' y='{}' text-anchor='middle' fill='{}'>{}</text>\n",
                         x + cell / 2, y + 18, ink,
                         support::escape_markup(shortened(record.option, 17)));
      svg += fmt::format(
          "<text x='{}' y='{}' text-anchor='middle' font-size='10' fill='{}'>{:.2f}, {}{}</text>\n",
          x + cell / 2, y + 34, ink, record.probability, record.trials,
          record.mean ? fmt::format(", {:.4f}", *record.mean) : "");
    }
  }
  return svg + "</svg>\n";
}

}  // namespace faceshot::augment::search
