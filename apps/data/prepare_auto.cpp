// `faceshot prepare auto`: recognises the content of a folder, reports it, and prepares it.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/console.hpp"
#include "data/import/survey.hpp"
#include "data/prepared/set_builder.hpp"
#include "data/prepared/splits.hpp"
#include "data_commands.hpp"
#include "faceshot/error.hpp"
#include "prepare_run.hpp"
#include "prepare_sources.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

struct AutoArguments {
  fs::path dir;
  PrepareOptions options;
  bool dry_run = false;
};

/// Identifies a file independently of its name: links and second names are the same.
using FileId = std::pair<std::uintmax_t, std::uintmax_t>;

std::optional<FileId> id_of(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return FileId(info.st_dev, info.st_ino);
}

/// One data set that was found and read.
struct FoundPart {
  data::FoundSource found;
  Source source;
};

/// The contents of a folder.
struct FolderFinding {
  std::vector<FoundPart> parts;
  std::vector<std::string> doubts;
};

std::string name_of(const FoundPart& part) {
  return part.found.kind + " '" + part.found.annotations.string() + "'";
}

const SourceKind* kind_named(const std::string& name) {
  const auto kinds = source_kinds();
  const auto kind =
      std::find_if(kinds.begin(), kinds.end(), [&](const SourceKind& k) { return k.name == name; });
  return kind == kinds.end() ? nullptr : &*kind;
}

/// Where the images may be, for readers that look at them (LabelMe's, CVAT's): others only use
/// names.
fs::path guess_images(const data::FoundSource& found, const data::FolderSurvey& survey) {
  if (fs::is_directory(found.annotations)) return survey.folders.front();
  const fs::path folder = found.annotations.parent_path();
  return fs::is_directory(folder / "images") ? folder / "images" : folder;
}

/// Reads the annotations, finds their images, and sets the split given by names.
/// @throws Error if they cannot be used
Source read_part(const data::FoundSource& found, const data::FolderSurvey& survey,
                 const std::string& split, data::FlawLog& flaws) {
  const SourceKind* kind = kind_named(found.kind);
  const std::string place = found.annotations.string();
  if (kind == nullptr)
    throw Error(ErrorCode::unsupported, place + ": " + found.kind + " cannot be read");
  SourceOptions options;
  options.split = split;
  if (found.kind == "yolo") {
    options.root = found.annotations;
    return kind->read(options, flaws);
  }
  options.annotations = found.annotations;
  options.images = guess_images(found, survey);
  Source source = kind->read(options, flaws);
  std::vector<std::string> names;
  for (data::LabelledImage& image : source.set.images) {
    names.push_back(image.image);
    if (image.split.empty()) image.split = data::split_named(found.split);
  }
  if (names.empty()) throw Error(ErrorCode::format, place + ": it contains no images");
  const data::ImageRoot root = data::find_image_root(names, found.annotations, survey.folders);
  const std::string way_out =
      "; give the folder with faceshot prepare  " + found.kind + " --images";
  if (root.folder.empty())
    throw Error(ErrorCode::not_found,
                place + ": none of its images exists, such as '" + names.front() + "'" + way_out);
  if (!root.rival.empty())
    throw Error(ErrorCode::invalid_argument, place + ": its images are in '" +
                                                 root.folder.string() + "' and in '" +
                                                 root.rival.string() + "'" + way_out);
  source.images = root.folder;
  return source;
}

/// Photographs annotated by two parts: a few are a flaw of the second part, many mean one data set
/// in two forms.
void settle_overlaps(FolderFinding& finding, data::FlawLog& flaws) {
  std::map<FileId, std::size_t> owners;
  for (std::size_t p = 0; p < finding.parts.size(); ++p) {
    FoundPart& part = finding.parts[p];
    std::map<std::size_t, std::vector<std::size_t>> shared;  // by the other part
    auto& images = part.source.set.images;
    for (std::size_t i = 0; i < images.size(); ++i) {
      const auto id = id_of(part.source.images / images[i].image);
      if (!id) continue;
      const auto [owner, is_new] = owners.try_emplace(*id, p);
      if (!is_new && owner->second != p) shared[owner->second].push_back(i);
    }
    std::set<std::size_t> gone;
    for (const auto& [other, places] : shared) {
      const FoundPart& first = finding.parts[other];
      if (10 * places.size() > std::min(images.size(), first.source.set.images.size()))
        throw Error(
            ErrorCode::invalid_argument,
            fmt::format("{} and {} both annotate {} photographs, such as '{}'; choose one with "
                        "faceshot prepare {}",
                        name_of(first), name_of(part), places.size(), images[places.front()].image,
                        first.found.kind == part.found.kind
                            ? first.found.kind
                            : first.found.kind + " or " + part.found.kind));
      for (const std::size_t i : places) {
        flaws.left_out("images annotated by two data sets, taken from the first",
                       part.found.annotations.string() + ": '" + images[i].image + "' is in " +
                           name_of(first) + " too");
        gone.insert(i);
      }
    }
    std::size_t i = 0;
    std::erase_if(images, [&](const data::LabelledImage&) { return gone.contains(i++); });
  }
}

/// Photographs that no part mentions are not used: nobody has said that they contain no face.
void doubt_unmentioned(FolderFinding& finding, const data::FolderSurvey& survey) {
  std::set<FileId> mentioned;
  for (const FoundPart& part : finding.parts)
    for (const data::LabelledImage& image : part.source.set.images)
      if (const auto id = id_of(part.source.images / image.image)) mentioned.insert(*id);
  std::size_t count = 0;
  std::string first;
  for (const fs::path& image : survey.images) {
    const auto id = id_of(image);
    if (id && mentioned.contains(*id)) continue;
    if (count++ == 0) first = image.string();
  }
  if (count != 0)
    finding.doubts.push_back(
        fmt::format("{} photographs without annotations are not included, such as '{}'; if they "
                    "show no faces, add them with faceshot prepare background",
                    count, first));
}

/// Each part's images get a folder in the set, unless all are in the same place.
void name_folders(FolderFinding& finding, const fs::path& dir) {
  const auto elsewhere = [&](const FoundPart& part) {
    return part.source.images != finding.parts.front().source.images;
  };
  if (std::none_of(finding.parts.begin(), finding.parts.end(), elsewhere)) return;
  for (FoundPart& part : finding.parts) {
    const fs::path folder =
        fs::absolute(part.source.images).lexically_normal().lexically_relative(dir);
    part.source.folder = folder == "."             ? ""
                         : *folder.begin() == ".." ? part.source.images.filename().generic_string()
                                                   : folder.generic_string();
  }
}

FolderFinding find_all(const AutoArguments& o, data::FlawLog& flaws) {
  const data::FolderSurvey survey = data::survey_folder(o.dir);
  FolderFinding finding{{}, survey.doubts};
  if (survey.sources.empty() && survey.images.empty())
    throw Error(ErrorCode::not_found,
                "'" + o.dir.string() + "' contains neither photographs nor annotations" +
                    (survey.doubts.empty() ? "" : "; " + survey.doubts.front()));
  if (survey.sources.empty())
    throw Error(ErrorCode::not_found,
                fmt::format("'{}' contains {} photographs but no annotations in a known format{}; "
                            "if they show no faces, run faceshot prepare background --images {}",
                            o.dir.string(), survey.images.size(),
                            survey.doubts.empty() ? "" : " (" + survey.doubts.front() + ")",
                            o.dir.string()));
  for (const data::FoundSource& found : survey.sources) {
    std::string fault;
    try {
      finding.parts.push_back({found, read_part(found, survey, o.options.split, flaws)});
    } catch (const Error& e) {
      if (o.options.strict) throw;
      fault = e.what();
    }
    if (!fault.empty()) flaws.left_out("data sets that cannot be used", fault);
  }
  if (finding.parts.empty()) throw Error(ErrorCode::format, flaws.first_left_out());
  settle_overlaps(finding, flaws);
  doubt_unmentioned(finding, survey);
  fs::path dir = fs::absolute(o.dir).lexically_normal();
  name_folders(finding, dir.has_filename() ? dir : dir.parent_path());
  return finding;
}

std::size_t boxes_of(const Source& source) {
  std::size_t boxes = 0;
  for (const data::LabelledImage& image : source.set.images) boxes += image.annotations.size();
  return boxes;
}

/// The splits of a part's images; empty if unknown.
std::vector<std::string> splits_in(const Source& source) {
  std::vector<std::string> there;
  for (const std::string_view split : data::split_names)
    if (std::any_of(source.set.images.begin(), source.set.images.end(),
                    [&](const data::LabelledImage& image) { return image.split == split; }))
      there.emplace_back(split);
  return there;
}

nlohmann::ordered_json to_json(const FolderFinding& finding) {
  nlohmann::ordered_json found = nlohmann::ordered_json::array();
  for (const FoundPart& part : finding.parts)
    found.push_back({{"format", part.found.kind},
                     {"annotations", part.found.annotations.string()},
                     {"images_dir", part.source.images.string()},
                     {"images", part.source.set.images.size()},
                     {"boxes", boxes_of(part.source)},
                     {"classes", part.source.set.classes},
                     {"splits", splits_in(part.source)}});
  return {{"found", found}, {"doubts", finding.doubts}};
}

void print_finding(const FolderFinding& finding) {
  std::printf("found\n");
  for (const FoundPart& part : finding.parts) {
    const std::vector<std::string> splits = splits_in(part.source);
    std::printf("  %-10s  %s: %zu images in '%s', %zu boxes of %s%s\n", part.found.kind.c_str(),
                part.found.annotations.c_str(), part.source.set.images.size(),
                part.source.images.c_str(), boxes_of(part.source),
                fmt::format("{}", fmt::join(part.source.set.classes, ", ")).c_str(),
                splits.empty() ? "" : fmt::format("; {}", fmt::join(splits, ", ")).c_str());
  }
  for (const std::string& doubt : finding.doubts) std::printf("doubt: %s\n", doubt.c_str());
}

int prepare_auto(const AutoArguments& o) {
  if (!o.dry_run && o.options.out.empty())
    throw Error(ErrorCode::invalid_argument,
                "give --out, or --dry-run to see what the folder contains");
  if (!o.dry_run) data::check_destination(o.options.out);
  data::FlawLog flaws(o.options.strict);
  FolderFinding finding = find_all(o, flaws);
  nlohmann::ordered_json found = to_json(finding);
  if (!o.options.json) print_finding(finding);
  if (o.dry_run) {
    if (!o.options.json) {
      print_flaws(flaws);
      return exit_ok;
    }
    found["changed"] = flaws_json(flaws, data::FlawEffect::changed);
    found["left_out"] = flaws_json(flaws, data::FlawEffect::left_out);
    std::printf("%s\n",
                found.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    return exit_ok;
  }
  std::vector<Source> parts;
  for (FoundPart& part : finding.parts) parts.push_back(std::move(part.source));
  return prepare_set(o.options, std::move(parts), flaws, found);
}

}  // namespace

void add_prepare_auto(CLI::App& prepare, int& exit_code) {
  auto options = std::make_shared<AutoArguments>();
  CLI::App* command = prepare.add_subcommand(
      "auto", "Detect the format of whatever data sets a folder contains, and prepare them");
  command->add_option("dir", options->dir, "Folder with photographs and annotations")->required();
  add_prepare_options(*command, options->options);
  command->add_flag("--dry-run", options->dry_run, "Report what was found; write nothing");
  command->footer(
      "Several data sets in one folder become one set; classes are joined by name. "
      "Photographs\nwithout annotations are not included.\n"
      "Example:\n  faceshot prepare auto downloads/faces --dry-run\n"
      "  faceshot prepare auto downloads/faces --merge face --out data/faces");
  command->callback(
      [options, &exit_code] { exit_code = guarded([&] { return prepare_auto(*options); }); });
}

}  // namespace faceshot::cli
