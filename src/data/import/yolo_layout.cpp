#include "data/import/yolo_layout.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "data/import/image_names.hpp"
#include "data/import/import.hpp"
#include "data/import/yolo.hpp"
#include "data/prepared/text_file.hpp"
#include "data/prepared/text_lines.hpp"
#include "faceshot/error.hpp"
#include "media/photographs/image_list.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;

/// Names of a split in data.yaml and of its folder.
struct SplitAlias {
  std::string_view name, split;
};

constexpr std::array<SplitAlias, 5> split_aliases{{{"train", "train"},
                                                   {"val", "val"},
                                                   {"valid", "val"},
                                                   {"validation", "val"},
                                                   {"test", "test"}}};

/// Absolute, without "..", and without a slash at its end. Links are not followed: a link called
/// `images` keeps its name.
fs::path plain_path(const fs::path& path) {
  if (path.empty()) return {};
  const fs::path plain = fs::absolute(path).lexically_normal();
  return plain.has_filename() ? plain : plain.parent_path();
}

bool is_yaml(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

/// The path with its last component `images` replaced by `labels`; nothing if it has none.
std::optional<fs::path> labels_path(const fs::path& images) {
  std::vector<fs::path> parts(images.begin(), images.end());
  const auto last = std::find(parts.rbegin(), parts.rend(), "images");
  if (last == parts.rend()) return std::nullopt;
  *last = "labels";
  fs::path path;
  for (const fs::path& part : parts) path /= part;
  return path;
}

/// Whether an image in the folder itself has a label file beside it.
bool has_labels_beside(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder))
    if (media::is_image_path(entry.path()) &&
        fs::exists(fs::path(entry.path()).replace_extension(".txt")))
      return true;
  return false;
}

bool is_folder_pair(const fs::path& images, const fs::path& labels) {
  return fs::is_directory(images) && fs::is_directory(labels);
}

/// A folder of photographs, or one that holds such a folder, with its labels.
YoloPart part_of(std::string split, const fs::path& place) {
  if (!fs::is_directory(place)) return {std::move(split), place, {}};
  if (is_folder_pair(place / "images", place / "labels"))
    return {std::move(split), place / "images", place / "labels"};
  const std::optional<fs::path> labels = labels_path(place);
  if (labels && (fs::is_directory(*labels) || !has_labels_beside(place)))
    return {std::move(split), place, *labels};
  return {std::move(split), place, place};
}

/// Finds the places that data.yaml names.
class YoloYaml {
 public:
  explicit YoloYaml(const fs::path& path) : path_(path), dir_(plain_path(path).parent_path()) {
    try {
      yaml_ = YAML::Load(read_text_file(path));
      if (!yaml_.IsMap()) fail("it must have `names` and `train`, as Ultralytics writes them");
      if (yaml_["path"] && yaml_["path"].IsScalar()) base_ = yaml_["path"].as<std::string>();
      const YAML::Node count = yaml_["nc"], names = yaml_["names"];
      if (count && count.IsScalar() && names && names.size() != count.as<std::size_t>())
        fail("nc is " + count.as<std::string>() + ", but names has " +
             std::to_string(names.size()) + "; correct one of them");
    } catch (const YAML::Exception& e) {
      fail(e.what());
    }
  }

  /// Empty if it names no places.
  [[nodiscard]] std::vector<YoloPart> parts(const std::string& wanted, FlawLog& flaws) const {
    std::vector<YoloPart> parts;
    std::string missing;
    for (const SplitAlias& alias : split_aliases) {
      const std::string split(alias.split);
      if (!wanted.empty() && split != wanted) continue;
      for (const std::string& place : places(std::string(alias.name))) {
        if (const auto found = find(place)) {
          parts.push_back(part_of(split, *found));
        } else if (split == "test" && wanted.empty()) {
          flaws.left_out("splits that are not there",
                         path_.string() + ": test: '" + place + "' is not there");
        } else {
          missing += (missing.empty() ? "" : ", ") + std::string(alias.name) + ": '" + place + "'";
        }
      }
    }
    if (!missing.empty())
      throw Error(ErrorCode::not_found,
                  path_.string() + ": it names what is not there, neither below '" + dir_.string() +
                      "' nor above it: " + missing +
                      "; correct it, or choose a split that is there with --split");
    return parts;
  }

  /// The keys with places; empty if there are none.
  [[nodiscard]] std::string keys() const {
    std::string keys;
    for (const SplitAlias& alias : split_aliases)
      if (!places(std::string(alias.name)).empty())
        keys += (keys.empty() ? "" : ", ") + std::string(alias.name);
    return keys;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::format, path_.string() + ": " + what);
  }

  [[nodiscard]] std::vector<std::string> places(const std::string& key) const {
    const YAML::Node node = yaml_[key];
    std::vector<std::string> places;
    if (!node || node.IsNull()) return places;
    if (node.IsScalar()) {
      places.push_back(node.as<std::string>());
    } else {
      if (!node.IsSequence()) fail("`" + key + "` must be a path or a list of paths");
      for (const YAML::Node& place : node) {
        if (!place.IsScalar()) fail("`" + key + "` must be a path or a list of paths");
        places.push_back(place.as<std::string>());
      }
    }
    std::erase(places, "");
    return places;
  }

  [[nodiscard]] std::optional<fs::path> find(const fs::path& place) const {
    const bool leads_up = !place.empty() && *place.begin() == "..";
    std::vector<fs::path> candidates;
    if (!base_.empty()) {
      candidates.push_back(dir_ / base_ / place);  // `/` takes an absolute path as it is
      candidates.push_back(dir_.parent_path() / base_ / place);
    }
    candidates.push_back(dir_ / place);
    if (leads_up)
      candidates.push_back(dir_ / place.lexically_relative(".."));
    else
      candidates.push_back(dir_.parent_path() / place);
    for (const fs::path& candidate : candidates)
      if (const fs::path plain = plain_path(candidate); fs::exists(plain)) return plain;
    return std::nullopt;
  }

  fs::path path_, dir_;
  fs::path base_;  ///< `path`
  YAML::Node yaml_;
};

/// data.yaml, the only .yaml, or classes.txt; nothing if there is none of them.
fs::path find_names(const fs::path& root) {
  for (const char* name : {"data.yaml", "data.yml"})
    if (fs::exists(root / name)) return root / name;
  std::vector<fs::path> yamls;
  for (const auto& entry : fs::directory_iterator(root))
    if (entry.is_regular_file() && is_yaml(entry.path())) yamls.push_back(entry.path());
  if (yamls.size() == 1) return yamls.front();
  for (const char* name : {"classes.txt", "labels/classes.txt"})
    if (fs::exists(root / name)) return root / name;
  return {};
}

/// The split that a folder's name says; empty if it says none.
std::string split_of_folder(const fs::path& folder) {
  const std::string name = folder.filename().string();
  for (const SplitAlias& alias : split_aliases)
    if (alias.name == name) return std::string(alias.split);
  return {};
}

/// Whether a folder of photographs holds folders of splits and nothing else.
bool holds_splits_only(const fs::path& images) {
  bool any = false;
  for (const auto& entry : fs::directory_iterator(images)) {
    if (entry.is_directory() && split_of_folder(entry.path()).empty()) return false;
    if (!entry.is_directory() && media::is_image_path(entry.path())) return false;
    any = any || entry.is_directory();
  }
  return any;
}

/// What the folders' names say, where data.yaml says nothing.
std::vector<YoloPart> parts_by_folders(const fs::path& root) {
  std::vector<YoloPart> parts;
  const fs::path images = root / "images", labels = root / "labels";
  if (is_folder_pair(images, labels) && !holds_splits_only(images)) return {{"", images, labels}};
  for (const SplitAlias& alias : split_aliases) {
    const std::string split(alias.split);
    if (fs::is_directory(images / alias.name))
      parts.push_back({split, images / alias.name, labels / alias.name});
    else if (is_folder_pair(root / alias.name / "images", root / alias.name / "labels"))
      parts.push_back({split, root / alias.name / "images", root / alias.name / "labels"});
  }
  if (parts.empty() && has_labels_beside(root)) parts.push_back({"", root, root});
  if (parts.empty())
    throw Error(ErrorCode::not_found,
                "'" + root.string() +
                    "' has no images/ with labels/, no train/images with train/labels, and no "
                    "data.yaml that says where they are; give --images and --annotations");
  return parts;
}

/// The folder that both are in.
fs::path common_folder(const fs::path& a, const fs::path& b) {
  fs::path common;
  auto i = a.begin();
  for (auto j = b.begin(); i != a.end() && j != b.end() && *i == *j; ++i, ++j) common /= *i;
  return common;
}

/// Gathers the images of all parts with their labels.
class YoloLayoutReader {
 public:
  YoloLayoutReader(const YoloLayout& layout, FlawLog& flaws) : layout_(layout), flaws_(flaws) {}

  YoloSet read() {
    for (const YoloPart& part : layout_.parts) {
      if (part.labels.empty())
        add_list(part);
      else
        add_folder(part);
    }
    refuse_unlabelled();
    YoloSet result{read_yolo_pairs(pairs_, layout_.names, flaws_), {}};
    for (const fs::path& label : unused_)
      flaws_.left_out("label files without an image", label.string() + ": it has no image");
    for (std::size_t i = 0; i < folders_.size(); ++i)
      result.images = i == 0 ? folders_[i] : common_folder(result.images, folders_[i]);
    for (LabelledImage& image : result.set.images) {
      image.split = splits_.at(image.image);
      image.image = fs::path(image.image).lexically_relative(result.images).generic_string();
    }
    return result;
  }

 private:
  void add_folder(const YoloPart& part) {
    if (!fs::is_directory(part.labels))
      throw Error(ErrorCode::not_found, "'" + part.labels.string() +
                                            "' is not a folder: it must hold the labels of '" +
                                            part.images.string() + "'");
    const fs::path folder = plain_path(part.images), labels = plain_path(part.labels);
    for (const fs::path& label : list_yolo_labels(labels, plain_path(layout_.names)))
      if (!used_.contains(label)) unused_.insert(label);
    folders_.push_back(folder);
    for (const fs::path& image : media::list_images({folder}))
      if (!is_apple_double(image))
        add(image, (labels / image.lexically_relative(folder)).replace_extension(".txt"), part);
  }

  void add_list(const YoloPart& part) {
    const std::string text = read_text_file(part.images);
    std::size_t found = 0;
    for (TextLines lines(text); !lines.done(); lines.next()) {
      const std::string place = part.images.string() + ":" + std::to_string(lines.number()) + ": ";
      const std::string name(lines.line());
      const std::optional<fs::path> file = find_listed(part.images, name);
      if (!file) {
        flaws_.left_out(flaw::missing_image, place + "'" + name + "' is not there");
        continue;
      }
      ++found;
      folders_.push_back(file->parent_path());
      add(*file, labels_of(*file), part);
    }
    if (found == 0)
      throw Error(ErrorCode::not_found,
                  part.images.string() + ": none of the images that it lists is there");
  }

  /// As it stands below the list's folder or below data.yaml's.
  [[nodiscard]] std::optional<fs::path> find_listed(const fs::path& list,
                                                    const std::string& name) const {
    for (const fs::path& dir : {list.parent_path(), layout_.names.parent_path()})
      if (const fs::path file = plain_path(dir / name); fs::is_regular_file(file)) return file;
    return std::nullopt;
  }

  static fs::path labels_of(const fs::path& image) {
    fs::path beside = image;
    beside.replace_extension(".txt");
    const std::optional<fs::path> labels = labels_path(beside);
    return labels && (fs::exists(*labels) || !fs::exists(beside)) ? *labels : beside;
  }

  void add(const fs::path& image, const fs::path& labels, const YoloPart& part) {
    used_.insert(labels);
    unused_.erase(labels);
    const auto [first, is_new] = splits_.try_emplace(image.generic_string(), part.split);
    if (is_new)
      pairs_.push_back({image, labels});
    else if (first->second != part.split)
      flaws_.changed("images in more than one split, kept in the first",
                     "'" + image.string() + "' is in " + first->second + " and in " + part.split);
  }

  void refuse_unlabelled() const {
    if (pairs_.empty() || std::any_of(pairs_.begin(), pairs_.end(),
                                      [](const YoloPair& pair) { return fs::exists(pair.labels); }))
      return;
    throw Error(ErrorCode::not_found,
                "no image has labels: those of '" + pairs_.front().image.string() +
                    "' must be in '" + pairs_.front().labels.string() + "'" +
                    (unused_.empty() ? "" : ", but there is '" + unused_.begin()->string() + "'") +
                    "; bring them together, or say where both are with --images and --annotations");
  }

  const YoloLayout& layout_;
  FlawLog& flaws_;
  std::vector<YoloPair> pairs_;
  std::vector<fs::path> folders_;                        ///< that hold images
  std::set<fs::path> used_, unused_;                     ///< label files with and without an image
  std::unordered_map<std::string, std::string> splits_;  ///< of each image
};

}  // namespace

YoloLayout find_yolo_layout(const fs::path& given, const fs::path& names, const std::string& split,
                            FlawLog& flaws) {
  const bool is_file = fs::is_regular_file(given) && is_yaml(given);
  const fs::path root = is_file ? fs::absolute(given).parent_path() : given;
  if (!fs::is_directory(root))
    throw Error(ErrorCode::not_found, "'" + given.string() + "' is not a folder");
  YoloLayout layout{!names.empty() ? names : is_file ? given : find_names(root), {}};
  if (is_yaml(layout.names)) {
    const YoloYaml yaml(layout.names);
    const std::string keys = yaml.keys();
    if (!keys.empty()) layout.parts = yaml.parts(split, flaws);
    if (!keys.empty() && layout.parts.empty())
      throw Error(ErrorCode::invalid_argument,
                  layout.names.string() + ": it names " + keys +
                      (split.empty() ? ", which is not there; correct it"
                                     : " and no " + split + "; choose another --split"));
  }
  if (layout.parts.empty()) {
    layout.parts = parts_by_folders(root);
    const auto other = [&](const YoloPart& part) {
      return !split.empty() && !part.split.empty() && part.split != split;
    };
    if (!std::all_of(layout.parts.begin(), layout.parts.end(), other))
      std::erase_if(layout.parts, other);  // else the choice among splits says what there is
  }
  return layout;
}

YoloSet read_yolo_layout(const YoloLayout& layout, FlawLog& flaws) {
  return YoloLayoutReader(layout, flaws).read();
}

}  // namespace faceshot::data
