#include "data/import/yolo.hpp"

#include <yaml-cpp/yaml.h>

#include <cmath>
#include <string>

#include "data/prepared/text_file.hpp"
#include "data/prepared/text_lines.hpp"
#include "faceshot/error.hpp"
#include "media/image_file.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> names_in_yaml(const fs::path& path) {
  const auto fail = [&](const std::string& what) {
    throw Error(ErrorCode::format, path.string() + ": " + what);
  };
  std::vector<std::string> names;
  try {
    const YAML::Node list = YAML::Load(read_text_file(path))["names"];
    if (list.IsMap()) {
      // 0: face, 1: ...; written in any order.
      for (std::size_t id = 0; id < list.size(); ++id) {
        if (!list[id]) fail("names has no entry " + std::to_string(id));
        names.push_back(list[id].as<std::string>());
      }
    } else if (list.IsSequence()) {
      for (const YAML::Node& name : list) names.push_back(name.as<std::string>());
    }
  } catch (const YAML::Exception& e) {
    fail(e.what());
  }
  if (names.empty()) fail("has no list `names` of the classes");
  return names;
}

std::vector<std::string> names_in_text(const fs::path& path) {
  const std::string text = read_text_file(path);
  std::vector<std::string> names;
  for (TextLines lines(text); !lines.done(); lines.next()) names.emplace_back(lines.line());
  if (names.empty()) throw Error(ErrorCode::format, path.string() + ": names no class");
  return names;
}

}  // namespace

LabelledImage read_yolo_labels(const fs::path& path, std::size_t classes) {
  LabelledImage image;
  image.normalised = true;
  const std::string text = read_text_file(path);
  for (TextLines lines(text); !lines.done(); lines.next()) {
    const auto fail = [&](const std::string& what) {
      throw Error(ErrorCode::format,
                  path.string() + ":" + std::to_string(lines.number()) + ": " + what);
    };
    const auto numbers = parse_numbers(lines.line(), 5);
    if (!numbers || numbers->size() != 5)
      fail("a box must stand here (class, x, y, width, height), not '" + std::string(lines.line()) +
           "'");
    const std::vector<float>& v = *numbers;
    if (v[0] != std::floor(v[0]) || v[0] < 0 || v[0] >= static_cast<float>(classes))
      fail("there is no class " + std::string(lines.line().substr(0, lines.line().find(' '))) +
           "; name it in data.yaml");
    for (std::size_t i = 1; i < 5; ++i)
      if (v[i] < 0 || v[i] > 1)
        fail("positions and sizes are shares of the image, from 0 to 1; these look like pixels");
    geometry::Annotation& a = image.annotations.emplace_back();
    a.class_id = static_cast<int>(v[0]);
    a.box = {v[1] - v[3] / 2, v[2] - v[4] / 2, v[1] + v[3] / 2, v[2] + v[4] / 2};
  }
  return image;
}

std::vector<std::string> read_yolo_names(const fs::path& path) {
  return path.extension() == ".txt" ? names_in_text(path) : names_in_yaml(path);
}

LabelledSet read_yolo(const fs::path& images, const fs::path& labels, const fs::path& names) {
  LabelledSet set;
  if (!fs::is_directory(labels))
    throw Error(ErrorCode::not_found, "'" + labels.string() + "' is not a folder of labels");
  if (!fs::is_directory(images))
    throw Error(ErrorCode::not_found, "'" + images.string() + "' is not a folder of images");
  if (!names.empty()) set.classes = read_yolo_names(names);
  for (const fs::path& file : media::list_images({images})) {
    const fs::path relative = file.lexically_relative(images);
    const fs::path text = (labels / relative).replace_extension(".txt");
    LabelledImage image =
        fs::exists(text) ? read_yolo_labels(text, set.classes.size()) : LabelledImage{};
    image.image = relative.generic_string();
    set.images.push_back(std::move(image));
  }
  return set;
}

}  // namespace faceshot::data
