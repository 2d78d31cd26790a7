#include "data/import/survey.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "data/import/yolo_layout.hpp"
#include "data/prepared/prepared_format.hpp"
#include "data/prepared/splits.hpp"
#include "faceshot/error.hpp"
#include "media/photographs/image_list.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;

bool is_below(const fs::path& path, const fs::path& folder) {
  const auto [in_folder, in_path] =
      std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return in_folder == folder.end();
}

/// The topmost of the folders, with the number of files in and below each.
std::map<fs::path, std::size_t> uppermost(const std::map<fs::path, std::size_t>& folders) {
  std::map<fs::path, std::size_t> result;
  for (const auto& [folder, count] : folders) {  // a folder comes before its subfolders
    const auto above = std::find_if(
        result.begin(), result.end(),
        [&folder = folder](const auto& known) { return is_below(folder, known.first); });
    if (above == result.end())
      result.emplace(folder, count);
    else
      above->second += count;
  }
  return result;
}

/// The folder of a YOLO data set, from that of some of its label files.
fs::path yolo_root(const fs::path& labels, const fs::path& dir) {
  fs::path root = labels;
  for (fs::path at = labels; is_below(at, dir); at = at.parent_path()) {
    if (at.filename() == "labels") {
      root = at.parent_path();
      break;
    }
    if (at == dir || !at.has_relative_path()) break;
  }
  if (root != dir && !split_named(root.filename().string()).empty()) root = root.parent_path();
  return is_below(root, dir) ? root : dir;
}

class Surveyor {
 public:
  explicit Surveyor(const fs::path& dir) : dir_(dir) {}

  FolderSurvey survey() {
    walk(dir_);
    add_folders("voc", voc_);
    add_folders("labelme", labelme_);
    add_yolo();
    drop_matlab_twins();
    for (const auto& [path, what] : unknown_)
      if (!is_claimed(path)) survey_.doubts.push_back("'" + path.string() + "' " + what);
    std::sort(survey_.images.begin(), survey_.images.end());
    std::sort(survey_.sources.begin(), survey_.sources.end(),
              [](const FoundSource& a, const FoundSource& b) {
                return std::tie(a.annotations, a.kind) < std::tie(b.annotations, b.kind);
              });
    return std::move(survey_);
  }

 private:
  void walk(const fs::path& folder) {
    if (folder != dir_ && fs::exists(label_path(folder)) && !splits_of(folder).empty()) {
      survey_.doubts.push_back(
          "'" + folder.string() +
          "' is a prepared set and was skipped; faceshot prepare merge joins sets");
      return;
    }
    if (!walked_.insert(fs::canonical(folder)).second) return;  // already visited, through a link
    survey_.folders.push_back(folder);
    std::vector<fs::path> entries;
    for (const auto& entry :
         fs::directory_iterator(folder, fs::directory_options::skip_permission_denied))
      entries.push_back(entry.path());
    std::sort(entries.begin(), entries.end());
    for (const fs::path& path : entries) {
      const std::string name = path.filename().string();
      if (name.starts_with(".") || name == "__MACOSX") continue;
      if (fs::is_directory(path))
        walk(path);
      else if (fs::is_regular_file(path))
        add_file(path);
    }
  }

  void add_file(const fs::path& path) {
    if (media::is_image_path(path)) {
      survey_.images.push_back(path);
      return;
    }
    std::string kind;
    try {
      kind = kind_of_file(path);
    } catch (const Error& e) {
      unknown_.emplace_back(path, std::string("cannot be read: ") + e.what());
      return;
    }
    const fs::path folder = path.parent_path();
    if (kind == "voc") {
      ++voc_[folder];
    } else if (kind == "labelme") {
      ++labelme_[folder];
    } else if (kind == "yolo") {
      ++yolo_[folder];
    } else if (kind == "yolo.places") {
      descriptions_.push_back(path);
    } else if (kind.empty()) {
      const fs::path extension = path.extension();
      if (extension == ".json" || extension == ".xml" || extension == ".csv" || extension == ".mat")
        unknown_.emplace_back(path, "has an unknown format and was skipped");
    } else if (kind == "list") {
      if (!split_named(path.stem().string()).empty()) lists_.insert(folder);
    } else {
      survey_.sources.push_back({kind, path, 1, split_of_source(path)});
    }
  }

  /// The split in the file's own name, otherwise in the nearest folder that has one.
  [[nodiscard]] std::string split_of_source(const fs::path& path) const {
    const fs::path relative = path.lexically_relative(dir_);
    for (fs::path at = relative; !at.empty() && at != "."; at = at.parent_path()) {
      const std::string name =
          at == relative && path.has_extension() ? at.stem().string() : at.filename().string();
      if (std::string split = split_in_name(name); !split.empty()) return split;
    }
    return {};
  }

  void add_folders(const char* kind, const std::map<fs::path, std::size_t>& folders) {
    for (const auto& [folder, files] : uppermost(folders)) {
      survey_.sources.push_back({kind, folder, files, split_of_source(folder)});
      claimed_.push_back(folder);
    }
  }

  void add_yolo() {
    std::vector<fs::path> claimed;
    for (const fs::path& description : descriptions_) {
      survey_.sources.push_back({"yolo", description, 1, {}});
      claimed.push_back(description.parent_path());
      try {
        FlawLog told_later;
        for (const YoloPart& part : find_yolo_layout(description, {}, {}, told_later).parts)
          claimed.push_back(part.labels);
      } catch (const Error&) {
        continue;  // reported when it is read
      }
    }
    std::map<fs::path, std::size_t> roots;
    for (const auto& [folder, files] : yolo_) {
      const auto has = [&folder = folder](const fs::path& above) {
        return !above.empty() && is_below(folder, above);
      };
      if (std::none_of(claimed.begin(), claimed.end(), has))
        roots[above_lists(yolo_root(folder, dir_))] += files;
    }
    for (const auto& [root, files] : uppermost(roots))
      survey_.sources.push_back({"yolo", root, files, {}});
  }

  /// The folder at or above `root` with lists of the splits' images; `root` if there is none.
  [[nodiscard]] fs::path above_lists(const fs::path& root) const {
    for (fs::path at = root; is_below(at, dir_); at = at.parent_path()) {
      if (lists_.contains(at)) return at;
      if (at == dir_ || !at.has_relative_path()) break;
    }
    return root;
  }

  /// WIDER FACE comes as text and as MATLAB files with the same content.
  void drop_matlab_twins() {
    std::set<fs::path> texts;
    for (const FoundSource& source : survey_.sources)
      if (source.kind == "widerface" && source.annotations.extension() != ".mat")
        texts.insert(source.annotations.parent_path());
    std::erase_if(survey_.sources, [&](const FoundSource& source) {
      if (source.kind != "widerface" || source.annotations.extension() != ".mat" ||
          !texts.contains(source.annotations.parent_path()))
        return false;
      survey_.doubts.push_back(
          "'" + source.annotations.string() +
          "' was skipped: the WIDER FACE text files beside it have the same content");
      return true;
    });
  }

  /// Whether a reader processes all files of this extension in the folder, and reports what is
  /// wrong.
  [[nodiscard]] bool is_claimed(const fs::path& path) const {
    return std::any_of(claimed_.begin(), claimed_.end(),
                       [&](const fs::path& folder) { return is_below(path, folder); });
  }

  fs::path dir_;
  FolderSurvey survey_;
  std::set<fs::path> walked_;                             ///< links may form cycles
  std::map<fs::path, std::size_t> voc_, labelme_, yolo_;  ///< number of files in each folder
  std::set<fs::path> lists_;                              ///< folders with train.txt and the like
  std::vector<fs::path> descriptions_, claimed_;
  std::vector<std::pair<fs::path, std::string>> unknown_;
};

/// Number of steps from one folder to the other.
std::ptrdiff_t distance_between(const fs::path& from, const fs::path& to) {
  const fs::path way = to.lexically_relative(from);
  return way == "." ? 0 : std::distance(way.begin(), way.end());
}

ImageRoot nearest_root(const std::vector<fs::path>& names, const fs::path& from,
                       const std::vector<fs::path>& folders) {
  ImageRoot best;
  std::ptrdiff_t best_hits = 0, best_distance = 0;
  for (const fs::path& folder : folders) {
    const auto hits = std::count_if(names.begin(), names.end(), [&](const fs::path& name) {
      return fs::is_regular_file(folder / name);
    });
    if (hits == 0) continue;
    const std::ptrdiff_t distance = distance_between(from, folder);
    if (hits == best_hits && distance == best_distance) {
      best.rival = folder;
    } else if (hits > best_hits || (hits == best_hits && distance < best_distance)) {
      best = {folder, {}};
      best_hits = hits;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace

std::string split_in_name(std::string_view name) {
  std::string word, split;
  const auto take = [&] {
    if (const std::string_view named = split_named(word); !named.empty()) split = named;
    word.clear();
  };
  for (const char c : name) {
    if (std::isalpha(static_cast<unsigned char>(c)) != 0)
      word += c;
    else
      take();
  }
  take();
  return split;
}

FolderSurvey survey_folder(const fs::path& given) {
  if (!fs::is_directory(given))
    throw Error(ErrorCode::not_found, "'" + given.string() + "' is not a folder");
  fs::path dir = given.lexically_normal();
  if (!dir.has_filename()) dir = dir.parent_path();
  if (fs::exists(label_path(dir)) && !splits_of(dir).empty())
    throw Error(ErrorCode::invalid_argument, "'" + given.string() + "' is already a prepared set");
  return Surveyor(dir).survey();
}

ImageRoot find_image_root(const std::vector<std::string>& names, const fs::path& annotations,
                          const std::vector<fs::path>& folders) {
  constexpr std::size_t most = 64;
  std::vector<fs::path> sample, bare;
  const std::size_t step = std::max<std::size_t>(1, names.size() / most);
  for (std::size_t i = 0; i < names.size(); i += step) {
    std::string name = names[i];
    sample.emplace_back(name);
    std::replace(name.begin(), name.end(), '\\', '/');
    bare.push_back(fs::path(name).filename());
  }
  std::erase(bare, fs::path());
  const fs::path from = fs::is_directory(annotations) ? annotations : annotations.parent_path();
  const ImageRoot root = nearest_root(sample, from, folders);
  return root.folder.empty() ? nearest_root(bare, from, folders) : root;
}

}  // namespace faceshot::data
