// `faceshot prepare`: foreign data sets into the prepared form.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "dataset/csv_boxes.hpp"
#include "dataset/import.hpp"
#include "dataset/retinaface_text.hpp"
#include "dataset/set_builder.hpp"
#include "dataset/wider_mat.hpp"
#include "dataset/wider_text.hpp"
#include "faceshot/error.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  fs::path images;
  fs::path annotations;
  fs::path out;
  std::string split = "train";
  std::string link = "hard";
  bool skip_bad_rows = false;
  bool strict = false;
  bool json = false;
};

/// What a reader made of the source.
struct Source {
  std::vector<LabelledImage> images;
  std::vector<std::string> ignored_columns;
  std::vector<std::string> skipped_rows;
  std::string description;  ///< for label.json
};

LinkMode link_mode(const std::string& name) {
  return name == "copy" ? LinkMode::copy : name == "symlink" ? LinkMode::symlink : LinkMode::hard;
}

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

void require_any(const Options& o, const Source& source, const ImportedSet& set) {
  if (source.images.empty())
    throw Error(ErrorCode::format,
                o.annotations.string() + ": no image in it" +
                    (source.skipped_rows.empty() ? "" : "; skipped " + source.skipped_rows[0]));
  if (set.records.empty())
    throw Error(ErrorCode::not_found, "none of the " + std::to_string(source.images.size()) +
                                          " images can be read in '" + o.images.string() +
                                          "', such as '" + source.images[0].image +
                                          "'; names are relative to --images");
}

nlohmann::ordered_json to_json(const Options& o, const Source& source, const ImportReport& r) {
  return {{"out", o.out.string()},
          {"split", o.split},
          {"images", r.images},
          {"faces", r.faces},
          {"ignored", r.ignored},
          {"clipped", r.clipped},
          {"dropped", r.dropped},
          {"missing", r.missing},
          {"damaged", r.damaged},
          {"skipped_rows", source.skipped_rows},
          {"ignored_columns", source.ignored_columns}};
}

void print_names(const std::vector<std::string>& names) {
  constexpr std::size_t shown = 3;
  for (std::size_t i = 0; i < std::min(shown, names.size()); ++i)
    std::printf("    %s\n", names[i].c_str());
  if (names.size() > shown) std::printf("    ... and %zu more (--json)\n", names.size() - shown);
}

void print_table(const Options& o, const Source& source, const ImportReport& r) {
  std::printf("images    %8zu\n", r.images);
  std::printf("faces     %8zu\n", r.faces);
  std::printf("ignored   %8zu  boxes marked as neither face nor background\n", r.ignored);
  std::printf("clipped   %8zu  boxes cut to their image\n", r.clipped);
  std::printf("dropped   %8zu  boxes with nothing inside their image\n", r.dropped);
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
  std::printf("%s is ready\n", (o.out / (o.split + ".csv")).c_str());
}

int prepare(const Options& o, const std::function<Source(const Options&)>& read) {
  check_destination(o.out);
  if (!fs::is_directory(o.images))
    throw Error(ErrorCode::not_found, "--images '" + o.images.string() + "' is not a folder");
  const Source source = read(o);
  const auto import = [&] {
    Progress progress("reading", source.images.size());
    return import_images(source.images, o.images, o.annotations,
                         [&](std::size_t done, std::size_t) { progress.update(done); });
  };
  const ImportedSet set = import();
  if (o.strict) require_complete(set.report);
  require_any(o, source, set);
  {
    Progress progress("writing", set.records.size());
    build_set(o.out, o.split, set.records, o.images, link_mode(o.link), source.description,
              [&](std::size_t done, std::size_t) { progress.update(done); });
  }
  if (o.json)
    std::printf("%s\n", to_json(o, source, set.report)
                            .dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
                            .c_str());
  else
    print_table(o, source, set.report);
  return exit_ok;
}

Source read_widerface(const Options& o) {
  const bool matlab = o.annotations.extension() == ".mat";
  return {matlab ? read_wider_mat(o.annotations) : read_wider_text(o.annotations),
          {},
          {},
          "WIDER FACE, " + o.annotations.filename().string()};
}

Source read_retinaface(const Options& o) {
  return {read_retinaface_text(o.annotations),
          {},
          {},
          "RetinaFace labels, " + o.annotations.filename().string()};
}

Source read_csv(const Options& o) {
  CsvBoxes csv = read_csv_boxes(o.annotations, o.skip_bad_rows ? BadRows::skip : BadRows::fail);
  return {std::move(csv.images), std::move(csv.ignored_columns), std::move(csv.skipped_rows),
          "CSV boxes, " + o.annotations.filename().string()};
}

Source read_background(const Options& o) {
  return {list_background(o.images), {}, {}, "photographs without faces"};
}

/// One kind of source: `faceshot prepare NAME`.
struct Kind {
  const char* name;
  const char* help;
  const char* annotations;  ///< help of --annotations; nullptr: the kind has none
  const char* example;
  Source (*read)(const Options&);
};

constexpr Kind kinds[] = {
    {"widerface", "WIDER FACE's official files, text or MATLAB",
     "wider_face_train_bbx_gt.txt, wider_face_train.mat or the like",
     "Example:\n  faceshot prepare widerface --images WIDER_train/images "
     "--annotations wider_face_split/wider_face_train_bbx_gt.txt --out data/wider",
     read_widerface},
    {"retinaface", "RetinaFace's labels for WIDER FACE: boxes with five landmarks",
     "train/label.txt or the like",
     "Example:\n  faceshot prepare retinaface --images WIDER_train/images "
     "--annotations train/label.txt --out data/wider",
     read_retinaface},
    {"csv", "A CSV file with a header, one box a row",
     "CSV with the columns image (or name, filename, file) and xmin,ymin,xmax,ymax (or "
     "x1,y1,x2,y2 or x,y,w,h); width,height are checked if there; an empty box: no faces",
     "Example:\n  faceshot prepare csv --images photos --annotations boxes.csv --out data/mine",
     read_csv},
    {"background", "A folder of photographs without faces (searched recursively)", nullptr,
     "Example:\n  faceshot prepare background --images landscapes --out data/background",
     read_background},
};

void add_kind(CLI::App& prepare_command, const Kind& kind, int& exit_code) {
  auto options = std::make_shared<Options>();
  Options& o = *options;
  CLI::App* command = prepare_command.add_subcommand(kind.name, kind.help);
  command->add_option("--images", o.images, "Folder to which the images' names are relative")
      ->required();
  if (kind.annotations != nullptr)
    command->add_option("--annotations", o.annotations, kind.annotations)->required();
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
                   "the file system cannot), copy, symlink")
      ->check(CLI::IsMember({"hard", "copy", "symlink"}))
      ->capture_default_str();
  CLI::Option* strict = command->add_flag(
      "--strict", o.strict,
      "Missing or damaged images and dropped boxes are errors; nothing is written");
  if (kind.read == read_csv)
    command
        ->add_flag("--skip-bad-rows", o.skip_bad_rows,
                   "Leave out rows that cannot be used, and list them, instead of stopping")
        ->excludes(strict);
  command->add_flag("--json", o.json, "Write the summary as JSON instead of a table");
  command->footer(kind.example);
  command->callback([options, &kind, &exit_code] {
    exit_code = guarded([&] { return prepare(*options, kind.read); });
  });
}

}  // namespace

void add_prepare(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("prepare", "Bring a data set into the form that training reads");
  command->require_subcommand(1);
  for (const Kind& kind : kinds) add_kind(*command, kind, exit_code);
  command->footer(kinds[0].example);
}

}  // namespace faceshot::cli
