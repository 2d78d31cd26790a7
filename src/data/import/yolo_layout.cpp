#include "data/import/yolo_layout.hpp"

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
#include "data/import/yolo_places.hpp"
#include "data/prepared/splits.hpp"
#include "data/prepared/text_file.hpp"
#include "data/prepared/text_lines.hpp"
#include "faceshot/error.hpp"
#include "media/photographs/image_list.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;

/// Possible names of a split's folder.
constexpr std::array<std::string_view, 5> split_folders{"train", "val", "valid", "validation",
                                                        "test"};

/// The path with its last component `images` (or `JPEGImages`) replaced by `labels`; nothing if it
/// has none.
std::optional<fs::path> labels_path(const fs::path& images) {
  std::vector<fs::path> parts(images.begin(), images.end());
  const auto last = std::find_if(parts.rbegin(), parts.rend(), [](const fs::path& part) {
    return part == "images" || part == "JPEGImages";
  });
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

/// A folder of photographs, or one that contains such a folder, with its labels.
YoloPart part_of(std::string split, const fs::path& place) {
  if (!fs::is_directory(place)) return {std::move(split), place, {}};
  if (is_folder_pair(place / "images", place / "labels"))
    return {std::move(split), place / "images", place / "labels"};
  const std::optional<fs::path> labels = labels_path(place);
  if (labels && (fs::is_directory(*labels) || !has_labels_beside(place)))
    return {std::move(split), place, *labels};
  return {std::move(split), place, place};
}

/// The file of that name, otherwise the only one of its kind; nothing if there are none or several.
fs::path named_or_only(const fs::path& root, const char* name, bool (*is_kind)(const fs::path&)) {
  if (fs::exists(root / name)) return root / name;
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(root))
    if (entry.is_regular_file() && is_kind(entry.path())) found.push_back(entry.path());
  return found.size() == 1 ? found.front() : fs::path();
}

/// data.yaml or obj.data; nothing if there is neither.
fs::path find_description(const fs::path& root) {
  if (fs::exists(root / "data.yml")) return root / "data.yml";
  const fs::path yaml = named_or_only(root, "data.yaml", is_yaml);
  return yaml.empty() ? named_or_only(root, "obj.data", is_darknet_data) : yaml;
}

/// Roboflow's, one in each split. @throws Error(format) if they differ
fs::path find_roboflow_names(const fs::path& root) {
  fs::path found;
  std::vector<std::string_view> folders{""};
  folders.insert(folders.end(), split_folders.begin(), split_folders.end());
  for (const std::string_view folder : folders) {
    const fs::path path = root / folder / "_darknet.labels";
    if (!fs::exists(path)) continue;
    if (!found.empty() && read_yolo_names(found) != read_yolo_names(path))
      throw Error(ErrorCode::format, "'" + found.string() + "' and '" + path.string() +
                                         "' have different classes; prepare each split separately");
    if (found.empty()) found = path;
  }
  return found;
}

/// A file with one name per line; nothing if there is none.
fs::path find_names(const fs::path& root) {
  for (const char* name : {"classes.txt", "labels/classes.txt"})
    if (fs::exists(root / name)) return root / name;
  const fs::path names = named_or_only(
      root, "obj.names", [](const fs::path& path) { return path.extension() == ".names"; });
  return names.empty() ? find_roboflow_names(root) : names;
}

bool lists_images(const fs::path& path) {
  const std::string text = read_text_file(path);
  return media::is_image_path(fs::path(TextLines(text).line()));
}

/// Text files of paths in the folder that are named after splits.
std::vector<YoloPart> parts_by_lists(const fs::path& root) {
  std::vector<YoloPart> parts;
  for (const std::string_view name : split_folders) {
    const fs::path list = root / (std::string(name) + ".txt");
    if (fs::is_regular_file(list) && lists_images(list))
      parts.push_back({std::string(split_named(name)), list, {}});
  }
  return parts;
}

/// Whether a folder of photographs contains only folders of splits.
bool holds_splits_only(const fs::path& images) {
  bool any = false;
  for (const auto& entry : fs::directory_iterator(images)) {
    if (entry.is_directory() && split_named(entry.path().filename().string()).empty()) return false;
    if (!entry.is_directory() && media::is_image_path(entry.path())) return false;
    any = any || entry.is_directory();
  }
  return any;
}

/// Derived from the folders' names, if data.yaml does not say.
std::vector<YoloPart> parts_by_folders(const fs::path& root) {
  std::vector<YoloPart> parts;
  const fs::path images = root / "images", labels = root / "labels";
  if (is_folder_pair(images, labels) && !holds_splits_only(images)) return {{"", images, labels}};
  for (const std::string_view name : split_folders) {
    const std::string split(split_named(name));
    const fs::path folder = root / name;
    if (fs::is_directory(images / name))
      parts.push_back({split, images / name, labels / name});
    else if (is_folder_pair(folder / "images", folder / "labels"))
      parts.push_back({split, folder / "images", folder / "labels"});
    else if (fs::is_directory(folder) && has_labels_beside(folder))
      parts.push_back({split, folder, folder});
  }
  if (parts.empty() && has_labels_beside(root)) parts.push_back({"", root, root});
  if (parts.empty())
    throw Error(ErrorCode::not_found,
                "'" + root.string() +
                    "' has no images/ with labels/, no train/images with train/labels, and no "
                    "data.yaml or obj.data that says where they are; give --images and "
                    "--annotations");
  return parts;
}

/// Empty if it gives no places.
std::vector<YoloPart> parts_by_description(const fs::path& description,
                                           const std::vector<YoloPlace>& places,
                                           const std::string& wanted, FlawLog& flaws) {
  std::vector<YoloPart> parts;
  std::string missing, keys;
  for (const YoloPlace& place : places) {
    keys += (keys.empty() ? "" : ", ") + place.key;
    if (!wanted.empty() && place.split != wanted) continue;
    const std::string what = place.key + ": '" + place.said + "'";
    if (!place.found.empty())
      parts.push_back(part_of(place.split, place.found));
    else if (place.split == "test" && wanted.empty())
      flaws.left_out("missing splits", description.string() + ": " + what + " is not there");
    else
      missing += (missing.empty() ? "" : ", ") + what;
  }
  if (!missing.empty())
    throw Error(ErrorCode::not_found,
                description.string() + ": it refers to files that exist neither below '" +
                    plain_path(description).parent_path().string() + "' nor above it: " + missing +
                    "; correct it, or choose an existing split with --split");
  if (!places.empty() && parts.empty())
    throw Error(ErrorCode::invalid_argument,
                description.string() + ": it names " + keys +
                    (wanted.empty() ? ", which does not exist; correct it"
                                    : " and no " + wanted + "; choose another --split"));
  return parts;
}

/// The common parent folder.
fs::path common_folder(const fs::path& a, const fs::path& b) {
  fs::path common;
  auto i = a.begin();
  for (auto j = b.begin(); i != a.end() && j != b.end() && *i == *j; ++i, ++j) common /= *i;
  return common;
}

/// Collects the images of all parts with their labels.
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
    if (layout_.all_splits) find_unlisted();
    YoloSet result{read_yolo_pairs(pairs_, layout_.names, flaws_), {}};
    for (const fs::path& label : unused_)
      flaws_.left_out("label files without an image", label.string() + ": it has no image");
    for (std::size_t i = 0; i < folders_.size(); ++i)
      result.images = i == 0 ? folders_[i] : common_folder(result.images, folders_[i]);
    for (LabelledImage& image : result.set.images) {
      image.split = split_named(splits_.at(image.image));
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
      const fs::path labels = labels_of(*file);
      if (fs::exists(labels)) listed_.insert(labels.parent_path());
      add(*file, labels, part);
    }
    if (found == 0)
      throw Error(ErrorCode::not_found,
                  part.images.string() + ": none of the images it lists exists");
  }

  /// Below the list's folder, its parent (darknet's lists are in a folder `data` of the one in
  /// which it runs) or data.yaml's.
  [[nodiscard]] std::optional<fs::path> find_listed(const fs::path& list,
                                                    const std::string& name) const {
    const fs::path dir = plain_path(list).parent_path();
    std::vector<fs::path> below{dir, dir.parent_path()};
    if (!layout_.names.empty()) below.push_back(plain_path(layout_.names).parent_path());
    return find_written_path(name, below);
  }

  /// Label files beside those of a list that are not in any list.
  void find_unlisted() {
    for (const fs::path& folder : listed_)
      for (const fs::path& label : list_yolo_labels(folder, plain_path(layout_.names)))
        if (label.parent_path() == folder && !used_.contains(label))
          flaws_.left_out("label files in none of the lists",
                          [&] { return label.string() + ": its image is in no list"; });
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
                    "; put them together, or give both folders with --images and --annotations");
  }

  const YoloLayout& layout_;
  FlawLog& flaws_;
  std::vector<YoloPair> pairs_;
  std::vector<fs::path> folders_;                        ///< that contain images
  std::set<fs::path> listed_;                            ///< folders of labels of listed images
  std::set<fs::path> used_, unused_;                     ///< label files with and without an image
  std::unordered_map<std::string, std::string> splits_;  ///< by image
};

}  // namespace

YoloLayout find_yolo_layout(const fs::path& given, const fs::path& names, const std::string& split,
                            FlawLog& flaws) {
  const bool is_file = fs::is_regular_file(given) && (is_yaml(given) || is_darknet_data(given));
  const fs::path root = is_file ? fs::absolute(given).parent_path() : given;
  if (!fs::is_directory(root))
    throw Error(ErrorCode::not_found, "'" + given.string() + "' is not a folder");
  const fs::path description = is_yaml(names) ? names : is_file ? given : find_description(root);
  YoloLayout layout{names, {}};
  if (description.empty()) {
    if (names.empty()) layout.names = find_names(root);
  } else {
    const YoloPlaces said = read_yolo_places(description);
    if (names.empty()) layout.names = said.names;
    layout.parts = parts_by_description(description, said.places, split, flaws);
  }
  if (layout.parts.empty()) layout.parts = parts_by_lists(root);
  if (layout.parts.empty()) layout.parts = parts_by_folders(root);
  const auto other = [&](const YoloPart& part) {
    return !split.empty() && !part.split.empty() && part.split != split;
  };
  layout.all_splits = split.empty();
  if (!std::all_of(layout.parts.begin(), layout.parts.end(), other))
    std::erase_if(layout.parts, other);  // otherwise the selection of splits reports what exists
  return layout;
}

YoloSet read_yolo_layout(const YoloLayout& layout, FlawLog& flaws) {
  return YoloLayoutReader(layout, flaws).read();
}

}  // namespace faceshot::data
