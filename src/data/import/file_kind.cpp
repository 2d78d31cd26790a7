// kind_of_file() of survey.hpp.
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "data/import/csv_boxes.hpp"
#include "data/import/survey.hpp"
#include "data/import/yolo_places.hpp"
#include "data/prepared/text_file.hpp"
#include "data/prepared/text_lines.hpp"
#include "faceshot/error.hpp"
#include "media/photographs/image_list.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t head_bytes = 1 << 16;

/// The first bytes of a text file, without a byte order mark.
std::string read_head(const fs::path& path) {
  std::ifstream in = open_text_file(path);
  std::string head(head_bytes, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(in.gcount()));
  return head;
}

/// Collects the keys of a JSON file's outermost object until they identify it.
class JsonKeys : public nlohmann::json_sax<nlohmann::json> {
 public:
  [[nodiscard]] std::string kind() const {
    if (has("images") && has("annotations") && has("categories")) return "coco";
    if (has("shapes") && (has("imagePath") || has("version") || has("flags"))) return "labelme";
    return {};
  }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override {
    ++depth_;
    return true;
  }
  bool key(string_t& name) override {
    if (depth_ == 1) keys_.insert(name);
    return kind().empty();
  }
  bool end_object() override {
    --depth_;
    return true;
  }
  bool start_array(std::size_t) override {
    ++depth_;
    return true;
  }
  bool end_array() override {
    --depth_;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;  // the earlier content decides
  }

 private:
  [[nodiscard]] bool has(const char* name) const { return keys_.contains(name); }

  std::set<std::string> keys_;
  int depth_ = 0;
};

std::string json_kind(const fs::path& path) {
  std::ifstream in = open_text_file(path);
  JsonKeys keys;
  nlohmann::json::sax_parse(in, &keys);
  return keys.kind();
}

/// By the name of the outermost element.
std::string xml_kind(std::string_view head) {
  std::size_t at = head.find('<');
  while (at != std::string_view::npos && at + 1 < head.size() &&
         (head[at + 1] == '?' || head[at + 1] == '!'))
    at = head.find('<', at + 1);
  if (at == std::string_view::npos) return {};
  const std::string_view name = head.substr(at + 1, head.find_first_of(" \t\r\n/>", at) - at - 1);
  if (name == "annotation") return "voc";
  if (name == "annotations") return "cvat";
  return {};
}

/// "a/b.jpg", or "a/b.jpg 640 480" as in libfacedetection's labels.
bool names_image(std::string_view line) {
  const std::string_view sizes = " \t0123456789";
  return media::is_image_path(fs::path(line)) ||
         media::is_image_path(fs::path(line.substr(0, line.find_last_not_of(sizes) + 1)));
}

/// Judged by all lines, since most may be damaged.
std::string text_kind(const std::string& head) {
  constexpr std::size_t most = 1 << 16, shown = 200;
  std::size_t lines = 0, headings = 0, names = 0, counts = 0, ellipses = 0, boxes = 0, words = 0;
  for (TextLines text(head); !text.done() && lines < shown; text.next()) {
    const std::string_view line = text.line();
    ++lines;
    if (line.starts_with("#")) {
      headings += names_image(line.substr(1)) ? 1 : 0;
      continue;
    }
    const auto numbers = parse_numbers(line, most);
    if (!numbers) {
      ++(media::is_image_path(fs::path(line)) ? names : words);
      continue;
    }
    counts += numbers->size() == 1 ? 1 : 0;
    ellipses += numbers->size() == 6 ? 1 : 0;
    boxes += numbers->size() >= 5 && numbers->front() >= 0 ? 1 : 0;
  }
  if (headings > 0) return "retinaface";
  const bool oval = ellipses > 0 && ellipses + counts + names + words == lines;
  if (counts > 0 && names + words > 0 && oval) return "fddb";
  if (names > 0 && counts > 0) return "widerface";
  if (names > 0 && names + words == lines) return "list";
  return boxes > 0 && counts == 0 && names == 0 && 2 * boxes >= lines ? "yolo" : "";
}

std::string yaml_kind(const fs::path& path) {
  try {
    const YAML::Node yaml = YAML::Load(read_text_file(path));
    return yaml.IsMap() && yaml["names"] ? "yolo.places" : "";
  } catch (const YAML::Exception&) {
    return path.filename() == "data.yaml" ? "yolo.places" : "";  // its reader reports what is wrong
  }
}

/// darknet's obj.data: other files also have the extension .data.
std::string darknet_kind(const fs::path& path) {
  bool names = false, places = false;
  const std::string head = read_head(path);
  for (TextLines lines(head); !lines.done(); lines.next()) {
    const std::string_view key = lines.line().substr(0, lines.line().find_first_of("= \t"));
    names = names || key == "names";
    places = places || key == "train" || key == "valid";
  }
  return names && places ? "yolo.places" : "";
}

std::string csv_kind(const fs::path& path) {
  try {
    FlawLog unused;
    return read_csv_boxes(path, unused).set.images.empty() ? "" : "csv";
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

std::string kind_of_file(const fs::path& path) {
  const fs::path extension = path.extension();
  if (extension == ".csv" || extension == ".tsv") return csv_kind(path);
  if (is_yaml(path)) return yaml_kind(path);
  if (is_darknet_data(path)) return darknet_kind(path);
  if (extension != ".json" && extension != ".xml" && extension != ".txt" && extension != ".mat")
    return {};
  std::string head = read_head(path);
  if (has_utf16_mark(head)) head = read_text_file(path);
  if (head.starts_with("MATLAB 5.0 MAT-file") || head.starts_with("\x89HDF")) return "widerface";
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return {};
  if (head[first] == '{' || head[first] == '[') return json_kind(path);
  if (head[first] == '<') return xml_kind(head);
  return text_kind(head);
}

}  // namespace faceshot::data
