#include "prepare_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "common/console.hpp"
#include "data/import/import.hpp"
#include "data/prepared/classes.hpp"
#include "data/prepared/set_builder.hpp"
#include "data/prepared/splits.hpp"
#include "faceshot/error.hpp"
#include "support/utf8.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

/// One split of the new set.
struct NewSplit {
  std::string name;
  data::PreparedSet set;
  std::vector<fs::path> originals;  ///< for each record; empty: all are in set.images_dir
  std::size_t faces = 0, ignored = 0;
};

/// All of it.
struct NewSet {
  std::vector<std::string> classes;
  std::vector<NewSplit> splits;
  std::size_t other_classes = 0;  ///< boxes of classes that were not selected
  std::size_t unlabelled = 0;     ///< images without any annotation: background
  std::vector<std::string> ignored_columns;

  [[nodiscard]] std::size_t sum(std::size_t NewSplit::*member) const {
    std::size_t total = 0;
    for (const NewSplit& split : splits) total += split.*member;
    return total;
  }
  [[nodiscard]] std::size_t images() const {
    std::size_t total = 0;
    for (const NewSplit& split : splits) total += split.set.records.size();
    return total;
  }
};

/// "; the first of 12 flaws: ...", or nothing.
std::string first_flaw(const data::FlawLog& flaws) {
  const std::size_t count = flaws.count(data::FlawEffect::left_out);
  if (count < 2) return count == 0 ? "" : "; " + flaws.first_left_out();
  return fmt::format("; the first of {} problems: {}", count, flaws.first_left_out());
}

// --- classes -----------------------------------------------------------------------------------

bool has_boxes(const Source& part) {
  return std::any_of(part.set.images.begin(), part.set.images.end(),
                     [](const auto& image) { return !image.annotations.empty(); });
}

/// Gives all parts the same list of classes: the first part's, then the additional ones of the
/// others. A part without boxes adds none.
void join_classes(std::vector<Source>& parts) {
  if (parts.size() == 1 || std::none_of(parts.begin(), parts.end(), has_boxes)) return;
  std::vector<std::string> all;
  for (Source& part : parts) {
    if (!has_boxes(part)) continue;
    std::vector<int> ids;
    for (const std::string& name : part.set.classes) {
      const auto found = std::find(all.begin(), all.end(), name);
      ids.push_back(static_cast<int>(found - all.begin()));
      if (found == all.end()) all.push_back(name);
    }
    for (data::LabelledImage& image : part.set.images)
      for (geometry::Annotation& a : image.annotations)
        a.class_id = ids[static_cast<std::size_t>(a.class_id)];
  }
  for (Source& part : parts) part.set.classes = all;
}

/// Applies --class and --merge. @return number of removed boxes
std::size_t choose_classes(const PrepareOptions& o, std::vector<Source>& parts) {
  if (!o.classes.empty() &&
      std::none_of(parts.begin(), parts.end(), [](const Source& part) { return part.has_classes; }))
    throw Error(ErrorCode::invalid_argument,
                "--class selects classes, but these annotations have none; leave it out");
  join_classes(parts);
  std::size_t gone = 0;
  for (Source& part : parts) {
    if (!o.classes.empty()) gone += data::select_classes(part.set, o.classes);
    if (!o.merge.empty()) data::merge_classes(part.set, o.merge);
  }
  for (const std::string& name : parts.front().set.classes)
    if (!support::is_utf8(name))
      throw Error(ErrorCode::format, parts.front().annotations.string() + ": the class name '" +
                                         support::escaped(name) +
                                         "' is not UTF-8; convert the file, or use --merge");
  return gone;
}

// --- splits ------------------------------------------------------------------------------------

/// The split of each image for which the sources state none, and the requested splits.
struct SplitPlan {
  std::string otherwise;
  std::vector<std::string> names;
};

SplitPlan plan_splits(const PrepareOptions& o, const std::vector<Source>& parts) {
  std::vector<std::string> there;
  bool open = false;  // images without a split in the source
  for (const std::string_view name : data::split_names) {
    const auto is_here = [&](const data::LabelledImage& image) { return image.split == name; };
    if (std::any_of(parts.begin(), parts.end(), [&](const Source& part) {
          return std::any_of(part.set.images.begin(), part.set.images.end(), is_here);
        }))
      there.emplace_back(name);
  }
  for (const Source& part : parts)
    open = open || std::any_of(part.set.images.begin(), part.set.images.end(),
                               [](const auto& image) { return image.split.empty(); });
  const std::string otherwise = o.split.empty() || !there.empty() ? "train" : o.split;
  if (open && std::find(there.begin(), there.end(), otherwise) == there.end())
    there.insert(there.begin(), otherwise);
  if (o.split.empty()) return {otherwise, there};
  if (std::find(there.begin(), there.end(), o.split) == there.end())
    throw Error(ErrorCode::invalid_argument, "--split " + o.split + ": the source has " +
                                                 fmt::format("{}", fmt::join(there, ", ")) +
                                                 "; choose one of these, or leave out --split");
  return {otherwise, {o.split}};
}

/// Removes the images of one split from a part.
std::vector<data::LabelledImage> take_split(Source& part, const SplitPlan& plan,
                                            const std::string& name) {
  if (plan.names.size() == 1 &&
      std::none_of(part.set.images.begin(), part.set.images.end(),
                   [&](const data::LabelledImage& image) {
                     return !image.split.empty() && image.split != name;
                   }) &&
      plan.otherwise == name)
    return std::move(part.set.images);  // all of them, without copying millions
  std::vector<data::LabelledImage> taken;
  for (data::LabelledImage& image : part.set.images) {
    if ((image.split.empty() ? std::string_view(plan.otherwise) : image.split) != name) continue;
    taken.push_back(std::move(image));
    image = {};
    image.split = "taken";
  }
  return taken;
}

data::ExifBoxes exif_boxes(const std::string& name) {
  return name == "turn"    ? data::ExifBoxes::turn
         : name == "as-is" ? data::ExifBoxes::as_is
                           : data::ExifBoxes::refuse;
}

/// Adds a part's records to a split, with their names in the set.
/// @param only whether the set has no other part
void add_records(NewSplit& split, const Source& part, data::ImportedSet imported, bool only) {
  split.faces += imported.faces;
  split.ignored += imported.ignored;
  if (only && part.folder.empty()) {
    split.set.images_dir = part.images;
    split.set.records = std::move(imported.records);
    return;
  }
  for (geometry::ImageRecord& record : imported.records) {
    split.originals.push_back(part.images / record.image);
    if (!part.folder.empty()) record.image = part.folder + "/" + record.image;
    split.set.records.push_back(std::move(record));
  }
}

/// A set may consist of background only, but not because its boxes were lost.
void require_boxes(const NewSet& made, const data::FlawLog& flaws) {
  if (made.sum(&NewSplit::faces) + made.sum(&NewSplit::ignored) != 0) return;
  for (const data::FlawKind& kind : flaws.kinds())
    if (kind.effect == data::FlawEffect::left_out &&
        (kind.name.starts_with("boxes") || kind.name.starts_with("rows")))
      throw Error(ErrorCode::format, fmt::format("no boxes left; {} {}, the first: {}", kind.count,
                                                 kind.name, kind.places.front()));
}

NewSet import_parts(const PrepareOptions& o, std::vector<Source> parts, data::FlawLog& flaws) {
  NewSet made;
  made.other_classes = choose_classes(o, parts);
  made.classes = parts.front().set.classes;
  const SplitPlan plan = plan_splits(o, parts);
  std::size_t total = 0, before = 0;
  for (const Source& part : parts) total += part.set.images.size();
  Progress progress("reading", total);
  for (const std::string& name : plan.names) {
    NewSplit split{name, {{}, made.classes, {}}, {}};
    for (Source& part : parts) {
      std::vector<data::LabelledImage> images = take_split(part, plan, name);
      const std::size_t count = images.size();
      add_records(split, part,
                  data::import_images(
                      std::move(images), part.images, part.annotations, flaws,
                      [&](std::size_t done, std::size_t) { progress.update(before + done); },
                      exif_boxes(o.exif)),
                  parts.size() == 1);
      before += count;
    }
    if (split.set.records.empty())
      throw Error(ErrorCode::format, (plan.names.size() > 1 ? "no image of " + name : "no image") +
                                         " left of those in '" + parts.front().images.string() +
                                         "' (names are relative to --images)" + first_flaw(flaws));
    made.splits.push_back(std::move(split));
  }
  require_boxes(made, flaws);
  for (Source& part : parts) {
    std::move(part.ignored_columns.begin(), part.ignored_columns.end(),
              std::back_inserter(made.ignored_columns));
    made.unlabelled += part.set.unlabelled;
  }
  return made;
}

// --- the summary -------------------------------------------------------------------------------

nlohmann::ordered_json to_json(const PrepareOptions& o, const NewSet& made,
                               const data::FlawLog& flaws) {
  nlohmann::ordered_json splits = nlohmann::ordered_json::array();
  for (const NewSplit& split : made.splits)
    splits.push_back({{"split", split.name},
                      {"images", split.set.records.size()},
                      {"faces", split.faces},
                      {"ignored", split.ignored}});
  return {{"out", o.out.string()},
          {"splits", splits},
          {"classes", made.classes},
          {"images", made.images()},
          {"faces", made.sum(&NewSplit::faces)},
          {"ignored", made.sum(&NewSplit::ignored)},
          {"other_classes", made.other_classes},
          {"without_label_file", made.unlabelled},
          {"changed", flaws_json(flaws, data::FlawEffect::changed)},
          {"left_out", flaws_json(flaws, data::FlawEffect::left_out)},
          {"ignored_columns", made.ignored_columns}};
}

void print_effect(const data::FlawLog& flaws, data::FlawEffect effect, const char* title) {
  constexpr std::size_t most = 3;
  if (flaws.count(effect) == 0) return;
  std::printf("%s\n", title);
  for (const data::FlawKind& kind : flaws.kinds()) {
    if (kind.effect != effect) continue;
    std::printf("  %8zu  %s\n", kind.count, kind.name.c_str());
    for (std::size_t i = 0; i < std::min(most, kind.places.size()); ++i)
      std::printf("              %s\n", kind.places[i].c_str());
    if (kind.count > most) std::printf("              and %zu more (--json)\n", kind.count - most);
  }
}

void print_table(const PrepareOptions& o, const NewSet& made, const data::FlawLog& flaws) {
  std::printf("kept\n  %8zu  images\n  %8zu  faces\n", made.images(), made.sum(&NewSplit::faces));
  if (const std::size_t ignored = made.sum(&NewSplit::ignored); ignored != 0)
    std::printf("  %8zu  boxes marked as ignore regions\n", ignored);
  if (made.splits.size() > 1) {
    std::printf("splits\n");
    for (const NewSplit& split : made.splits)
      std::printf("  %8s  %zu images, %zu faces\n", split.name.c_str(), split.set.records.size(),
                  split.faces);
  }
  if (made.unlabelled != 0)
    std::printf("background\n  %8zu  images without a label file\n", made.unlabelled);
  if (made.other_classes != 0)
    std::printf("not selected\n  %8zu  boxes of other classes\n", made.other_classes);
  print_flaws(flaws);
  for (const std::string& column : made.ignored_columns)
    std::printf("column '%s' is not used\n", column.c_str());
  if (made.classes != std::vector<std::string>{"face"})
    std::printf("classes: %s\n", fmt::format("{}", fmt::join(made.classes, ", ")).c_str());
  for (const NewSplit& split : made.splits)
    std::printf("%s is ready\n", (o.out / (split.name + ".csv")).c_str());
}

}  // namespace

nlohmann::ordered_json flaws_json(const data::FlawLog& flaws, data::FlawEffect effect) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const data::FlawKind& kind : flaws.kinds())
    if (kind.effect == effect)
      list.push_back({{"kind", kind.name}, {"count", kind.count}, {"places", kind.places}});
  return list;
}

void print_flaws(const data::FlawLog& flaws) {
  print_effect(flaws, data::FlawEffect::changed, "changed");
  print_effect(flaws, data::FlawEffect::left_out, "left out");
}

int prepare_set(const PrepareOptions& o, std::vector<Source> parts, data::FlawLog& flaws,
                const nlohmann::ordered_json& found) {
  std::string description;
  for (const Source& part : parts) {
    if (part.set.images.empty())
      throw Error(ErrorCode::format,
                  part.annotations.string() + ": it contains no images" + first_flaw(flaws));
    description += (description.empty() ? "" : "; ") + part.description;
  }
  NewSet made = import_parts(o, std::move(parts), flaws);
  std::vector<data::SplitToBuild> splits;
  for (const NewSplit& split : made.splits)
    splits.push_back({split.name, split.set, split.originals});
  {
    Progress progress("writing", made.images());
    data::build_splits(o.out, splits, data::link_mode(o.link), description,
                       [&](std::size_t done, std::size_t) { progress.update(done); });
  }
  nlohmann::ordered_json summary = found.is_object() ? found : nlohmann::ordered_json::object();
  if (o.json) summary.update(to_json(o, made, flaws));
  if (o.json)
    std::printf("%s\n",
                summary.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  else
    print_table(o, made, flaws);
  return exit_ok;
}

void add_prepare_options(CLI::App& command, PrepareOptions& o) {
  command
      .add_option(
          "--class", o.classes,
          "Keep this class only (repeat for several); default: all. For annotations with classes")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_option("--merge", o.merge, "Rename all kept classes to this, such as face");
  command.add_option(
      "--out", o.out,
      "Folder of the prepared set: new, empty, or an existing set to add a split to");
  command
      .add_option("--split", o.split,
                  "Name of the split; default: train. For sources that have splits: the one to "
                  "take; default: all")
      ->check(CLI::IsMember({"train", "val", "test"}));
  command
      .add_option("--link", o.link,
                  "How to place images in the set: hard (hard link, or a copy if the file system "
                  "has none), copy, symlink (absolute), relative (symlink)")
      ->check(CLI::IsMember({"hard", "copy", "symlink", "relative"}))
      ->capture_default_str();
  command
      .add_option(
          "--exif", o.exif,
          "Photographs with an EXIF rotation whose annotations refer to the stored pixels: turn "
          "the boxes too, or take them as-is; default: leave them out where the sizes show it")
      ->check(CLI::IsMember({"turn", "as-is"}));
  command.add_flag("--strict", o.strict,
                   "Stop at the first image or box that would be left out, and write nothing");
  command.add_flag("--json", o.json, "Print the summary as JSON instead of a table");
}

}  // namespace faceshot::cli
