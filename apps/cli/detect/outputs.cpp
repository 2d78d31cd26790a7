#include "cli/detect/outputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "common/console.hpp"
#include "common/text_target.hpp"
#include "faceshot/error.hpp"
#include "support/csv_field.hpp"

namespace faceshot::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, 10> landmark_columns{
    "left_eye_x", "left_eye_y",   "right_eye_x",  "right_eye_y",   "nose_x",
    "nose_y",     "mouth_left_x", "mouth_left_y", "mouth_right_x", "mouth_right_y"};

/// The double with the fewest digits that reads back as `value`: 209.3637 instead of
/// 209.3636932373047, as in the CSV.
double shortest(float value) {
  const std::string text = fmt::format("{}", value);
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// The JSON document with one face per line: short enough to read, and to compare by `diff`.
std::string document_text(const Json& photographs) {
  std::string text;
  for (const Json& photograph : photographs) {
    Json head = photograph;
    head.erase("faces");
    const std::string keys = json_text(head, -1);
    std::string faces;
    for (const Json& face : photograph.at("faces"))
      faces += (faces.empty() ? "\n  " : ",\n  ") + json_text(face, -1);
    text += (text.empty() ? "\n " : ",\n ") + keys.substr(0, keys.size() - 1) + ",\"faces\":[" +
            faces + "]}";
  }
  return "[" + text + "\n]\n";
}

}  // namespace

struct Outputs::Impl {
  const DetectArguments& arguments;
  std::vector<std::string> classes;
  bool landmarks;
  Json document = Json::array();
  std::optional<TextTarget> json{}, jsonl{}, csv{};
  std::size_t name_width = 4;
  std::size_t faces = 0, photographs = 0;

  [[nodiscard]] const std::string& class_of(const Detection& d) const {
    return classes.at(static_cast<std::size_t>(d.label));
  }

  [[nodiscard]] Json json_of(const Job& job, const Look& look) const {
    Json list = Json::array();
    for (std::size_t i = 0; i < look.faces.size(); ++i) {
      const Detection& d = look.faces[i];
      Json face{{"x1", shortest(d.box.x1)},
                {"y1", shortest(d.box.y1)},
                {"x2", shortest(d.box.x2)},
                {"y2", shortest(d.box.y2)},
                {"score", shortest(d.score)}};
      if (classes.size() > 1) face["class"] = class_of(d);
      if (d.landmarks)
        for (const Point& p : *d.landmarks)
          face["landmarks"].push_back({shortest(p.x), shortest(p.y)});
      if (i < look.crops.size() && !look.crops[i].empty()) face["crop"] = look.crops[i];
      list.push_back(std::move(face));
    }
    Json photograph{{"file", job.file.string()}, {"width", look.width}, {"height", look.height}};
    if (arguments.turns > 1) photograph["turned"] = look.turned;
    photograph["faces"] = std::move(list);
    return photograph;
  }

  [[nodiscard]] std::string csv_header() const {
    std::string header = "file,width,height,x1,y1,x2,y2,score,class";
    if (landmarks)
      for (const char* const column : landmark_columns) header.append(",").append(column);
    if (!arguments.crop_folder().empty()) header += ",crop";
    return header + "\n";
  }

  [[nodiscard]] std::string csv_rows(const Job& job, const Look& look) const {
    const std::string head =
        fmt::format("{},{},{}", support::csv_field(job.file.string()), look.width, look.height);
    const bool crops = !arguments.crop_folder().empty();
    constexpr std::size_t of_box = 6;  // from x1 to the class
    if (look.faces.empty())
      return head +
             std::string(of_box + (landmarks ? landmark_columns.size() : 0) + (crops ? 1 : 0),
                         ',') +
             "\n";
    std::string rows;
    for (std::size_t i = 0; i < look.faces.size(); ++i) {
      const Detection& d = look.faces[i];
      rows += fmt::format("{},{},{},{},{},{},{}", head, d.box.x1, d.box.y1, d.box.x2, d.box.y2,
                          d.score, support::csv_field(class_of(d)));
      for (std::size_t k = 0; landmarks && k < landmark_columns.size() / 2; ++k)
        rows +=
            d.landmarks ? fmt::format(",{},{}", (*d.landmarks)[k].x, (*d.landmarks)[k].y) : ",,";
      if (crops)
        rows += "," + (i < look.crops.size() ? support::csv_field(look.crops[i]) : std::string());
      rows += '\n';
    }
    return rows;
  }

  void add_row(const Job& job, const Look& look) const {
    const std::string best =
        look.faces.empty() ? "-" : fmt::format("{:.2f}", look.faces.front().score);
    fmt::print("{:<{}}  {:>5}x{:<5}  {:>5}  {:>5}  {:>8.1f}{}\n", job.shown, name_width, look.width,
               look.height, look.faces.size(), best, look.milliseconds,
               look.turned != 0 ? fmt::format("  rotate by {}", look.turned) : "");
  }
};

Outputs::Outputs(const DetectArguments& arguments, const std::vector<Job>& jobs,
                 std::vector<std::string> classes, bool landmarks)
    : impl_(
          new Impl{.arguments = arguments, .classes = std::move(classes), .landmarks = landmarks}) {
  const std::array<const std::string*, 3> names{&arguments.json, &arguments.jsonl, &arguments.csv};
  if (std::count_if(names.begin(), names.end(), [](const auto* name) { return *name == "-"; }) > 1)
    throw Error(ErrorCode::invalid_argument,
                "only one of --json, --jsonl and --csv can write to standard output; give the "
                "others a file, as in --csv=faces.csv");
  if (!arguments.json.empty()) impl_->json.emplace(arguments.json);
  if (!arguments.jsonl.empty()) impl_->jsonl.emplace(arguments.jsonl);
  if (!arguments.csv.empty()) {
    impl_->csv.emplace(arguments.csv);
    impl_->csv->write(impl_->csv_header());
  }
  if (arguments.quiet()) return;
  constexpr std::size_t widest = 60;
  for (const Job& job : jobs)
    impl_->name_width = std::clamp(job.shown.size(), impl_->name_width, widest);
  fmt::print("{:<{}}  {:>11}  {:>5}  {:>5}  {:>8}\n", "file", impl_->name_width, "size", "faces",
             "best", "ms");
}

Outputs::~Outputs() = default;

void Outputs::add(const Job& job, const Look& look) {
  ++impl_->photographs;
  impl_->faces += look.faces.size();
  if (impl_->json) impl_->document.push_back(impl_->json_of(job, look));
  if (impl_->jsonl) impl_->jsonl->write(json_text(impl_->json_of(job, look), -1) + "\n");
  if (impl_->csv) impl_->csv->write(impl_->csv_rows(job, look));
  if (!impl_->arguments.quiet()) impl_->add_row(job, look);
}

void Outputs::finish() {
  if (impl_->json) impl_->json->write(document_text(impl_->document));
  for (std::optional<TextTarget>* const target : {&impl_->json, &impl_->jsonl, &impl_->csv})
    if (*target) (*target)->finish();
  if (impl_->arguments.quiet()) return;
  const DetectArguments& a = impl_->arguments;
  fmt::print("{} in {}{}{}\n", counted(impl_->faces, "face"), counted(impl_->photographs, "image"),
             a.writes_pictures() ? "; pictures in " + a.out : "",
             a.crop_folder().empty() ? "" : "; face crops in " + a.crop_folder());
}

}  // namespace faceshot::cli
