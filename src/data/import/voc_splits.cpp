// set_voc_splits() of voc.hpp.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "data/import/import.hpp"
#include "data/import/voc.hpp"
#include "data/prepared/splits.hpp"
#include "data/prepared/text_file.hpp"
#include "data/prepared/text_lines.hpp"
#include "media/photographs/image_list.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;

/// A list's name for an image: its annotation file below Annotations/, without extension.
std::string voc_id(fs::path name) {
  if (media::is_image_path(name) || name.extension() == ".xml") name.replace_extension();
  return name.lexically_normal().generic_string();
}

/// The lists in ImageSets/Main.
class VocLists {
 public:
  VocLists(const fs::path& folder, const fs::path& annotations, FlawLog& flaws)
      : annotations_(annotations), flaws_(flaws) {
    std::map<std::string_view, std::set<fs::path>> lists;  // by split
    fs::path both;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      const fs::path& path = entry.path();
      if (path.extension() != ".txt") continue;
      const std::string name = path.stem().string();
      const std::string_view split = split_named(name);
      if (!split.empty())
        lists[split].insert(path);
      else if (name == "trainval")
        both = path;
      else
        add_others(path);
    }
    if (!both.empty()) lists[lists.contains("train") ? "val" : "train"].insert(both);
    for (const std::string_view split : split_names)
      for (const fs::path& path : lists[split]) add(path, split);
  }

  /// Whether a list states a split.
  [[nodiscard]] bool any() const { return !splits_.empty(); }

  /// @return whether the image stays
  bool assign(LabelledImage& image) {
    const std::string id = voc_id(fs::path(image.file).lexically_relative(annotations_));
    if (const auto split = splits_.find(id); split != splits_.end()) {
      image.split = split->second;
      return true;
    }
    if (others_.contains(id)) return true;
    flaws_.left_out("images in none of the lists in ImageSets/Main",
                    [&] { return image.file + ": '" + image.image + "'"; });
    return false;
  }

 private:
  void add(const fs::path& path, std::string_view split) {
    const std::string text = read_text_file(path);
    for (TextLines lines(text); !lines.done(); lines.next()) {
      // Datumaro, and therefore CVAT, quotes names with blanks.
      std::string_view name = lines.line();
      if (name.size() > 1 && name.starts_with('"') && name.ends_with('"'))
        name = name.substr(1, name.size() - 2);
      const std::string id = voc_id(name);
      const auto place = [&] {
        return path.string() + ":" + std::to_string(lines.number()) + ": ";
      };
      const auto [known, is_new] = splits_.try_emplace(id, split);
      if (!is_new) {
        // trainval repeats all of train.
        if (known->second != split && path.stem() != "trainval")
          flaws_.changed("images in more than one split, kept in the first",
                         [&, &first = known->second] {
                           return place() + "'" + id + "' is in " + std::string(first) +
                                  " and in " + std::string(split);
                         });
        continue;
      }
      std::error_code error;
      if (!fs::exists(annotations_ / (id + ".xml"), error))
        flaws_.left_out("images without an annotation file", [&] {
          return place() + "there is no '" + (annotations_ / (id + ".xml")).string() + "'";
        });
    }
  }

  /// A list without a split; not one of a class, which has a second column.
  void add_others(const fs::path& path) {
    const std::string text = read_text_file(path);
    for (TextLines lines(text); !lines.done(); lines.next())
      if (lines.line().find_first_of(" \t") == std::string_view::npos)
        others_.insert(voc_id(lines.line()));
  }

  fs::path annotations_;
  FlawLog& flaws_;
  std::map<std::string, std::string_view> splits_;
  std::set<std::string> others_;
};

}  // namespace

void set_voc_splits(LabelledSet& set, const fs::path& annotations, FlawLog& flaws) {
  const fs::path plain = annotations.has_filename() ? annotations : annotations.parent_path();
  VocLists lists(plain.parent_path() / "ImageSets" / "Main", plain, flaws);
  if (lists.any())
    std::erase_if(set.images, [&](LabelledImage& image) { return !lists.assign(image); });
  else
    set_splits_by_folder(set);
}

}  // namespace faceshot::data
