// `faceshot prepare`: foreign data sets into the prepared form.
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

using data::ImportReport;

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

void require_complete(const ImportReport& report) {
  const auto refuse = [](const std::string& what) {
    throw Error(ErrorCode::format, what + "; leave --strict out to go on without");
  };
  if (!report.missing.empty())
    refuse(std::to_string(report.missing.size()) + " images are missing, the first is '" +
           report.missing.front() + "'");
  if (!report.damaged.empty())
    refuse(std::to_string(report.damaged.size()) +
           " images are damaged, the first: " + report.damaged.front());
  if (report.dropped != 0)
    refuse(std::to_string(report.dropped) + " boxes have no part inside their image");
}

void require_images(const PrepareArguments& o, const Source& source) {
  if (source.set.images.empty())
    throw Error(ErrorCode::format,
                o.source.annotations.string() + ": no image in it" +
                    (source.skipped_rows.empty() ? "" : "; skipped " + source.skipped_rows[0]));
}

void require_readable(const Source& source, const data::ImportedSet& set) {
  const ImportReport& r = set.report;
  if (!set.records.empty()) return;
  throw Error(ErrorCode::not_found,
              "none of the " + std::to_string(r.missing.size() + r.damaged.size()) +
                  " images can be read in '" + source.images.string() + "', such as '" +
                  (r.missing.empty() ? r.damaged : r.missing).front() +
                  "'; names are relative to --images");
}

nlohmann::ordered_json to_json(const PrepareArguments& o, const Source& source,
                               const ImportReport& r, std::size_t other_classes) {
  return {{"out", o.out.string()},
          {"split", o.split},
          {"classes", source.set.classes},
          {"images", r.images},
          {"faces", r.faces},
          {"ignored", r.ignored},
          {"clipped", r.clipped},
          {"dropped", r.dropped},
          {"other_classes", other_classes},
          {"missing", r.missing},
          {"damaged", r.damaged},
          {"skipped_rows", source.skipped_rows},
          {"ignored_columns", source.ignored_columns}};
}

void print_names(const std::vector<std::string>& names) {
  constexpr std::size_t most = 3;
  for (std::size_t i = 0; i < std::min(most, names.size()); ++i)
    std::printf("    %s\n", names[i].c_str());
  if (names.size() > most) std::printf("    ... and %zu more (--json)\n", names.size() - most);
}

void print_table(const PrepareArguments& o, const Source& source, const ImportReport& r,
                 std::size_t other_classes) {
  std::printf("images    %8zu\n", r.images);
  std::printf("faces     %8zu\n", r.faces);
  std::printf("ignored   %8zu  boxes marked as neither face nor background\n", r.ignored);
  std::printf("clipped   %8zu  boxes cut to their image\n", r.clipped);
  std::printf("dropped   %8zu  boxes with nothing inside their image\n", r.dropped);
  if (other_classes != 0)
    std::printf("other     %8zu  boxes of classes that are not wanted\n", other_classes);
  std::printf("missing   %8zu  images named but not there\n", r.missing.size());
  print_names(r.missing);
  std::printf("damaged   %8zu  images that cannot be read\n", r.damaged.size());
  print_names(r.damaged);
  if (!source.skipped_rows.empty()) {
    std::printf("skipped   %8zu  rows that cannot be used\n", source.skipped_rows.size());
    print_names(source.skipped_rows);
  }
  for (const std::string& column : source.ignored_columns)
    std::printf("column '%s' is not used\n", column.c_str());
  if (source.set.classes != std::vector<std::string>{"face"}) {
    std::printf("classes  ");
    for (const std::string& name : source.set.classes) std::printf(" %s", name.c_str());
    std::printf("\n");
  }
  std::printf("%s is ready\n", (o.out / (o.split + ".csv")).c_str());
}

/// What was read, with the classes that are wanted.
struct Wanted {
  Source source;
  std::size_t other_classes = 0;  ///< boxes that went because of their class
};

Wanted read(const PrepareArguments& o, const SourceKind& kind) {
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
  Wanted wanted{kind.read(o.source), 0};
  if (!o.classes.empty()) wanted.other_classes = data::select_classes(wanted.source.set, o.classes);
  if (!o.merge.empty()) data::merge_classes(wanted.source.set, o.merge);
  return wanted;
}

int prepare(const PrepareArguments& o, const SourceKind& kind) {
  data::check_destination(o.out);
  auto [source, other_classes] = read(o, kind);
  require_images(o, source);
  const auto import = [&, &from = source] {
    Progress progress("reading", from.set.images.size());
    return data::import_images(std::move(from.set.images), from.images, o.source.annotations,
                               [&](std::size_t done, std::size_t) { progress.update(done); });
  };
  data::ImportedSet set = import();
  if (o.strict) require_complete(set.report);
  require_readable(source, set);
  {
    Progress progress("writing", set.records.size());
    data::build_set(o.out, o.split, {source.images, source.set.classes, std::move(set.records)},
                    data::link_mode(o.link), source.description,
                    [&](std::size_t done, std::size_t) { progress.update(done); });
  }
  if (o.json)
    std::printf("%s\n", to_json(o, source, set.report, other_classes)
                            .dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
                            .c_str());
  else
    print_table(o, source, set.report, other_classes);
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
  command.add_option("--class", o.classes, "Keep this class only (repeat for several); else all")
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
  CLI::Option* strict = command->add_flag(
      "--strict", o.strict,
      "Missing or damaged images and dropped boxes are errors; nothing is written");
  if (kind.has_bad_rows)
    command
        ->add_flag("--skip-bad-rows", o.source.skip_bad_rows,
                   "Leave out rows that cannot be used, and list them, instead of stopping")
        ->excludes(strict);
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
