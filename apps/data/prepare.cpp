// `faceshot prepare`: foreign data sets into the prepared form.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/console.hpp"
#include "data/import/import.hpp"
#include "data/prepared/classes.hpp"
#include "data/prepared/set_builder.hpp"
#include "data_commands.hpp"
#include "faceshot/error.hpp"
#include "prepare_sources.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

struct PrepareArguments {
  SourceOptions source;
  fs::path out;
  std::string split = "train";
  std::string link = "hard";
  std::vector<std::string> classes;  ///< to keep; empty: all
  std::string merge;                 ///< one name for all classes; empty: each keeps its own
  bool strict = false;
  bool json = false;
};

/// "; the first of 12 flaws: ...", or nothing.
std::string first_flaw(const data::FlawLog& flaws) {
  const std::size_t count = flaws.count(data::FlawEffect::left_out);
  if (count < 2) return count == 0 ? "" : "; " + flaws.first_left_out();
  return fmt::format("; the first of {} flaws: {}", count, flaws.first_left_out());
}

void require_images(const PrepareArguments& o, const Source& source, const data::FlawLog& flaws) {
  if (source.set.images.empty())
    throw Error(ErrorCode::format,
                o.source.annotations.string() + ": no image in it" + first_flaw(flaws));
}

void require_records(const Source& source, const data::ImportedSet& set,
                     const data::FlawLog& flaws) {
  if (set.records.empty())
    throw Error(ErrorCode::format, "no image is left of those in '" + source.images.string() +
                                       "' (names are relative to --images)" + first_flaw(flaws));
  if (set.faces + set.ignored != 0) return;
  // Nothing but background is a set, but not one whose boxes were lost.
  for (const data::FlawKind& kind : flaws.kinds())
    if (kind.effect == data::FlawEffect::left_out &&
        (kind.name.starts_with("boxes") || kind.name.starts_with("rows")))
      throw Error(ErrorCode::format, fmt::format("no box is left; {} {}, the first: {}", kind.count,
                                                 kind.name, kind.places.front()));
}

nlohmann::ordered_json to_json(const data::FlawLog& flaws, data::FlawEffect effect) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const data::FlawKind& kind : flaws.kinds())
    if (kind.effect == effect)
      list.push_back({{"kind", kind.name}, {"count", kind.count}, {"places", kind.places}});
  return list;
}

nlohmann::ordered_json to_json(const PrepareArguments& o, const Source& source,
                               const data::ImportedSet& set, std::size_t images,
                               const data::FlawLog& flaws) {
  return {{"out", o.out.string()},
          {"split", o.split},
          {"classes", source.set.classes},
          {"images", images},
          {"faces", set.faces},
          {"ignored", set.ignored},
          {"other_classes", source.other_classes},
          {"without_label_file", source.set.unlabelled},
          {"changed", to_json(flaws, data::FlawEffect::changed)},
          {"left_out", to_json(flaws, data::FlawEffect::left_out)},
          {"ignored_columns", source.ignored_columns}};
}

void print_flaws(const data::FlawLog& flaws, data::FlawEffect effect, const char* title) {
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

void print_table(const PrepareArguments& o, const Source& source, const data::ImportedSet& set,
                 std::size_t images, const data::FlawLog& flaws) {
  std::printf("kept\n  %8zu  images\n  %8zu  faces\n", images, set.faces);
  if (set.ignored != 0)
    std::printf("  %8zu  boxes marked as neither face nor background\n", set.ignored);
  if (source.set.unlabelled != 0)
    std::printf("background\n  %8zu  images without a label file\n", source.set.unlabelled);
  if (source.other_classes != 0)
    std::printf("not asked for\n  %8zu  boxes of other classes\n", source.other_classes);
  print_flaws(flaws, data::FlawEffect::changed, "changed");
  print_flaws(flaws, data::FlawEffect::left_out, "left out");
  for (const std::string& column : source.ignored_columns)
    std::printf("column '%s' is not used\n", column.c_str());
  if (source.set.classes != std::vector<std::string>{"face"})
    std::printf("classes: %s\n", fmt::format("{}", fmt::join(source.set.classes, ", ")).c_str());
  std::printf("%s is ready\n", (o.out / (o.split + ".csv")).c_str());
}

/// What was read, with the classes that are wanted.
Source read(const PrepareArguments& o, const SourceKind& kind, data::FlawLog& flaws) {
  const bool by_root = kind.root != nullptr && !o.source.root.empty();
  if (!by_root && o.source.images.empty())
    throw Error(ErrorCode::invalid_argument, kind.root != nullptr
                                                 ? "give --root, or --images and --annotations"
                                                 : "give --images");
  if (!by_root && !fs::is_directory(o.source.images))
    throw Error(ErrorCode::not_found,
                "--images '" + o.source.images.string() + "' is not a folder");
  if (!by_root && kind.annotations != nullptr && o.source.annotations.empty())
    throw Error(ErrorCode::invalid_argument, "give --annotations");
  Source source = kind.read(o.source, flaws);
  if (!o.classes.empty() && !source.has_classes)
    throw Error(ErrorCode::invalid_argument,
                "--class picks among classes, and these annotations have none; leave it out");
  if (!o.classes.empty()) source.other_classes = data::select_classes(source.set, o.classes);
  if (!o.merge.empty()) data::merge_classes(source.set, o.merge);
  return source;
}

int prepare(const PrepareArguments& o, const SourceKind& kind) {
  data::check_destination(o.out);
  data::FlawLog flaws(o.strict);
  Source source = read(o, kind, flaws);
  require_images(o, source, flaws);
  const auto import = [&] {
    Progress progress("reading", source.set.images.size());
    return data::import_images(std::move(source.set.images), source.images, o.source.annotations,
                               flaws,
                               [&](std::size_t done, std::size_t) { progress.update(done); });
  };
  data::ImportedSet set = import();
  require_records(source, set, flaws);
  const std::size_t images = set.records.size();
  {
    Progress progress("writing", set.records.size());
    data::build_set(o.out, o.split, {source.images, source.set.classes, std::move(set.records)},
                    data::link_mode(o.link), source.description,
                    [&](std::size_t done, std::size_t) { progress.update(done); });
  }
  if (o.json)
    std::printf("%s\n", to_json(o, source, set, images, flaws)
                            .dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
                            .c_str());
  else
    print_table(o, source, set, images, flaws);
  return exit_ok;
}

void add_source_options(CLI::App& command, const SourceKind& kind, PrepareArguments& o) {
  CLI::Option* images = command.add_option("--images", o.source.images,
                                           "Folder to which the images' names are relative");
  CLI::Option* annotations =
      kind.annotations == nullptr
          ? nullptr
          : command.add_option("--annotations", o.source.annotations, kind.annotations);
  if (kind.root != nullptr) {
    command.add_option("--root", o.source.root, kind.root)->excludes(images)->excludes(annotations);
  } else {
    images->required();
    if (annotations != nullptr) annotations->required();
  }
  if (kind.has_names)
    command.add_option("--names", o.source.names,
                       "data.yaml or classes.txt with the names of the classes");
  command
      .add_option("--class", o.classes,
                  "Keep this class only (repeat for several); else all. For annotations "
                  "that have classes")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_option("--merge", o.merge, "One name for all classes that are kept, such as face");
}

void add_kind(CLI::App& prepare_command, const SourceKind& kind, int& exit_code) {
  auto options = std::make_shared<PrepareArguments>();
  PrepareArguments& o = *options;
  CLI::App* command = prepare_command.add_subcommand(kind.name, kind.help);
  add_source_options(*command, kind, o);
  command
      ->add_option("--out", o.out,
                   "Folder of the prepared set: new, empty, or a set to which a split is added")
      ->required();
  command->add_option("--split", o.split, "Name of the split")
      ->check(CLI::IsMember({"train", "val", "test"}))
      ->capture_default_str();
  command
      ->add_option("--link", o.link,
                   "How images come into the set: hard (a second name of the file; copied where "
                   "the file system cannot), copy, symlink (absolute), relative (symlink)")
      ->check(CLI::IsMember({"hard", "copy", "symlink", "relative"}))
      ->capture_default_str();
  command->add_flag("--strict", o.strict,
                    "Stop at the first image or box that would be left out; nothing is written");
  command->add_flag("--json", o.json, "Write the summary as JSON instead of a table");
  command->footer(kind.example);
  command->callback([options, &kind, &exit_code] {
    exit_code = guarded([&] { return prepare(*options, kind); });
  });
}

}  // namespace

void add_prepare(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("prepare", "Bring a data set into the form that training reads");
  command->require_subcommand(1);
  for (const SourceKind& kind : source_kinds()) add_kind(*command, kind, exit_code);
  add_set_commands(*command, exit_code);
  command->footer(source_kinds().front().example);
}

}  // namespace faceshot::cli
