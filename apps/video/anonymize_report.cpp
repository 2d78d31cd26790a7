#include "anonymize_report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "common/console.hpp"
#include "support/atomic_file.hpp"
#include "video/reading/film_time.hpp"
#include "watch.hpp"

namespace faceshot::cli {
namespace {

using OrderedJson = nlohmann::ordered_json;

double to_places(double value, double steps) { return std::round(value * steps) / steps; }

OrderedJson json_of_span(const track::DoubtfulSpan& span, const std::vector<double>& seconds) {
  const auto time = [&](std::size_t frame) {
    return frame < seconds.size() ? to_places(seconds[frame], 1000) : 0.0;
  };
  return {{"id", span.id},
          {"origin", track::to_string(span.origin)},
          {"first_frame", span.first + 1},
          {"last_frame", span.last + 1},
          {"from", time(span.first)},
          {"to", time(span.last)},
          {"lowest_score", to_places(static_cast<double>(span.lowest_score), 10000)},
          {"uncertainty", to_places(static_cast<double>(span.uncertainty), 100)},
          {"wants_look", span.wants_look}};
}

OrderedJson json_of_file(const Hidden& h) {
  OrderedJson file{{"file", h.file},   {"out", h.out},     {"kind", h.film ? "film" : "photograph"},
                   {"faces", h.faces}, {"shown", h.shown}, {"frames", h.frames}};
  file["boxes"] = {{"detected", h.detected},
                   {"low_score", h.low_score},
                   {"interpolated", h.interpolated},
                   {"extended", h.extended}};
  file["wants_look"] = h.wants_look;
  file["doubtful"] = OrderedJson::array();
  for (const track::DoubtfulSpan& span : h.doubtful)
    file["doubtful"].push_back(json_of_span(span, h.frame_seconds));
  file["left_out"] = h.left_out;
  file["warnings"] = h.warnings;
  file["seconds"] = to_places(h.seconds, 1000);
  return file;
}

}  // namespace

struct AnonymizeReport::Impl {
  std::string json, sheet;
  OrderedJson document = OrderedJson::array();
  bool headed = false;
  std::int64_t wants_look = 0, files = 0, faces = 0;
};

AnonymizeReport::AnonymizeReport(const std::string& json, const std::string& sheet)
    : impl_(new Impl{.json = json, .sheet = sheet}) {}

AnonymizeReport::~AnonymizeReport() = default;

void AnonymizeReport::add(const Hidden& h) {
  print_warnings(h.warnings);
  if (!impl_->json.empty()) impl_->document.push_back(json_of_file(h));
  impl_->wants_look += h.wants_look;
  impl_->faces += h.faces;
  ++impl_->files;
  if (impl_->json == "-") return;
  if (!impl_->headed) {
    fmt::print("{:>5}  {:>7}  {:>8}  {:>8}  {:>8}  {:>6}  {:>7}  {}\n", "faces", "frames",
               "detected", "unsure", "filled", "review", "seconds", "file");
    impl_->headed = true;
  }
  fmt::print("{:>5}  {:>7}  {:>8}  {:>8}  {:>8}  {:>6}  {:>7.1f}  {}\n", h.faces, h.frames,
             h.detected, h.low_score, h.interpolated + h.extended, h.wants_look, h.seconds, h.file);
  for (const std::string& what : h.left_out) fmt::print("  left out: {}\n", what);
}

void AnonymizeReport::finish(std::size_t on_sheet) {
  const Impl& my = *impl_;
  if (!my.json.empty()) {
    const std::string text =
        my.document.dump(1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
    if (my.json == "-")
      std::fwrite(text.data(), 1, text.size(), stdout);  // main checks whether it succeeded
    else
      support::write_file_atomically(my.json, text);
  }
  if (my.json == "-" || my.files == 0) return;
  fmt::print("{} hidden in {}", counted(static_cast<std::size_t>(my.faces), "face"),
             counted(static_cast<std::size_t>(my.files), "file"));
  if (my.wants_look > 0 && !my.sheet.empty())
    fmt::print("; {} need review: {}{}", my.wants_look, my.sheet,
               on_sheet > ReviewSheet::max_cells
                   ? fmt::format(" (the first {})", ReviewSheet::max_cells)
                   : "");
  else if (my.wants_look > 0)
    fmt::print("; {} need review (--review sheet.png shows them)", my.wants_look);
  else if (!my.sheet.empty())
    fmt::print("; nothing needs review, so {} is not written", my.sheet);
  fmt::print("\n");
}

}  // namespace faceshot::cli
